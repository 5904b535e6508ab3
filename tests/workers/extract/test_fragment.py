"""A feed's full text."""

import pytest

from crawler.records import FeedHint
from workers.extract.article import site_of
from workers.extract.fragment import extract_fragment
from workers.records import PageKind

HINT = FeedHint(title="Harbour closed", authors=("Ann Reid",))
URL = "https://islandtimes.example/harbour"


def test_a_feeds_tails_are_cut(story: tuple[str, ...]) -> None:
    """Related lists, sources, next-up teasers and the syndication line go; the story stays."""
    body = "".join(f"<p>{p}</p>" for p in story)
    tails = (
        '<p><strong>Related:</strong></p><ul><li><a href="/x">Ferry fares to rise</a></li><li><a href="/y">Pier repairs</a></li></ul>'
        '<p>UP NEXT: <a href="/z">The mill stands still</a></p><p>(<a href="https://other.example">Source</a>)</p>'
        '<p>The post <a href="/h">Harbour closed</a> appeared first on <a href="/">The Island Times</a>.</p>'
        "<!-- Page Caching using Disk -->"
    )
    found = extract_fragment(body + tails, url=URL, hint=HINT)
    assert found.kind is PageKind.ARTICLE
    assert found.article is not None
    assert found.article.text.split("\n\n") == list(story)


def test_the_feeds_word_wins(story: tuple[str, ...]) -> None:
    """Title and authors of the entry are believed before anything in its text."""
    body = "<h1>Another heading</h1><p>By Bo Lind</p>" + "".join(f"<p>{p}</p>" for p in story)
    article = extract_fragment(body, url=URL, hint=HINT).article
    assert article is not None
    assert (article.title, article.authors) == ("Harbour closed", ("Ann Reid",))
    assert dict(article.provenance)["title"] == "feed"


def test_a_teaser_is_no_story() -> None:
    """An excerpt that ends in dots is not full text."""
    assert (
        extract_fragment("<p>The harbour was closed [&hellip;]</p>", url=URL, hint=HINT).kind
        is PageKind.NOT_A_STORY
    )


@pytest.mark.parametrize(
    ("title", "site"),
    [
        ("Ports Archives - Harbour Post", "Harbour Post"),
        ("Harbour Post » RSS Feed", "Harbour Post"),
        ("Tag: ports – Harbour Post", "Harbour Post"),
        ("Harbour Post", "Harbour Post"),
        ("National Archives", "National Archives"),
    ],
)
def test_a_feed_of_an_archive_names_the_site_by_its_last_part(title: str, site: str) -> None:
    """The tag or archive in a feed's title is not the site."""
    assert site_of(title) == site
