"""robots.txt as tables: RFC 9309, Google's published semantics, and what sites really write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.robots import MAX_BYTES, Robots, RobotsAnswer, RobotsRules, judge, parse_robots
from crawler.robots_cache import KEPT_BYTES, RobotsCache


def test_wildcards_past_the_bound_forbid_more() -> None:
    """The first thousand count as they are; of the rest a disallow is cut at its wildcard and an allow is left out."""
    wild = "".join(f"Disallow: /{n}/*.pdf$\n" for n in range(1000))
    rules = wild + "Disallow: /late/*.pdf$\nAllow: /late/*open\nAllow: /late/plain\n"
    paths = ["/5/a.html", "/5/a.pdf", "/late/a.html", "/late/open", "/late/plain", "/else"]
    allowed = [may("User-agent: *\n" + rules, path) for path in paths]
    assert allowed == [True, False, False, False, True, True]


@pytest.mark.asyncio
async def test_what_a_process_keeps_of_rules_has_a_bound() -> None:
    """Many hosts with half a megabyte of rules each push one another out; the last asked for stay."""
    body = b"User-agent: *\n" + b"".join(b"Disallow: /%d\n" % n for n in range(30_000))
    cache = RobotsCache(None, "copydesk")

    async def fetch(url: str) -> RobotsAnswer:
        return RobotsAnswer(status=200, body=body)

    origins = [f"https://{n}.example" for n in range(5)]
    for origin in origins:
        await cache.rules_of(origin, fetch)
    kept = [rules for origin in origins if (rules := cache.kept(origin)) is not None]
    assert cache.kept(origins[-1]) is not None
    assert 0 < sum(rules.size for rules in kept) <= KEPT_BYTES
    assert len(kept) == KEPT_BYTES // (30_000 * 300)


def may(text: str | bytes, path: str, agent: str = "FooBot") -> bool:
    body = text.encode() if isinstance(text, str) else text
    return RobotsRules(parse_robots(body, agent)).may_fetch(f"https://press.example{path}")


GROUPS = [
    # RFC 9309, 2.2.1: the product token, compared without case; else the group of *; else nothing is disallowed.
    ("user-agent: foobot\ndisallow: /x", "/x", False),
    ("USER-AGENT: FOOBOT\nDISALLOW: /x", "/x", False),
    ("user-agent: barbot\ndisallow: /x", "/x", True),
    ("user-agent: foo\ndisallow: /x", "/x", True),
    ("user-agent: foobot-news\ndisallow: /x", "/x", True),
    ("user-agent: botfoobot\ndisallow: /x", "/x", True),
    ("user-agent: *\ndisallow: /x\nuser-agent: foobot\nallow: /x", "/x", True),
    ("user-agent: foobot\nallow: /x\nuser-agent: *\ndisallow: /", "/y", True),
    ("user-agent: foobot/1.2\ndisallow: /x", "/x", False),
    ("user-agent: foobot bar\ndisallow: /x", "/x", False),
    ("user-agent: *bot\ndisallow: /x", "/x", True),
    ("user-agent: * # all\ndisallow: /x", "/x", False),
    # Groups of the same agent are one group; several agents may head one; an empty group allows all.
    ("user-agent: foobot\ndisallow: /a\nuser-agent: b\ndisallow: /b\nuser-agent: foobot\ndisallow: /c", "/c", False),
    ("user-agent: foobot\ndisallow: /a\nuser-agent: b\ndisallow: /b\nuser-agent: foobot\ndisallow: /c", "/b", True),
    ("user-agent: a\nuser-agent: foobot\ndisallow: /x", "/x", False),
    ("user-agent: a\n\n\nuser-agent: foobot\n\ndisallow: /x", "/x", False),
    ("user-agent: *\ndisallow: /\nuser-agent: foobot\n", "/x", True),
    ("user-agent: *\ndisallow: /\nuser-agent: foobot\ndisallow:", "/x", True),
    ("disallow: /x\nuser-agent: a\ndisallow: /y", "/x", True),
    # 2.2.4: other records do not interfere with a group.
    ("user-agent: foobot\nsitemap: https://press.example/s.xml\ndisallow: /x", "/x", False),
    ("user-agent: a\nsitemap: https://press.example/s.xml\nuser-agent: foobot\ndisallow: /x", "/x", False),
    ("user-agent: foobot\nnoindex: /y\nmade-up: yes\ndisallow: /x", "/x", False),
    ("user-agent: a\nmade-up: yes\nuser-agent: foobot\ndisallow: /x", "/x", False),
    ("user-agent: foobot\ncrawl-delay: 3\ndisallow: /x", "/x", False),
    ("user-agent: a\ncrawl-delay: 3\nuser-agent: foobot\ndisallow: /x", "/x", False),
]  # fmt: skip

RULES = [
    # 2.2.2: the longest match wins, allow on a tie; no match allows; case matters; robots.txt itself is allowed.
    ("allow: /p\ndisallow: /", "/page", True),
    ("allow: /folder\ndisallow: /folder", "/folder/page", True),
    ("allow: /page\ndisallow: /*.htm", "/page.htm", False),
    ("allow: /page\ndisallow: /*.ph", "/page.php5", True),
    ("allow: /$\ndisallow: /", "/", True),
    ("allow: /$\ndisallow: /", "/page.htm", False),
    ("disallow: /fish\nallow: /fish/salmon", "/fish/salmon.html", True),
    ("disallow: /a/b/\nallow: /a", "/a/b/c", False),
    ("disallow: /x", "/X", True),
    ("disallow: /x", "/y", True),
    ("disallow: /", "/robots.txt", True),
    ("disallow:", "/x", True),
    ("allow: /\ndisallow: /", "/x", True),
    # 2.2.3: * any characters, $ the end.
    ("disallow: /fish*", "/fishheads/yummy.html", False),
    ("disallow: /fish*", "/Fish.asp", True),
    ("disallow: /*.php", "/folder/any.php.file.html", False),
    ("disallow: /*.php", "/", True),
    ("disallow: /*.php$", "/folder/filename.php", False),
    ("disallow: /*.php$", "/filename.php?parameters", True),
    ("disallow: /*.php$", "/filename.php/", True),
    ("disallow: /fish*.php", "/fishheads/catfish.php?parameters", False),
    ("disallow: /fish*.php", "/Fish.PHP", True),
    ("disallow: *", "/x", False),
    ("disallow: /**/x", "/a/b/x", False),
    ("disallow: /a$b", "/a$b", False),
    ("disallow: /fish/", "/fish", True),
    ("disallow: /fish/", "/fish/?id=anything", False),
    ("disallow: /*?", "/a?b", False),
    ("disallow: /*?", "/a", True),
    ("disallow: /x?y=1", "/x?y=12", False),
    # 2.2.2: octets outside US-ASCII are percent-encoded before comparing, in whatever way they are written.
    ("disallow: /foo/bar?baz=https://foo.bar", "/foo/bar?baz=https://foo.bar", False),
    ("disallow: /foo/bar/\u30c4", "/foo/bar/%E3%83%84", False),
    ("disallow: /foo/bar/%E3%83%84", "/foo/bar/\u30c4", False),
    ("disallow: /foo/bar/%e3%83%84", "/foo/bar/%E3%83%84", False),
    ("disallow: /foo/bar/%62%61%7A", "/foo/bar/baz", False),
    ("disallow: /a%3cd.html", "/a%3Cd.html", False),
    ("disallow: /a%2fb.html", "/a/b.html", True),
    ("disallow: /%7ejoe/", "/~joe/index.html", False),
    # What people write.
    ("disallow /x", "/x", False),
    ("disallow : /x", "/x", False),
    ("disallow:/x", "/x", False),
    ("  disallow:\t/x  ", "/x", False),
    ("disalow: /x", "/x", False),
    ("disallow: /x # the archive", "/x", False),
    ("disallow: /x#y", "/x", False),
    ("disallow: x", "/x", True),
    ("disallow: https://press.example/x", "/x", True),
    ("<p>disallow: /x</p>", "/x", True),
    ("disallow: /index.html\nallow: /a/index.html\ndisallow: /a/", "/a/", True),
]  # fmt: skip


@pytest.mark.parametrize(("text", "path", "allowed"), GROUPS)
def test_groups(text: str, path: str, allowed: bool) -> None:  # noqa: FBT001
    """Which group speaks to us (RFC 9309, 2.2.1 and 2.2.4)."""
    assert may(text, path) is allowed


@pytest.mark.parametrize(("rules", "path", "allowed"), RULES)
def test_rules(rules: str, path: str, allowed: bool) -> None:  # noqa: FBT001
    """What a group's rules allow (RFC 9309, 2.2.2 and 2.2.3; Google's examples)."""
    assert may(f"user-agent: *\n{rules}", path) is allowed


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf", b"\n\n"])
def test_line_endings_and_byte_order_mark(ending: str, start: bytes) -> None:
    """Any line ending and a byte order mark are read (RFC 9309, 2.2; Google)."""
    assert not may(start + f"user-agent: foobot{ending}disallow: /x{ending}".encode(), "/x")


def test_other_separators_are_no_line_ends() -> None:
    """U+2028 and vertical tabs belong to a value: Python's idea of lines is not the RFC's."""
    assert may("user-agent: *\ndisallow: /y\u2028disallow: /x", "/x")


def test_only_so_much_is_parsed() -> None:
    """Rules within 500 KiB count, what stands after is not read (RFC 9309, 2.5)."""
    filler = b"#" + b"x" * 100 + b"\n"
    early = b"user-agent: *\n" + filler * 4900 + b"disallow: /x\n"
    late = b"user-agent: *\n" + filler * 5200 + b"disallow: /x\n"
    assert len(early) < MAX_BYTES < len(late)
    assert (may(early, "/x"), may(late, "/x")) == (False, True)


def test_crawl_delay_and_sitemaps() -> None:
    """The delay is that of our group; sitemaps are for all; nonsense is ignored."""
    text = b"""Sitemap: https://press.example/news.xml
User-agent: *
Crawl-delay: 7
Sitemap: /relative.xml
User-agent: FooBot
Crawl-delay: 2.5
Crawl-delay: soon
Crawl-delay: -1
Crawl-delay: inf
"""
    robots = parse_robots(text, "foobot")
    assert robots.crawl_delay_s == 2.5
    assert robots.sitemaps == ("https://press.example/news.xml", "/relative.xml")
    assert parse_robots(text, "other").crawl_delay_s == 7


STATUSES = [
    (200, False),
    (204, True),
    (301, True),
    (400, True),
    (401, True),
    (403, True),
    (404, True),
    (410, True),
]


@pytest.mark.parametrize(("status", "allowed"), STATUSES)
def test_statuses_that_decide(status: int, allowed: bool) -> None:  # noqa: FBT001
    """2xx is read, 4xx and redirects without end allow everything (RFC 9309, 2.3.1.2 and 2.3.1.3)."""
    body = b"user-agent: *\ndisallow: /" if status == 200 else b""
    robots = judge(RobotsAnswer(status=status, body=body), "foobot")
    assert (RobotsRules(robots).may_fetch("https://press.example/x"), robots.unreachable) == (allowed, "")


@pytest.mark.parametrize(
    "answer", [RobotsAnswer(status=429), RobotsAnswer(status=500), RobotsAnswer(failure="timeout")]
)
def test_unreachable_is_disallowed(answer: RobotsAnswer) -> None:
    """A server that cannot say yes has said no (RFC 9309, 2.3.1.4)."""
    assert judge(answer, "foobot").unreachable


@given(st.binary(max_size=300), st.text(max_size=50))
def test_parsing_never_raises(body: bytes, path: str) -> None:
    """Whatever the bytes and the path, there is an answer."""
    robots = parse_robots(b"user-agent: *\ndisallow: " + body, "foobot")
    assert isinstance(robots, Robots)
    assert RobotsRules(robots).may_fetch(f"https://press.example/{path}") in {True, False}
