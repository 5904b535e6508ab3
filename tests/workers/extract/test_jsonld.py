"""JSON-LD as it is found broken, whose node is the story's, and where each field comes from."""

import pytest

from workers.extract.jsonld import nodes, story_node, text_of
from workers.extract.metadata import Page, read_metadata
from workers.extract.page import extract_page
from workers.extract.tree import read_tree


@pytest.mark.parametrize(
    "blob",
    [
        '{"@type":"NewsArticle", /* the desk */ "headline":"Ports", "author":{"@type":"Person","name":"Ana Perez"}}',
        '{"@type":"NewsArticle", // the desk\n "headline":"Ports", "author":"Ana Perez"}',
        '{"@type":"NewsArticle","headline":"Ports",,"author":"Ana Perez",}',
        '/*<![CDATA[*/ {"@type":"NewsArticle","headline":"Ports","author":"Ana Perez"} /*]]>*/',
        '{"@type":"NewsArticle","headline":"Ports","author":"Ana Perez"};',
        'window.story = {"@type":"NewsArticle","headline":"Ports","author":"Ana Perez"};',
        '{"@type":"NewsArticle","headline":"Ports","author":"Ana Perez"}{"@type":"Person","name":"Bo Lind"}',
        '{"@type":"NewsArticle","headline":"Ports","author":[{"@type":"Person","name":"Ana Perez"',
        '{"@type":"NewsArticle","headline":"Ports","description":"It\\\'s closed","author":"Ana Perez"}',
        '\ufeff{"@type":"NewsArticle","headline":"Ports","author":"Ana Perez"}',
        '{"@type":"NewsArticle","headline":"Ports","description":"He said "no" twice","author":{"name":"Ana Perez"}}',
        '{"@type":"WebPage","about":{"@type":"NewsArticle","headline":"Ports","author":"Ana Perez"}}',
    ],
)
def test_headline_and_author_are_read_out_of_broken_json(blob: str) -> None:
    """Comments, commas, assignments, cut ends, lone backslashes and quotes."""
    story = story_node(nodes([blob]))
    assert story is not None
    assert text_of(story.get("headline")) == "Ports"
    assert text_of(story.get("author")) == "Ana Perez"


def test_an_address_inside_json_is_no_comment() -> None:
    """Two slashes inside a string stay, in JSON that has to be mended."""
    story = story_node(nodes(['{"@type":"NewsArticle","url":"https://post.example/a","headline":"Ports",}']))
    assert story is not None
    assert story["url"] == "https://post.example/a"


def test_the_stories_of_a_list_are_not_the_page_s() -> None:
    """``ItemList`` names what stands elsewhere."""
    assert (
        story_node(
            nodes(['{"@type":"ItemList","itemListElement":[{"@type":"NewsArticle","headline":"Other"}]}'])
        )
        is None
    )


def test_of_several_stories_the_one_of_this_address_counts() -> None:
    """However much the others say."""
    blob = (
        '[{"@type":"NewsArticle","headline":"Other","author":"Bo Lind","datePublished":"2026-01-01","url":"https://post.example/b"},'
        '{"@type":"NewsArticle","headline":"Ports","mainEntityOfPage":{"@id":"http://www.post.example/a/#story"}}]'
    )
    story = story_node(nodes([blob]), "https://post.example/a?ref=x")
    assert story is not None
    assert story["headline"] == "Ports"


def test_every_field_says_where_it_comes_from() -> None:
    """The rules' names stand beside the values, on the article, too."""
    head = (
        '<html lang="en"><head><meta property="og:site_name" content="Harbour Post"><meta property="article:section" content="Coast">'
        '<meta property="article:tag" content="ports"><meta property="og:image" content="/a.jpg"><link rel="canonical" href="/a">'
        '<link rel="amphtml" href="/amp/a"><link rel="next" href="/a?page=2"></head>'
    )
    text = (
        "<p>The harbour stays closed until a crane ship has lifted the barge that sank in the channel on Sunday.</p>"
        * 5
    )
    html = f"{head}<body><main><h1>Ports closed again for days</h1>{text}</main></body></html>"
    article = extract_page(html.encode(), url="https://post.example/a").article
    assert article is not None
    rules = dict(article.provenance)
    assert rules.pop("title")
    assert rules == {
        "site": "meta og:site_name", "language": "html lang", "section": "meta article:section", "tags": "meta article:tag",
        "image": "meta og:image", "declared_canonical": "link canonical", "amp_url": "link amphtml", "next_url": "link next",
    }  # fmt: skip
    assert (article.section, article.tags, article.image) == (
        "Coast",
        ("ports",),
        "https://post.example/a.jpg",
    )


def test_microdata_and_other_lists_of_tags_fill_in() -> None:
    """A picture without metas, tags as nodes, parted by commas of any script."""
    node = '{"@type":"NewsArticle","headline":"Ports","keywords":[{"@type":"DefinedTerm","name":"ports"},"海港、渡轮"]}'
    html = (
        f'<head><script type="application/ld+json">{node}</script></head>'
        '<body><div itemscope><img itemprop="image" src="/x.jpg" content="/b.jpg"></div></body>'
    )
    data = read_metadata(Page(read_tree(f"<html>{html}</html>"), "https://post.example/a"))
    assert data.tags == ("ports", "海港", "渡轮")
    assert data.provenance["tags"] == "json-ld keywords"
