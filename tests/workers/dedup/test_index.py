"""One contract for every back end of the index: in memory, on a server, on a cluster node."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis import Redis
from redis.cluster import RedisCluster

from crawler.errors import BackendError
from workers.dedup.index import HOLDERS, Index, IndexEntry, MemoryIndex, RedisIndex
from workers.records import ArticleId

DAY = 86_400.0


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


MakeIndex = Callable[[], Index]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["memory", "redis", "cluster"])
def index(request: pytest.FixtureRequest, clock: Clock) -> Iterator[Index]:
    if request.param == "memory":
        yield MemoryIndex(window_days=10, clock=clock)
    else:
        client = request.getfixturevalue(f"{request.param}_client")
        yield RedisIndex(client, "t", window_days=10, clock=clock)


def entry(article: int, *keys: int, record: bytes = b"r") -> IndexEntry:
    return IndexEntry(article=ArticleId(article), keys=tuple(k << 24 for k in keys), record=record)


def seen(index: Index, item: IndexEntry) -> list[tuple[int, int]]:
    return [(c.article, c.shared_keys) for c in index.check([item])[0]]


def test_the_second_sees_the_first(index: Index) -> None:
    """Who adds later sees who added earlier, with its record; within one call too."""
    first, second = index.check_and_add([entry(1, 10, 11, record=b"one"), entry(2, 11, 12)])
    assert first == ()
    assert [(c.article, c.record, c.shared_keys) for c in second] == [(1, b"one", 1)]


def test_candidates_come_by_shared_keys(index: Index) -> None:
    """The candidate that shares the most keys comes first."""
    index.check_and_add([entry(1, 10), entry(2, 10, 11, 12), entry(3, 11, 10)])
    assert seen(index, entry(9, 10, 11, 12)) == [(2, 3), (3, 2), (1, 1)]


def test_an_article_never_sees_itself(index: Index) -> None:
    """A batch that is repeated finds the others and not itself, and adds nothing twice."""
    index.check_and_add([entry(1, 10, 11)])
    assert index.check_and_add([entry(1, 10, 11)]) == [()]
    assert index.stats().articles == 1
    assert seen(index, entry(2, 10)) == [(1, 1)]


def test_checking_adds_nothing(index: Index) -> None:
    """A question leaves no trace."""
    index.check([entry(1, 10)])
    assert seen(index, entry(2, 10)) == []


def test_a_key_lists_the_first_few_only(index: Index) -> None:
    """A common passage costs no more than a rare one: later holders are not listed under it."""
    index.check_and_add([entry(n, 10, 100 + n) for n in range(1, HOLDERS + 3)])
    assert sorted(a for a, _ in seen(index, entry(99, 10))) == list(range(1, HOLDERS + 1))
    assert seen(index, entry(99, 100 + HOLDERS + 2)) == [(HOLDERS + 2, 1)]


def test_what_is_withdrawn_is_gone(index: Index) -> None:
    """Withdrawn articles free their keys for others."""
    batch = [entry(n, 10) for n in range(1, HOLDERS + 1)]
    index.check_and_add(batch)
    index.withdraw(batch[:1])
    index.check_and_add([entry(50, 10)])
    assert sorted(a for a, _ in seen(index, entry(99, 10))) == [*range(2, HOLDERS + 1), 50]


def test_what_is_removed_by_id_is_ignored(index: Index) -> None:
    """Without its keys an article can still be forgotten: its record is gone, so nobody is compared with it."""
    index.check_and_add([entry(1, 10), entry(2, 10)])
    index.remove([ArticleId(1)])
    assert seen(index, entry(9, 10)) == [(2, 1)]


def test_what_is_noted_stands_behind_the_record(index: Index) -> None:
    """Two processes that note at the same moment both find their words there; a repeated note stands once."""
    index.check_and_add([entry(1, 10, record=b"one"), entry(2, 11)])
    index.note([(ArticleId(1), b"+first"), (ArticleId(77), b"+nobody")])
    index.note([(ArticleId(1), b"+second")])
    index.note([(ArticleId(1), b"+first")])
    [[found]] = index.check([entry(9, 10)])
    assert found.record == b"one+first+second"
    assert seen(index, entry(9, 77)) == []


def test_an_entry_added_again_keeps_what_was_noted(index: Index, clock: Clock) -> None:
    """A repeated batch, or a page met again, wipes nothing; a record that has changed is a new one."""
    index.check_and_add([entry(1, 10, record=b"one")])
    index.note([(ArticleId(1), b"+first")])
    index.check_and_add([entry(1, 10, record=b"one")])
    assert index.check([entry(9, 10)])[0][0].record == b"one+first"
    index.check_and_add([entry(1, 10, record=b"two")])
    assert index.check([entry(9, 10)])[0][0].record == b"two"
    clock.now += 10 * DAY
    index.note([(ArticleId(1), b"+later")])
    assert index.check([entry(9, 10)])[0][0].record == b"two+later"


def test_the_window_forgets(index: Index, clock: Clock) -> None:
    """An article is found for at least the window and at most twice as long."""
    index.check_and_add([entry(1, 10)])
    clock.now += 9.9 * DAY
    assert seen(index, entry(2, 10)) == [(1, 1)]
    clock.now += 10.2 * DAY
    assert seen(index, entry(2, 10)) == []


def test_the_last_generation_and_the_current_are_one(index: Index, clock: Clock) -> None:
    """Keys shared in both generations add up, and holders of either are found."""
    index.check_and_add([entry(1, 10, 11)])
    clock.now += 10 * DAY
    index.check_and_add([entry(2, 10, 12)])
    assert sorted(seen(index, entry(9, 10, 11, 12))) == [(1, 2), (2, 2)]


def test_a_clock_that_is_behind_takes_nothing_away(redis_client: Redis, clock: Clock) -> None:
    """A worker that still lives in the last period adds to it, and the period after it keeps all that it has."""
    clock.now = 1_000 * 10 * DAY + 1
    behind = Clock()
    behind.now = clock.now - 2
    index, late = (RedisIndex(redis_client, "t", window_days=10, clock=c) for c in (clock, behind))
    batch = [entry(n, *range(40 * n, 40 * n + 40)) for n in range(1, 60)]
    index.check_and_add(batch)
    late.check_and_add([entry(1_000, 1)])
    index.check_and_add([entry(1_001, 2)])
    assert index.stats().keys == 59 * 40 + 2
    assert seen(index, entry(2_000, 1, 80)) == [(2, 1), (1_000, 1)]
    assert redis_client.ttl("{t:0}:state") > 19 * DAY


def test_clearing_forgets_everything(index: Index) -> None:
    """After clear nothing is found, and adding works as before."""
    index.check_and_add([entry(1, 10)])
    index.clear()
    assert seen(index, entry(2, 10)) == []
    assert index.stats().articles == 0
    index.check_and_add([entry(1, 10)])
    assert seen(index, entry(2, 10)) == [(1, 1)]


def test_an_empty_batch_is_nothing(index: Index) -> None:
    """No entries, no candidates, no error; an entry without keys meets nobody."""
    assert index.check_and_add([]) == []
    assert index.check_and_add([entry(1)]) == [()]
    index.withdraw([])


def test_both_back_ends_agree_while_buckets_split(redis_client: Redis, clock: Clock) -> None:
    """Through many splits of buckets, the server finds exactly what the twin in memory finds."""
    rng = random.Random(7)
    twins: tuple[Index, Index] = MemoryIndex(clock=clock), RedisIndex(redis_client, "t", clock=clock)
    pool = [rng.getrandbits(40) for _ in range(900)]
    for start in range(0, 300, 20):
        batch = [
            entry(n, *rng.sample(pool, 8), *(rng.getrandbits(40) for _ in range(20)), record=rng.randbytes(9))
            for n in range(start + 1, start + 21)
        ]
        ours, theirs = (t.check_and_add(batch) for t in twins)
        assert [sorted(c.shared_keys for c in row) for row in ours] == [
            sorted(c.shared_keys for c in row) for row in theirs
        ]


def test_every_key_expires(redis_client: Redis, clock: Clock) -> None:
    """The server forgets by itself: no key but the header stays for ever."""
    index = RedisIndex(redis_client, "t", window_days=10, clock=clock)
    index.check_and_add([entry(n, *range(n, n + 40)) for n in range(1, 60)])
    lasting = [key for key in redis_client.scan_iter() if redis_client.ttl(key) < 0]
    assert lasting == [b"t:header"]


def test_another_version_is_refused(redis_client: Redis) -> None:
    """An index written under other parameters is named, never silently searched in vain."""
    RedisIndex(redis_client, "t", window_days=10)
    with pytest.raises(BackendError, match="window_days 10, this program 20: rebuild it"):
        RedisIndex(redis_client, "t", window_days=20)


def test_all_keys_of_a_shard_stand_in_one_slot(redis_client: Redis, clock: Clock) -> None:
    """Every key a script touches carries the hash tag of its shard, as a cluster demands."""
    index = RedisIndex(redis_client, "t", clock=clock)
    index.check_and_add([entry(1, 10, 11)])
    assert all(key.startswith(b"{t:0}") for key in redis_client.scan_iter() if key != b"t:header")


def test_keys_that_are_chosen_by_their_bits_fill_all_buckets_alike(redis_client: Redis, clock: Clock) -> None:
    """Anchors are shingles with zeros in fixed places; their buckets are as short as those of any other keys."""
    rng, index = random.Random(3), RedisIndex(redis_client, "t", clock=clock)
    for start in range(0, 400, 50):
        index.check_and_add(
            [
                IndexEntry(
                    article=ArticleId(n + 1),
                    keys=tuple(rng.getrandbits(64) & ~(31 << 40) for _ in range(40)),
                    record=b"",
                )
                for n in range(start, start + 50)
            ]
        )
    shelves = [key for key in redis_client.scan_iter() if b":b" in key]
    buckets = [value for key in shelves for value in redis_client.hvals(key)]
    assert sum(map(len, buckets)) == 400 * 40 * 8
    assert max(map(len, buckets)) < 8 * 40


def test_an_article_takes_no_more_than_400_bytes(redis_client: Redis, clock: Clock) -> None:
    """Twenty-five bands and a signature of 64 bytes, with all that the server needs to keep and to expire them."""
    rng, index = random.Random(4), RedisIndex(redis_client, "t", clock=clock)
    for start in range(0, 5_000, 250):
        batch = range(start, start + 250)
        index.check_and_add(
            [
                IndexEntry(
                    article=ArticleId(rng.getrandbits(63)),
                    keys=tuple(rng.getrandbits(64) for _ in range(25)),
                    record=rng.randbytes(64),
                )
                for _ in batch
            ]
        )
    used = sum(redis_client.memory_usage(key, samples=0) or 0 for key in redis_client.scan_iter())
    assert used / 5_000 < 400
    assert index.stats().articles == 5_000
    assert abs(index.stats().bytes / used - 1) < 0.2


def test_a_server_that_hung_up_is_asked_again(redis_client: Redis, clock: Clock) -> None:
    """A connection that was closed and a script that was forgotten are nobody's concern."""
    index = RedisIndex(redis_client, "t", clock=clock)
    index.check_and_add([entry(1, 10)])
    redis_client.script_flush()
    redis_client.client_kill_filter(skipme=True)
    assert seen(index, entry(2, 10)) == [(1, 1)]


def test_a_cluster_spreads_the_index_over_its_masters(cluster_client: RedisCluster, clock: Clock) -> None:
    """Each of three masters holds about a third of the keys, and no step asks for two slots at once."""
    index = RedisIndex(cluster_client, "t", clock=clock)
    rng = random.Random(8)
    index.check_and_add(
        [
            IndexEntry(article=ArticleId(n), keys=tuple(rng.getrandbits(64) for _ in range(40)), record=b"r")
            for n in range(1, 51)
        ]
    )
    sizes = [cluster_client.dbsize(target_nodes=node) for node in cluster_client.get_primaries()]
    assert len(sizes) == 3
    assert min(sizes) > sum(sizes) / 6


def test_a_question_that_was_cut_off_spoils_no_other(
    redis_client: Redis, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job whose time is up between question and reply leaves no reply for the next question to read."""
    index = RedisIndex(redis_client, "t", window_days=10, clock=clock)
    index.check_and_add([entry(1, 10, record=b"one"), entry(2, 11, record=b"two")])

    def time_is_up(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("redis.connection.Connection.read_response", time_is_up)
        patch.setattr("redis.connection.UnixDomainSocketConnection.read_response", time_is_up)
        with pytest.raises(KeyboardInterrupt):
            index.check([entry(9, 10)])
    assert seen(index, entry(9, 11)) == [(2, 1)]


def test_threads_take_turns(redis_client: Redis, clock: Clock) -> None:
    """Threads that share an index each get the replies to their own questions."""
    index = RedisIndex(redis_client, "t", window_days=10, clock=clock)
    index.check_and_add([entry(n, 100 + n) for n in range(1, 9)])
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda n: seen(index, entry(99, 100 + n)), [*range(1, 9)] * 20))
    assert found == [[(n, 1)] for n in range(1, 9)] * 20
