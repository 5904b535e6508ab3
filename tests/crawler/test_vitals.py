"""Signs of life: who is there, and for how long that is believed."""

import threading

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from crawler.vitals import LIFE_S, Sample, Series, Signs, Vitals, own_name, shown


def vitals(role: str = "worker", pages: float = 1.0) -> Vitals:
    """What a process says of itself."""
    samples = [Sample(name="copydesk_pages_total", labels={"outcome": "stored"}, value=pages)]
    series = [Series(name="copydesk_pages", kind="counter", means="Pages.", samples=samples)]
    return Vitals(role=role, host="press", pid=7, since_s=1000.0, series=series)


def test_a_sign_is_read_as_it_was_shown_and_goes_with_its_process(redis: Redis) -> None:
    """All that was said is there; after leaving, nothing is."""
    signs = Signs(redis)
    signs.show("b", vitals())
    signs.show("a", vitals("fetcher"))
    assert list(signs.living().items()) == [("a", vitals("fetcher")), ("b", vitals())]
    signs.leave("a")
    assert set(signs.living()) == {"b"}


def test_a_process_that_falls_silent_is_forgotten(redis: Redis) -> None:
    """Its sign expires by itself, and its name goes from the list when somebody looks."""
    signs = Signs(redis)
    signs.show("killed", vitals())
    assert 0 < redis.ttl("copydesk:process:killed") <= LIFE_S
    redis.delete("copydesk:process:killed")
    assert signs.living() == {}
    assert redis.keys("copydesk:process*") == []


def test_nonsense_is_nobodys_sign(redis: Redis) -> None:
    """What somebody else wrote under our keys hides no process."""
    signs = Signs(redis)
    signs.show("a", vitals())
    for name, blob in ((b"x", b"\xc1"), (b"y", b"\x91\xa1z"), (b"\xff", b"")):
        redis.sadd("copydesk:processes", name)
        redis.set(b"copydesk:process:" + name, blob)
    assert set(signs.living()) == {"a"}


def test_signs_are_shown_while_the_block_runs(redis: Redis) -> None:
    """At once, then again and again with what is true by then; none is left afterwards."""
    signs, beats, third = Signs(redis), [0], threading.Event()

    def count() -> None:
        beats[0] += 1
        if beats[0] == 3:
            third.set()

    with shown(signs, "a", lambda: vitals(pages=beats[0]), beside=[count], every_s=0.001):
        assert third.wait(30)
        assert signs.living()["a"].series[0].samples[0].value >= 2
    assert signs.living() == {}


def test_a_process_that_is_not_well_shows_nothing(redis: Redis) -> None:
    """A loop that hangs lets its sign expire, although its thread goes on."""
    turn = threading.Event()
    with shown(Signs(redis), "a", lambda: None, beside=[turn.set], every_s=0.001):
        assert turn.wait(30)
        assert Signs(redis).living() == {}


def test_a_redis_that_is_away_holds_nobody_up() -> None:
    """The block runs and ends as if nothing were; nothing is raised."""
    ran = []
    with (
        Redis(unix_socket_path="/nowhere", retry=Retry(NoBackoff(), 0)) as away,
        shown(Signs(away), "a", vitals),
    ):
        ran.append(True)
    assert ran


def test_no_two_processes_have_one_name() -> None:
    """Not even those that are given the same process id again."""
    assert own_name() != own_name()
