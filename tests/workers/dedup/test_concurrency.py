"""Many workers at once: real processes, one server."""

import multiprocessing
import random
from collections import defaultdict
from typing import Any

import pytest
from redis import Redis

from workers.dedup.folding import Foldable, Folder
from workers.dedup.index import RedisIndex
from workers.records import Article, ArticleId, Block, BlockKind, VerdictKind

SYLLABLES = (
    "bar",
    "con",
    "dal",
    "fen",
    "gor",
    "hul",
    "jin",
    "kes",
    "lom",
    "mur",
    "nal",
    "pek",
    "rod",
    "sul",
    "tam",
    "vex",
)
WORDS = [a + b for a in SYLLABLES for b in SYLLABLES]


def story(number: int, words: int = 120) -> str:
    rng = random.Random(number)
    return " ".join(rng.choice(WORDS) for _ in range(words))


def foldable(number: int, text: str) -> Foldable:
    block = Block(kind=BlockKind.PARAGRAPH, text=text)
    return Foldable(
        article_id=ArticleId(number), article=Article(url=f"https://s.example/{number}", blocks=(block,))
    )


Edge = tuple[int, int]


def fold_all(socket: str, items: list[tuple[int, str]], start: Any = None, batch: int = 5) -> list[Edge]:
    """Fold the items as one worker; return who was said to be one story with whom."""
    client = Redis(unix_socket_path=socket)
    folder = Folder(RedisIndex(client, "c"))
    if start is not None:
        start.wait(300)
    edges = []
    for at in range(0, len(items), batch):
        part = [foldable(*item) for item in items[at : at + batch]]
        for item, verdict in zip(part, folder.fold(part), strict=True):
            edges.append((item.article_id, item.article_id))
            if verdict.match is not None and verdict.kind is not VerdictKind.CONTAINS:
                edges.extend((item.article_id, m.of) for m in (verdict.match, *verdict.others))
    client.close()
    return [(int(a), int(b)) for a, b in edges]


def _work(socket: str, items: list[tuple[int, str]], start: Any, results: Any, batch: int) -> None:
    results.put(fold_all(socket, items, start, batch))


def stories(edges: list[Edge]) -> set[frozenset[int]]:
    """Apply the store's rule: a story is named by its founder, and two found to be one are merged."""
    parent: dict[int, int] = {}

    def root(x: int) -> int:
        while parent.setdefault(x, x) != x:
            x = parent[x]
        return x

    for a, b in edges:
        parent[root(a)] = root(b)
    members = defaultdict(set)
    for x in list(parent):
        members[root(x)].add(x)
    return {frozenset(m) for m in members.values()}


def in_processes(socket: str, shares: list[list[tuple[int, str]]], batch: int = 5) -> list[Edge]:
    context = multiprocessing.get_context("spawn")
    start, results = context.Barrier(len(shares)), context.Queue()
    workers = [context.Process(target=_work, args=(socket, share, start, results, batch)) for share in shares]
    for worker in workers:
        worker.start()
    edges = [edge for _ in workers for edge in results.get(timeout=600)]
    for worker in workers:
        worker.join(300)
    return edges


@pytest.mark.integration
def test_two_workers_with_the_same_text_never_both_say_new(redis_client: Redis, redis_socket: str) -> None:
    """Of two copies taken at the same moment at least one sees the other: 600 of 600 end in one story."""
    texts = [story(n, words=60) for n in range(600)]
    shares = [[(2 * n + side, text) for n, text in enumerate(texts)] for side in (2, 3)]
    found = stories(in_processes(redis_socket, shares, batch=1))
    assert found == {frozenset((2 * n + 2, 2 * n + 3)) for n in range(600)}


@pytest.mark.integration
def test_many_workers_find_the_stories_that_one_finds(redis_client: Redis, redis_socket: str) -> None:
    """Copies back to back, dealt to three workers: the same stories as from one worker."""
    items = []
    for n in range(30):
        words = story(n, 150).split()
        copies = [words, words[:110], ["Reported", "today:", *words], [*words, *story(1000 + n, 30).split()]]
        items += [(10 * n + k + 1, " ".join(copy)) for k, copy in enumerate(copies)]
    expected = {frozenset(10 * n + k + 1 for k in range(4)) for n in range(30)}
    assert stories(fold_all(redis_socket, items)) == expected
    redis_client.flushall()
    assert stories(in_processes(redis_socket, [items[k::3] for k in range(3)])) == expected


def test_a_repeated_batch_gives_the_same_verdicts(redis_client: Redis, redis_socket: str) -> None:
    """A worker that was killed after the index and before the store is run again, to the same stories."""
    items = [(n + 1, story(n // 2)) for n in range(20)]
    first = stories(fold_all(redis_socket, items))
    assert stories(fold_all(redis_socket, items)) == first
