"""What recurs on a site is forgotten only when different stories have it."""

from collections.abc import Callable

import pytest
import redis

from workers.extract.page import extract_page
from workers.extract.site_memory import (
    MIN_PAGES,
    LocalSiteMemory,
    RedisSiteMemory,
    SiteMemory,
    block_hash,
    recurrent_blocks,
    story_hash,
)

BOX = "Our newsroom is paid for by the people of the island; whoever reads us often may wish to become one of them."


@pytest.fixture(params=["local", "redis"])
def memory(request: pytest.FixtureRequest) -> SiteMemory:
    """Each implementation in turn, empty."""
    if request.param == "local":
        return LocalSiteMemory()
    return RedisSiteMemory(request.getfixturevalue("redis"), ["a.example"])


def test_other_stories_are_counted_not_pages(memory: SiteMemory) -> None:
    """Ten copies of one story count once, and never against itself."""
    for _ in range(10):
        memory.learn("a.example", story_hash("One"), [7])
    assert memory.lookup("a.example", story_hash("One"), [7]) == [0]
    assert memory.lookup("a.example", story_hash("Two"), [7, 8]) == [1, 0]


def test_sites_do_not_share(memory: SiteMemory) -> None:
    """A block of one site says nothing of another."""
    memory.learn("a.example", 1, [7])
    assert memory.lookup("b.example", 2, [7]) == [0]


def test_a_copy_under_other_headlines_survives(memory: SiteMemory) -> None:
    """A page made mostly of known blocks is a copy: nothing of it is dropped."""
    for number in range(6):
        texts = ["The same first paragraph of the story.", "And the same second one.", "And a third."]
        assert (
            recurrent_blocks(memory, "https://a.example/x", f"Headline {'abcdef'[number]}", texts)
            == frozenset()
        )


def test_numbers_do_not_hide_a_recurring_block() -> None:
    """A box with today's date or a counter is the same box."""
    assert block_hash("Read by 1,204 people today") == block_hash("read by 17 people today")


def test_redis_memory_is_shared_after_saving(redis: redis.Redis) -> None:
    """One worker's pages teach the next, in one round trip each way, with an expiry on the key."""
    redis.flushall()
    for story in range(MIN_PAGES):
        worker = RedisSiteMemory(redis, ["a.example"])
        worker.learn("a.example", story, [7, 2**63])
        worker.save()
    reader = RedisSiteMemory(redis, ["a.example", "b.example"])
    assert reader.lookup("a.example", 99, [7, 2**63, 5]) == [MIN_PAGES, MIN_PAGES, 0]
    assert redis.ttl("copydesk:site:a.example") > 0


def test_memory_is_bounded() -> None:
    """Neither sites nor blocks grow without end."""
    memory = LocalSiteMemory(max_sites=3)
    for site in range(10):
        memory.learn(f"{site}.example", 1, [1])
    assert memory.lookup("0.example", 2, [1]) == [0]
    assert memory.lookup("9.example", 2, [1]) == [1]


def test_a_sites_box_is_dropped_from_later_pages(page: Callable[..., bytes], story: tuple[str, ...]) -> None:
    """A box that one page alone cannot tell from its story is gone once three other stories had it."""
    memory = LocalSiteMemory()
    for name in "abcd":
        own = tuple(f"{p} {name * 7}." for p in story)
        html = page(paragraphs=(*own, BOX)).replace(b"Harbour closed", b"Harbour " + name.encode() * 6)
        found = extract_page(html, url=f"https://a.example/{name}", site=memory)
    assert found.article is not None
    assert BOX not in found.article.text
    assert all("ddddddd" in p for p in found.article.text.split("\n\n"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Read 12 comments", "read 7 Comments!"),
        ("Größe: 3 – Österreich", "GRÖSSE 4 österreich"),
        ("港口 5", "港口、12"),
        ("İzmir’de 3 liman", "İZMİR'DE 4 LİMAN"),
        ("“Ports” — closed…", "ports closed"),
    ],
)
def test_a_block_is_named_by_its_letters(one: str, other: str) -> None:
    """Case, figures and punctuation do not make another block, in ASCII or beyond it; another word does."""
    assert block_hash(one) == block_hash(other)
    assert block_hash(one) != block_hash(f"{other} ferry")
