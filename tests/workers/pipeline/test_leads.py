"""Which pages' links are followed."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from crawler.records import FeedHint, FetchedPage, UrlRole
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


def told(page: FetchedPage, body: str, tag: str) -> FetchedPage:
    headers = {"content-type": "text/html", "x-robots-tag": tag}
    return dataclasses.replace(page, body=body.encode(), headers=headers)


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
    """``nofollow`` of a link, or of the page in its head or header, holds for seeds too."""
    reader = Reader(max_bytes=1_000_000)
    link = LIST.replace("<a ", '<a rel="nofollow" ')
    metas = [
        LIST.replace("<body>", f'<head><meta name="{name}" content="{said}"></head><body>')
        for name, said in (("robots", "index, NoFollow"), ("Robots", "none"), ("copydesk", "nofollow"))
    ]
    pages = [fetched(ROOT, body.encode(), role=UrlRole.SEED) for body in (link, *metas)]
    pages.append(told(pages[0], LIST, "nofollow"))
    assert [reader.read(page).discovered for page in pages] == [()] * 5


def test_what_another_robot_is_told_is_not_for_us(fetched: Callable[..., Any]) -> None:
    """News aggregators are told by name not to list a page that everybody may read."""
    head = '<head><meta name="googlebot-news" content="noindex, nofollow"></head><body>'
    page = fetched(ROOT, b"", role=UrlRole.SEED)
    page = told(page, LIST.replace("<body>", head), "googlebot: nofollow, max-image-preview:none")
    assert len(Reader(max_bytes=1_000_000).read(page).discovered) == 3


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


def test_a_section_does_not_lead_to_the_whole_site(fetched: Callable[..., Any]) -> None:
    """Of a section's menu and footer only its own parts and older pages are followed."""
    names = ("/", "/sport/", "/farms/sheep/", "/farms/page/3/", "/farms?page=3")
    nav = "<nav>" + "".join(f'<a href="{name}">{name}</a>' for name in names) + "</nav>"
    for url in (ROOT + "farms/", ROOT + "farms/page/2/", ROOT + "farms?page=2"):
        page = fetched(url, LIST.replace("<h1>", f"{nav}<h1>").encode(), role=UrlRole.SEED)
        found = [one.url.removeprefix(ROOT) for one in Reader(max_bytes=1_000_000).read(page).discovered]
        assert found[3:] == ["farms/sheep/", "farms/page/3/", "farms?page=3"]


def test_feeds_of_stories_are_told_from_others(fetched: Callable[..., Any]) -> None:
    """Old systems call their feeds plain XML; feeds of comments and interfaces for programs hold no stories."""
    named = [
        ("text/xml", "/rss.php"),
        ("application/rss+xml; charset=utf-8", "/feed/"),
        ("application/rss+xml", "/comments/feed/"),
        ("application/atom+xml", "/feeds/17/comments/default"),
        ("application/json", "/wp-json/wp/v2/pages/2"),
    ]
    head = "".join(f'<link rel="alternate" type="{kind}" href="{href}">' for kind, href in named)
    page = fetched(ROOT, f"<head>{head}</head><body>Soon.".encode(), role=UrlRole.SEED)
    found = Reader(max_bytes=1_000_000).read(page).discovered
    assert [(one.url, one.role) for one in found] == [
        (ROOT + "rss.php", UrlRole.FEED),
        (ROOT + "feed/", UrlRole.FEED),
    ]


def test_a_comment_in_a_feed_is_no_word_about_the_story(fetched: Callable[..., Any]) -> None:
    """Its date would have the story fetched anew, its author would sign it."""
    date = "<pubDate>Sat, 21 Nov 2026 08:00:00 GMT</pubDate>"
    item = f"<item><title>By: Ann</title><link>{ROOT}story#comment-7</link>{date}"
    body = f"<rss><channel><title>Comments</title>{item}</item></channel></rss>".encode()
    parsed = Reader(max_bytes=1_000_000).read(fetched(ROOT + "c.xml", body, role=UrlRole.FEED))
    assert parsed.discovered == ()
    assert [row.reason for row in parsed.pages] == ["feed", "comment"]


@pytest.mark.parametrize(
    "content", ["0; URL=/new/", "0;url='/new/'", "3, url=/new/#top", ".5;url = /new/", "; url=/new/"]
)
def test_a_page_that_sends_its_reader_on_is_a_redirect(fetched: Callable[..., Any], content: str) -> None:
    """The target stands in its place: no step further from the seed, with what the feed said."""
    body = (
        f'<head><META HTTP-EQUIV="Refresh" CONTENT="{content}"></head><body><a href="/other">Click here</a>'
    )
    hint = FeedHint(title="Ferry halted")
    page = fetched(ROOT + "old", body.encode(), depth=2, hint=hint)
    (found,) = Reader(max_bytes=1_000_000).read(page).discovered
    assert (found.url, found.role, found.depth, found.hint) == (ROOT + "new/", UrlRole.PAGE, 2, hint)


def test_a_page_that_reads_itself_anew_moves_nowhere(fetched: Callable[..., Any]) -> None:
    """Front pages are read anew every few minutes, under whatever address."""
    for content in ("300; url=/?again=1", f"0; url={ROOT}#now", "5"):
        body = LIST.replace("<body>", f'<head><meta http-equiv="refresh" content="{content}"></head><body>')
        assert len(Reader(max_bytes=1_000_000).read(fetched(ROOT, body.encode())).discovered) == 3


def test_frames_and_maps_lead_on(fetched: Callable[..., Any]) -> None:
    """Old sites have their menu in a frame, or drawn."""
    frames = (
        '<FRAMESET COLS="20%,*"><FRAME SRC=menu.htm><FRAME SRC=main.htm><NOFRAMES>None.</NOFRAMES></FRAMESET>'
    )
    drawn = '<body><img usemap="#m"><map name=m><area href=farms.htm alt=Farms></map>'
    reader = Reader(max_bytes=1_000_000)
    found = [
        [one.url.removeprefix(ROOT) for one in reader.read(fetched(ROOT, body.encode())).discovered]
        for body in (frames, drawn)
    ]
    assert found == [["menu.htm", "main.htm"], ["farms.htm"]]


def test_twins_of_what_is_linked_are_not_fetched(fetched: Callable[..., Any]) -> None:
    """An AMP or mobile page says what its other page says; alone it is followed."""
    paths = ("https://www.small.example/a", "https://www.small.example/a/amp/", "https://m.small.example/a")
    hrefs = (*paths, "https://m.small.example/", "https://m.small.example/b", "/c/amp")
    body = "".join(f'<li><a href="{href}">A story of this valley</a></li>' for href in hrefs)
    page = fetched("https://www.small.example/", body.encode(), role=UrlRole.SEED)
    assert [one.url for one in Reader(max_bytes=1_000_000).read(page).discovered] == [
        paths[0],
        "https://m.small.example/b",
        "https://www.small.example/c/amp",
    ]


def test_the_next_page_of_a_list_may_stand_in_its_head(fetched: Callable[..., Any]) -> None:
    """``link rel=next`` leads to what a script would load."""
    page = fetched(
        ROOT, LIST.replace("<body>", '<head><link rel="next" href="/seite/2"></head><body>').encode()
    )
    assert Reader(max_bytes=1_000_000).read(page).discovered[-1].url == ROOT + "seite/2"


@pytest.mark.parametrize("kind", ["text/plain", "text/html"])
def test_a_sitemap_may_be_a_list_of_addresses(fetched: Callable[..., Any], kind: str) -> None:
    """What a robots.txt or index calls a sitemap is read as one, if it can be."""
    lines = "".join(f"{ROOT}story?id={n}\n" for n in range(3)).encode()
    reader = Reader(max_bytes=1_000_000)
    parsed = reader.read(fetched(ROOT + "list.txt", lines, kind, role=UrlRole.SITEMAP))
    assert ([row.outcome for row in parsed.pages], len(parsed.discovered)) == (["sitemap"], 3)
    other = reader.read(fetched(ROOT + "list.txt", b"Nothing here.", kind, role=UrlRole.SITEMAP))
    assert [row.reason for row in other.pages] == ["bad_sitemap"]


def test_what_a_sitemap_names_is_no_link(fetched: Callable[..., Any]) -> None:
    """A site whose stories differ in their query only names them all: the bound is for what links lead to."""
    urls = "".join(f"<url><loc>{ROOT}story?id={n}</loc></url>" for n in range(3))
    page = fetched(ROOT + "s.xml", f"<urlset>{urls}</urlset>".encode(), role=UrlRole.SITEMAP)
    assert {one.hint for one in Reader(max_bytes=1_000_000).read(page).discovered} == {FeedHint()}


def test_what_json_ld_lists_is_followed(fetched: Callable[..., Any]) -> None:
    """Where a script writes the list, only JSON-LD names its stories; a trail of sections is no list of stories."""
    items = (
        '{"@type":"ListItem","url":"/a"},{"@type":"ListItem","item":{"@id":"/b"}},'
        '{"@type":"ListItem","item":"/c"},"/d",7,{"@type":"ListItem","item":[]},{"url":{}}'
    )
    lists = (
        f'[{{"@type":"ItemList","itemListElement":[{items}]}},{{"@type":"ItemList","itemListElement":"x"}}]'
    )
    trail = '{"@type":"BreadcrumbList","itemListElement":[{"@type":"ListItem","item":"/farms"}]}'
    head = "".join(f'<script type="application/ld+json">{blob}</script>' for blob in (lists, trail))
    page = fetched(ROOT, f"<head>{head}</head><body><div id=app></div>".encode(), role=UrlRole.SEED)
    found = [one.url.removeprefix(ROOT) for one in Reader(max_bytes=1_000_000).read(page).discovered]
    assert found == ["a", "b", "c", "d"]
    """``nofollow`` of the page or of a link holds for seeds too."""
    page = fetched(ROOT, LIST.replace("<a ", '<a rel="nofollow" ').encode(), role=UrlRole.SEED)
    assert Reader(max_bytes=1_000_000).read(page).discovered == ()


@pytest.mark.parametrize(
    "body",
    [
        "<rss><channel><title>Post</title><item><title>Farms</title><link>{url}</link></item></channel></rss>",
        "<urlset><url><loc>{url}</loc></url></urlset>",
    ],
)
def test_a_saved_list_without_an_address_leads_to_its_pages(fetched: Callable[..., Any], body: str) -> None:
    """Most feeds and all sitemaps do not say their own address; those that they list are whole."""
    url = ROOT + "farms.html"
    role = UrlRole.FEED if "rss" in body else UrlRole.SITEMAP
    page = fetched("local:saved-0123456789ab", body.format(url=url).encode(), role=role)
    assert [found.url for found in Reader(max_bytes=1_000_000).read(page).discovered] == [url]
