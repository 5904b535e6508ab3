"""Which pages' links are followed."""

from collections.abc import Callable
from typing import Any

import pytest

from crawler.records import UrlRole
from workers.parsing import Reader

ROOT = "https://small.example/"
LINKS = "".join(
    f'<li><a href="/story-{n}.html">Story {word} is here</a></li>' for n, word in enumerate("abc")
)
LIST = f"<html><body><h1>Small Post</h1><ul>{LINKS}</ul></body></html>"
GREETING = "".join(
    f"<p>We have written about the {word} of this valley since 1961, and all who live here read us on Saturdays.</p>"
    for word in ("farms", "schools", "bridges", "floods")
)


@pytest.mark.parametrize(
    ("url", "role", "body", "led"),
    [
        (ROOT, UrlRole.SEED, LIST, 3),
        (ROOT + "en/", UrlRole.SEED, LIST, 3),
        (ROOT + "archive/2026.html", UrlRole.SEED, LIST, 3),
        (ROOT, UrlRole.FRONT, LIST.replace("<ul>", f"{GREETING}<ul>"), 3),
        (ROOT + "about-the-valley.html", UrlRole.SEED, LIST.replace("<ul>", f"{GREETING}<ul>"), 0),
        (ROOT + "archive/2026.html", UrlRole.PAGE, LIST, 3),
        (ROOT + "about-the-valley.html", UrlRole.PAGE, LIST.replace("<ul>", f"{GREETING}<ul>"), 0),
    ],
)
def test_what_holds_no_story_leads_on_and_so_does_a_root(
    fetched: Callable[..., Any], url: str, role: UrlRole, body: str, led: int
) -> None:
    """Few links or a long greeting hide a small site's front page; it is visited again, as any other."""
    parsed = Reader(max_bytes=1_000_000).read(fetched(url, body.encode(), role=role))
    assert len(parsed.discovered) == led
    assert (parsed.revisit is not None) == (led > 0 and role is not UrlRole.PAGE)


def test_a_page_of_few_links_that_leads_on_is_an_index(fetched: Callable[..., Any]) -> None:
    """Nobody is told that a front page was refused whose stories were read."""
    reader = Reader(max_bytes=1_000_000)
    outcomes = [
        reader.read(fetched(ROOT, body.encode(), role=UrlRole.SEED)).pages[0].outcome
        for body in (LIST, "<p>Back soon.</p>")
    ]
    assert outcomes == ["index", "rejected"]


def test_a_seed_that_asks_for_it_is_not_followed(fetched: Callable[..., Any]) -> None:
    """``nofollow`` of the page or of a link holds for seeds too."""
    page = fetched(ROOT, LIST.replace("<a ", '<a rel="nofollow" ').encode(), role=UrlRole.SEED)
    assert Reader(max_bytes=1_000_000).read(page).discovered == ()


def test_sections_and_older_pages_are_followed(fetched: Callable[..., Any]) -> None:
    """Navigation and the page's footer hold no text of a story, but the way to most; they come last."""
    nav = '<nav><ul><li><a href="/farms/">Farms</a></li></ul></nav>'
    foot = (
        '<nav class="pagination"><a href="/page/2">Older</a></nav><footer><a href="/archive">All</a></footer>'
    )
    page = fetched(
        ROOT, LIST.replace("<h1>", f"{nav}<h1>").replace("</ul></body>", f"</ul>{foot}</body>").encode()
    )
    found = [one.url.removeprefix(ROOT) for one in Reader(max_bytes=1_000_000).read(page).discovered]
    assert found == ["story-0.html", "story-1.html", "story-2.html", "farms/", "page/2", "archive"]
