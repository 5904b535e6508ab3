"""Titles, people and dates, rule by rule."""

from datetime import UTC, datetime

import pytest

from workers.extract.authors import clean_authors
from workers.extract.dates import date_in_url, parse_date
from workers.extract.jsonld import nodes, parse_blob, story_node, text_of
from workers.extract.metadata import Metadata, Page, read_metadata
from workers.extract.titles import best_title
from workers.extract.tree import read_tree


def read(
    head: str = "", body: str = "<h1>Ports closed again</h1>", url: str = "https://post.example/a"
) -> Metadata:
    """Return what a page with this head and body says."""
    return read_metadata(Page(read_tree(f"<html><head>{head}</head><body>{body}</body></html>"), url))


def ld(text: str) -> str:
    """Wrap JSON-LD in its script."""
    return f'<script type="application/ld+json">{text}</script>'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-17", "2026-11-17T00:00:00+00:00"),
        ("2026-11-17T08:30:00Z", "2026-11-17T08:30:00+00:00"),
        ("2026-11-17T08:30:00.123+0200", "2026-11-17T08:30:00+02:00"),
        ("20261117", "2026-11-17T00:00:00+00:00"),
        ("Tue, 17 Nov 2026 08:30:00 GMT", "2026-11-17T08:30:00+00:00"),
        ("November 17, 2026 at 8:30 p.m. ET", "2026-11-17T20:30:00-05:00"),
        ("17. November 2026, 08:30 Uhr", "2026-11-17T08:30:00+00:00"),
        ("17 de noviembre de 2026", "2026-11-17T00:00:00+00:00"),
        ("17 novembre 2026 à 08h30", "2026-11-17T08:30:00+00:00"),
        ("17 ноября 2026", "2026-11-17T00:00:00+00:00"),
        ("2026年11月17日 08:30", "2026-11-17T08:30:00+00:00"),
        ("17.11.2026", "2026-11-17T00:00:00+00:00"),
        ("1794904200", "2026-11-17T08:30:00+00:00"),
    ],
)
def test_dates_of_many_forms_are_read(text: str, expected: str) -> None:
    """ISO in its variants, mail dates, month names, CJK and Unix time."""
    found = parse_date(text)
    assert found is not None
    assert found.isoformat() == expected


@pytest.mark.parametrize(
    "text", ["", "soon", "12:30", "2026-13-45", "99999999999999", "Room 2026", "1826-01-01"]
)
def test_what_is_no_date_is_not_read_as_one(text: str) -> None:
    """Nothing is better than a wrong date."""
    assert parse_date(text) is None


def test_the_day_may_come_from_the_address() -> None:
    """A path with year, month and day dates a page that says nothing else."""
    assert date_in_url("https://post.example/2026/11/17/ports") == datetime(2026, 11, 17, tzinfo=UTC)
    assert date_in_url("https://post.example/archive/12345678") is None


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (["By Ana Perez and Bo Lind"], ("Ana Perez", "Bo Lind")),
        (["Von Karin Maurer, Wien"], ("Karin Maurer", "Wien")),
        (["Ana Perez, Senior Political Correspondent"], ("Ana Perez",)),
        (["By Ana Perez | Updated 3 March 2026"], ("Ana Perez",)),
        (["https://facebook.example/ana", "Ana Perez", "ana perez"], ("Ana Perez",)),
        (["admin"], ()),
        (["   "], ()),
    ],
)
def test_bylines_are_cut_down_to_names(raw: list[str], expected: tuple[str, ...]) -> None:
    """No roles, addresses, dates or repetitions."""
    assert clean_authors(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (["Posted by Ana Perez on Tuesday, August 29, 2026"], ("Ana Perez",)),
        (["By: Ana Perez | December 16, 2026 | Categories: Ports"], ("Ana Perez",)),
        (["Ana Perez/Bo Lind"], ("Ana Perez", "Bo Lind")),
        (["byAna Perez ● 6 min read"], ("Ana Perez",)),
        (["This post was written by Ana Perez, Head of Harbours"], ("Ana Perez",)),
    ],
)
def test_months_weekdays_and_labels_are_no_names(raw: list[str], expected: tuple[str, ...]) -> None:
    """What is left when a dated byline is taken apart is not another person."""
    assert clean_authors(raw) == expected


def test_a_byline_may_follow_the_headline_in_one_run_of_text() -> None:
    """Old table layouts part headline, byline and date with line breaks only."""
    body = (
        "<table><tr><td><font size=5><b>Ports closed again for the week</b></font><br><i>by Ana Perez</i><br>"
        "<font size=2>Tuesday, November 17, 2026</font><hr>The harbour stays closed until the barge is raised.</td></tr></table>"
    )
    data = read("<title>Harbour Post: Ports closed again for the week</title>", body)
    assert data.authors == ("Ana Perez",)


def test_a_byline_that_contradicts_the_head_wins() -> None:
    """The head then names whoever typed the story in; a reviewer's line contradicts nothing."""
    head = '<meta name="author" content="Kim Typist">'
    assert read(head, "<h1>Ports closed again</h1><p>By Ana Perez</p>").authors == ("Ana Perez",)
    assert read(head, "<h1>Ports closed again</h1><p>Reviewed by Ana Perez</p>").authors == ("Kim Typist",)


def test_a_name_alone_beside_the_date_is_the_author() -> None:
    """Two to four capitalised words between headline and date; without a date they may be a section."""
    head = "<h1>Ports closed again</h1><p>Ana Perez</p>"
    assert read("", head + "<p>17 November 2026</p>").authors == ("Ana Perez",)
    assert read("", head + "<p>The harbour stays closed.</p>").authors == ()


def test_a_line_at_the_end_may_sign_the_story() -> None:
    """Where nothing near the headline names anyone, "written by" counts wherever it stands."""
    body = (
        "<h1>Ports closed again</h1>"
        + "<p>The harbour stays closed.</p>" * 20
        + "<p>Written by Ana Perez</p>"
    )
    assert read("", body).authors == ("Ana Perez",)


def test_a_heading_that_the_head_repeats_is_the_title() -> None:
    """The page's own headline, without the site's name."""
    title, _ = best_title(
        headings=["Harbour Post", "Ports closed again"],
        declared=[("meta og:title", "Ports closed again | Harbour Post")],
        document="Ports closed again | Harbour Post",
        sites=["harbourpost"],
    )
    assert title == "Ports closed again"


def test_a_shorter_title_for_search_engines_does_not_replace_the_headline() -> None:
    """A heading that shares most words with the head is what readers saw."""
    title, _ = best_title(
        headings=["Ports closed again as the gravel barge sinks in the channel"],
        declared=[("meta og:title", "Ports closed as gravel barge sinks")],
        document="Ports closed as gravel barge sinks - Harbour Post",
        sites=["harbourpost"],
    )
    assert title == "Ports closed again as the gravel barge sinks in the channel"


def test_a_newsroom_says_its_headline_twice() -> None:
    """Where news JSON-LD and Open Graph agree, the heading of the day (a live page's) does not count; a blog's does."""
    head = '<meta property="og:title" content="Ports closed again | Harbour Post">'
    body = "<h1>Live: gravel barge sinks outside the ports</h1>"
    node = '{"@type":"%s","headline":"Ports closed again"}'
    assert read(head + ld(node % "NewsArticle"), body).title == "Ports closed again"
    assert read(head + ld(node % "BlogPosting"), body).title == "Live: gravel barge sinks outside the ports"


def test_without_a_heading_open_graph_goes_before_json_ld() -> None:
    """JSON-LD is written for search engines, and is often cut off."""
    head = '<meta property="og:title" content="Ports closed again as the gravel barge sinks">'
    node = '{"@type":"BlogPosting","headline":"Ports closed again as the"}'
    assert read(head + ld(node), "<p>Text</p>").title == "Ports closed again as the gravel barge sinks"


def test_a_headline_that_holds_the_name_of_the_site_is_no_site_name() -> None:
    """A part that names the site is hardly longer than the name."""
    title, _ = best_title(
        headings=["What the harbour pilots want from the minister"],
        declared=[("meta og:title", "What the pilots of the harbour want")],
        document="Harbour",
        sites=["harbour"],
    )
    assert title == "What the harbour pilots want from the minister"


@pytest.mark.parametrize(
    ("heading", "declared", "expected"),
    [
        ("Coast Ports closed again today", "Ports closed again today", "Ports closed again today"),
        (
            "Coast - Ports closed again today",
            "Shipping: Ports closed again today",
            "Ports closed again today",
        ),
        (
            "2026 Prices of Ports and Ferries",
            "Prices of Ports and Ferries",
            "2026 Prices of Ports and Ferries",
        ),
        ("What does a ferry ticket cost?", "Ferry ticket cost", "What does a ferry ticket cost?"),
    ],
)
def test_a_kicker_is_cut_where_the_head_has_none_or_another(
    heading: str, declared: str, expected: str
) -> None:
    """A year or the opening words of a question are no kicker."""
    title, _ = best_title(
        headings=["Search", heading], declared=[("meta og:title", declared)], document="", sites=[]
    )
    assert title == expected


def test_json_ld_gives_headline_people_and_dates() -> None:
    """The usual newsroom markup, inside ``@graph``, with a person by reference."""
    data = read(
        ld(
            '{"@graph":[{"@type":"Person","@id":"#ana","name":"Ana Perez"},{"@type":"NewsArticle",'
            '"headline":"Ports closed again","author":[{"@id":"#ana"}],"datePublished":"2026-11-17T08:30:00+01:00",'
            '"dateModified":"2026-11-18T09:00:00+01:00","articleSection":"Coast","keywords":["ports","ferries"]}]}'
        )
    )
    assert data.authors == ("Ana Perez",)
    assert data.published_at is not None
    assert data.published_at.isoformat() == "2026-11-17T08:30:00+01:00"
    assert data.modified_at is not None
    assert data.section == "Coast"
    assert data.tags == ("ports", "ferries")
    assert data.provenance["published_at"] == "json-ld datePublished"


@pytest.mark.parametrize(
    "blob",
    [
        '{"@type":"NewsArticle","headline":"Ports",}',
        '<!-- {"@type":"NewsArticle","headline":"Ports"} -->',
        '{"@type":"NewsArticle","headline":"Ports","description":"line\nbreak"}',
        '[[{"@type":["NewsArticle"],"headline":"Ports"}]]',
        '{"@type":"NewsArticle","headline":"Ports","author":{"name":"A" "B"}}',
        "{&quot;@type&quot;:&quot;NewsArticle&quot;,&quot;headline&quot;:&quot;Ports&quot;}",
    ],
)
def test_broken_json_ld_is_mended(blob: str) -> None:
    """Trailing commas, comments, raw line breaks, escaped quotes: the headline is still read."""
    story = story_node(nodes([blob]))
    assert story is not None
    assert text_of(story.get("headline")) == "Ports"


def test_hopeless_json_ld_is_nothing() -> None:
    """What cannot be read is ignored, never raised."""
    assert parse_blob("{" * 100_000) is None
    assert nodes(["not json", ""]) == []


def test_meta_tags_fill_in() -> None:
    """Without JSON-LD, meta tags give people and dates."""
    data = read(
        '<meta name="author" content="Ana Perez"><meta property="article:published_time" content="2026-11-17T08:30:00Z">'
    )
    assert data.authors == ("Ana Perez",)
    assert data.provenance["published_at"] == "meta article:published_time"


def test_a_byline_on_the_page_is_read_when_the_head_is_silent() -> None:
    """``By`` and a name near the headline, with the date beside it."""
    data = read(
        body="<h1>Ports closed again</h1><div>By Ana Perez</div><time datetime='2026-11-17'>Tuesday</time><p>Text.</p>"
    )
    assert data.authors == ("Ana Perez",)
    assert data.published_at == datetime(2026, 11, 17, tzinfo=UTC)


def test_the_date_of_a_related_story_is_not_taken() -> None:
    """A ``time`` far below the headline in a list of other stories does not date the page when the head does."""
    related = "".join(
        f"<li><a href=/{n}>Other story {n}</a><time datetime='2020-01-0{n}'></time></li>" for n in range(1, 9)
    )
    data = read('<meta name="date" content="2026-11-17">', f"<h1>Ports closed again</h1><ul>{related}</ul>")
    assert data.published_at == datetime(2026, 11, 17, tzinfo=UTC)


def test_links_of_the_page_are_absolute_and_http_only() -> None:
    """Canonical, AMP and next page; a script is no address."""
    data = read(
        '<link rel="canonical" href="/c"><link rel="amphtml" href="/amp"><link rel="next" href="javascript:void(0)">'
    )
    assert data.declared_canonical == "https://post.example/c"
    assert data.amp_url == "https://post.example/amp"
    assert data.next_url is None


@pytest.mark.parametrize("head", ['<html lang="pt-BR">', '<meta property="og:locale" content="pt_BR">'])
def test_language_is_the_primary_tag(head: str) -> None:
    """``pt-BR`` and ``pt_BR`` are ``pt``."""
    html = (
        head + "<body><p>Texto</p></body>"
        if head.startswith("<html")
        else f"<html><head>{head}</head><body></body></html>"
    )
    assert read_metadata(Page(read_tree(html), "https://post.example/a")).language == "pt"


@pytest.mark.parametrize(
    "story",
    [
        '{"@type":"NewsArticle","headline":"Ports closed again","author":{"@id":["a"]}}',
        '{"@type":"NewsArticle","headline":"Ports closed again","author":'
        + "[" * 300
        + '"A B"'
        + "]" * 300
        + "}",
        '{"@type":"NewsArticle","headline":"Ports closed again","image":[null],"keywords":{"a":1},"publisher":7}',
        '{"@type":"NewsArticle","headline":"Ports closed again","image":{"url":["x"]},"author":{"name":{"name":{"name":"x"}}}}',
    ],
)
def test_json_ld_of_odd_shapes_never_raises(story: str) -> None:
    """Lists where names should be, references that are no strings, nesting without end."""
    assert read(ld(story)).title == "Ports closed again"


def test_the_first_publication_is_told_from_the_last_update() -> None:
    """Where a line says when the story first appeared, that is its date, whatever stands beside the headline."""
    body = (
        "<h1>Ports closed again</h1><p>Updated 17 November 2026</p><p>The harbour stays closed.</p>"
        "<p>This article was originally published on 3 March 2024 and has been updated since.</p>"
    )
    data = read("", body)
    assert data.published_at == datetime(2024, 3, 3, tzinfo=UTC)


def test_of_several_times_the_one_next_to_the_headline_counts() -> None:
    """A time above the headline is the page's clock or the last story's."""
    body = (
        '<p><time datetime="2026-11-18">Wednesday</time></p><h1>Ports closed again</h1>'
        '<p><time datetime="2026-11-17">Tuesday</time></p><p>The harbour stays closed.</p>'
    )
    assert read("", body).published_at == datetime(2026, 11, 17, tzinfo=UTC)
