"""The demo press: the same seed gives the same bytes, and the truth about every page is consistent."""

import gzip

import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from protego import Protego

from copydesk.demo import feeds
from copydesk.demo.answers import answer
from copydesk.demo.lines import normalise, visible_lines
from copydesk.demo.pages import Expected, Mishap, PageKind
from copydesk.demo.press import Press
from copydesk.demo.publishers import PUBLISHERS


@pytest.fixture(scope="module")
def press() -> Press:
    return Press(5)


def _bytes(press: Press) -> dict[str, bytes]:
    made = {
        press.url(page): answer(press, page.host, page.path, times=1).body for page in press.pages.values()
    }
    for host, publisher in enumerate(press.publishers):
        for path in ("/robots.txt", publisher.feed_path, *feeds.sitemap_paths(publisher)):
            made[press.origins[host] + path] = answer(press, host, path).body
    return made


def test_same_seed_same_bytes() -> None:
    """Two presses of one seed answer every request with the same bytes, and another seed with others."""
    one, other = _bytes(Press(9, publishers=4, stories=12)), _bytes(Press(9, publishers=4, stories=12))
    assert one == other
    assert one != _bytes(Press(10, publishers=4, stories=12))


@given(seed=st.integers(0, 2**32), publishers=st.integers(3, 12), stories=st.integers(8, 16))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_press_is_consistent(seed: int, publishers: int, stories: int) -> None:
    """Whatever the seed and size: every mishap is there, every story has a page, every target and item exists."""
    press = Press(seed, publishers=publishers, stories=stories)
    truths = press.truths.values()
    assert {t.mishap for t in truths} >= set(Mishap)
    assert {t.story for t in truths if t.expected is Expected.STORED} == {s.id for s in press.stories}
    assert sum(t.kind is PageKind.DIGEST for t in truths) >= 1
    for truth in truths:
        assert all(0 <= story < len(press.stories) for story in truth.items)
        if truth.mishap is Mishap.REDIRECT_CHAIN:
            assert truth.target is not None
            assert press.truths[truth.target].expected is Expected.STORED


def test_pages_hold_their_text(press: Press) -> None:
    """Every paragraph that the truth names stands on the page, whole and in order."""
    for page in press.pages.values():
        for number, copy in enumerate(page.versions):
            text = "\n".join(visible_lines(press.html(page, number)))
            at = 0
            for block in copy.blocks:
                at = text.find(normalise(block.text), at)
                assert at >= 0, (page.path, block.text)


def test_boilerplate_and_story_are_apart(press: Press) -> None:
    """No line that must not survive is part of the story, and every page has a good many of them."""
    for truth in press.truths.values():
        if truth.expected is Expected.STORED:
            lines = press.boilerplate(truth.url)
            assert len(lines) >= (4 if "/amp/" in truth.url else 15), truth.url
            for copy in truth.versions:
                assert not any(line in normalise(block.text) for line in lines for block in copy.blocks)


def test_feeds_are_well_formed(press: Press) -> None:
    """Every feed parses without a complaint and leads to every listed page of its paper."""
    for host, publisher in enumerate(press.publishers):
        given_answer = answer(press, host, publisher.feed_path)
        body = gzip.decompress(given_answer.body) if publisher.gzip else given_answer.body
        parsed = feedparser.parse(body)
        assert not parsed.bozo, publisher.slug
        assert len(parsed.entries) == len(press.listed(host))
        for entry in parsed.entries:
            assert press.truth(entry.link) is not None, entry.link


def test_every_story_page_is_led_to(press: Press) -> None:
    """A page that should be stored is linked from its front, its feed or its sitemap, or is an AMP twin of one."""
    for host in range(len(press.publishers)):
        listed = {page.path for page in press.listed(host)}
        for (at, path), page in press.pages.items():
            if at == host and page.expected is Expected.STORED:
                assert path in listed or (page.canonical in listed)


def test_robots_forbid_what_the_truth_forbids(press: Press) -> None:
    """The page that must never be asked for is disallowed, and every page that must be stored is allowed."""
    rules = [Protego.parse(feeds.robots(p, o)) for p, o in zip(press.publishers, press.origins, strict=True)]
    for page in press.pages.values():
        allowed = rules[page.host].can_fetch(press.url(page), "CopydeskBot/1.0")
        assert allowed is (page.expected is not Expected.NEVER_ASKED)
    assert {rule.crawl_delay("CopydeskBot") for rule in rules} == {None, 1.0}


def test_mishaps_answer_as_they_say(press: Press) -> None:
    """Each mishap is served as its name says, the passing one only once."""
    statuses = {
        Mishap.NOT_FOUND: 404, Mishap.GONE: 410, Mishap.ALWAYS_500: 500, Mishap.ONCE_503: 503,
        Mishap.REDIRECT_LOOP: 302, Mishap.REDIRECT_CHAIN: 302, Mishap.EMPTY: 200, Mishap.NOT_HTML: 200,
    }  # fmt: skip
    for page in press.pages.values():
        if page.mishap in statuses:
            assert answer(press, page.host, page.path).status == statuses[page.mishap]
        if page.mishap is Mishap.ONCE_503:
            assert answer(press, page.host, page.path, times=1).status == 200
        if page.mishap is Mishap.WRONG_CHARSET:
            lying = answer(press, page.host, page.path)
            assert "utf-8" in lying.headers["Content-Type"]
            with pytest.raises(UnicodeDecodeError):
                lying.body.decode("utf-8")


def test_updates_come_with_the_second_request_or_the_clock(press: Press) -> None:
    """A page with two versions gives the first once, and the second from then on or when the clock has moved."""
    page = next(p for p in press.pages.values() if len(p.versions) == 2 and p.mishap is None)
    first, again = (answer(press, page.host, page.path, times=n) for n in (0, 1))
    assert first.body != again.body
    assert again.headers["ETag"] != first.headers["ETag"]
    assert answer(press, page.host, page.path, clock=1).body == again.body
    assert answer(press, page.host, page.path, times=9).body == again.body


def test_one_seed_a_paper(press: Press) -> None:
    """The sources are one URL for each paper, of all three kinds, on its own address."""
    assert len(press.sources()) == len(PUBLISHERS)
    assert len({source.split("/")[2] for source in press.sources()}) == len(PUBLISHERS)


@pytest.mark.parametrize(("publishers", "stories"), [(2, 12), (13, 12), (4, 7), (4, 501)])
def test_impossible_sizes_are_refused(publishers: int, stories: int) -> None:
    """A press too small to hold its mishaps, or larger than its papers, is refused in so many words."""
    with pytest.raises(ValueError, match="publishers must be"):
        Press(1, publishers=publishers, stories=stories)
