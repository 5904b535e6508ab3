"""Now: figures, the flow over time, samples of what waits."""

import threading
from datetime import timedelta

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from copydesk.web.flow import Flow
from copydesk.web.remembering import Remembered
from crawler.errors import StoreError
from crawler.records import CanonicalUrl, DiscoveredUrl, SourceId
from crawler.vitals import Sample, Series, Signs, Vitals
from tests.web.conftest import Room, Visitor
from tests.web.press import NOON, decided, entry, site_url
from workers.records import Article, Block, BlockKind
from workers.store import open_store
from workers.store.records import Batch


def write(store_url: str, minute: int, number: int) -> None:
    """Write a story that was fetched so many minutes before noon."""
    store = open_store(store_url)
    at = NOON - timedelta(minutes=minute)
    article = Article(
        url=f"https://a.example/{number}",
        blocks=(Block(kind=BlockKind.PARAGRAPH, text=f"Text number {number}."),),
    )
    found = decided(article, source="a", at=at)
    store.save(Batch(pages=(entry(found),), decided=(found,)))
    store.close()


def test_the_page_tells_how_things_stand(visitor: Visitor) -> None:
    """Totals, outcomes by reason with links, hosts by state."""
    page = visitor.get("/").text
    assert "robots disallowed" in page
    assert '<a href="/pages?outcome=failed&amp;reason=http_404">http 404</a>' in page
    assert "stopped by hand" in page


def test_the_part_that_renews_itself_is_the_page_s_own(visitor: Visitor) -> None:
    """What the script puts in place is what the page had."""
    page, part = visitor.get("/").text, visitor.get("/now/figures").text
    assert part.strip().partition('<div id="reasons">')[0].strip() in page
    assert part.partition('<div id="reasons">')[2].strip() in page


@pytest.mark.parametrize("span", ["hour", "day"])
def test_both_spans_are_shown_without_script(visitor: Visitor, span: str) -> None:
    """Without JavaScript the page has drawings and loads itself again."""
    page = visitor.get(f"/?span={span}").text
    assert f"Pages a second over the last {span}" in page
    assert 'http-equiv="refresh"' in page
    assert visitor.get("/?span=year").status_code == 400


def test_waiting_urls_are_counted_before_their_host_was_ever_asked(room: Room) -> None:
    """A host that has never been lent waits for its turn like any other."""
    seed = DiscoveredUrl(url=CanonicalUrl("https://new.example/"), source=SourceId("new"))
    room.desk.frontier.add([seed])
    found = room.visitor().get("/api/now").json or {}
    assert (found["urls_waiting"], found["hosts"]["due"]) == (1, 1)


def test_pages_fall_into_the_minute_in_which_they_were_fetched(tmp_path: object) -> None:
    """The last whole minute is the last point of the hour; a quarter of an hour is one of the day."""
    url = f"sqlite:///{tmp_path}/copydesk.db"
    for number, minute in enumerate([1, 1, 1, 30, 59, 61, 700]):
        write(url, minute, number)
    store = open_store(url)
    flow = Flow(store)
    hour = [point.stories_per_min for point in flow.points("hour", NOON)]
    assert (len(hour), hour[-1], hour[-30], sum(hour)) == (60, 3, 1, 5)
    day = [point.pages_per_s * 900 for point in flow.points("day", NOON)]
    assert (len(day), round(day[-1]), round(sum(day))) == (96, 3, 7)
    store.close()


def test_minutes_are_read_once_and_late_pages_still_count(tmp_path: object) -> None:
    """A page stored a minute after it was fetched is in its minute; time goes on and old minutes leave."""
    url = f"sqlite:///{tmp_path}/copydesk.db"
    write(url, 1, 1)
    store = open_store(url)
    flow = Flow(store)
    assert flow.points("hour", NOON)[-1].stories_per_min == 1
    write(url, 1, 2)
    later = NOON + timedelta(minutes=1)
    assert [p.stories_per_min for p in flow.points("hour", later)][-2:] == [2, 0]
    assert sum(p.stories_per_min for p in flow.points("hour", NOON + timedelta(hours=2))) == 0
    store.close()


def test_pages_that_waited_for_workers_are_drawn_where_they_were_fetched(tmp_path: object) -> None:
    """Stored ten minutes after they were fetched: the plot has them within a minute."""
    url = f"sqlite:///{tmp_path}/copydesk.db"
    write(url, 1, 1)
    store = open_store(url)
    flow = Flow(store)
    flow.points("hour", NOON)
    write(url, 2, 2)
    found = flow.points("hour", NOON + timedelta(minutes=10))
    assert [point.stories_per_min for point in found][-12:-10] == [1, 1]
    store.close()


def test_the_day_reaches_to_the_last_minute(tmp_path: object) -> None:
    """What was fetched a minute ago is in the plot of the day, at any minute of the hour."""
    url = f"sqlite:///{tmp_path}/copydesk.db"
    write(url, 1, 1)
    store = open_store(url)
    for minutes in range(15):
        day = Flow(store).points("day", NOON + timedelta(minutes=minutes))
        assert round(day[-1].pages_per_s * 900) == 1
        assert len(day) == 96
    store.close()


def test_the_last_minute_ends_where_the_workers_have_been(tmp_path: object) -> None:
    """What was fetched seconds ago is not stored yet, and a crawl that has just begun is not shown as nothing."""
    url = f"sqlite:///{tmp_path}/copydesk.db"
    write(url, 1, 1)
    store = open_store(url)
    fetched = NOON - timedelta(minutes=1)
    found = [Flow(store).last_minute(fetched + timedelta(seconds=s)).stories_per_min for s in (5, 15, 65, 75)]
    assert found == [0, 1, 1, 0]
    store.close()


def test_the_flow_has_a_gap_where_nobody_looked(room: Room) -> None:
    """What waited is only known for the times at which it was sampled."""
    at = int(NOON.timestamp()) - 90
    room.desk.redis.lpush("copydesk:backlog:hour", f"{at} 7 9")
    found = room.visitor().get("/api/flow?span=hour").json or {}
    assert (found["in_hands"][-2:], found["waiting"][-2:]) == ([7, None], [9, None])
    assert len({len(column) for column in found.values() if isinstance(column, list)}) == 1


def test_sums_are_remembered_for_a_while() -> None:
    """Within its time the value is not computed again; with no time it always is."""
    calls: list[int] = []

    def compute() -> int:
        calls.append(1)
        return len(calls)

    kept, fresh = Remembered(compute, 3600), Remembered(compute, 0)
    assert [kept.get(), kept.get(), fresh.get(), fresh.get()] == [1, 1, 2, 3]
    kept.forget()
    assert kept.get() == 4


class Timer:
    """A clock that the test sets, and a value that takes a while by it."""

    def __init__(self, takes: float) -> None:
        self.now, self.takes, self.reads = 0.0, takes, 0

    def read(self) -> int:
        """Compute the value: how often that was done."""
        self.now += self.takes
        self.reads += 1
        return self.reads


def test_what_is_read_quickly_is_never_shown_when_old() -> None:
    """Two seconds old is shown as it is; five seconds old is waited for, since that takes hundredths."""
    timer = Timer(0.02)
    kept = Remembered(timer.read, 2, lambda: timer.now)
    assert kept.get() == 1
    timer.now += 1.9
    assert kept.get() == 1
    timer.now += 3
    assert kept.get() == 2


def test_what_takes_long_is_read_aside() -> None:
    """Who asks gets the old value at once, the next one the new; after long idleness nobody gets the old one."""
    timer = Timer(1.0)
    read = threading.Event()

    def compute() -> int:
        value = timer.read()
        read.set()
        return value

    kept = Remembered(compute, 2, lambda: timer.now)
    assert kept.get() == 1
    read.clear()
    timer.now += 5
    assert kept.get() == 1
    assert read.wait(30)
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and thread.name == "refresh-aside":
            thread.join(30)
    assert kept.get() == 2
    timer.now += 60
    assert kept.get() == 3


def test_all_who_wait_together_wait_for_one_reading() -> None:
    """After idleness the first visitors do not each compute the same sums."""
    timer = Timer(0.02)
    kept = Remembered(timer.read, 2, lambda: timer.now)
    kept.get()
    timer.now += 100
    old = kept._found
    assert [kept._wait(old) for _ in range(3)] == [2, 2, 2]


def test_what_was_forgotten_does_not_come_back() -> None:
    """A reading that had begun before something was done to the value is not shown after it."""
    timer = Timer(0.02)
    kept = Remembered(timer.read, 2, lambda: timer.now)
    kept.get()
    old = kept._found
    assert old is not None
    kept.forget()
    kept._lock.acquire()
    kept._refresh_aside(old)
    assert kept._found is None
    assert kept.get() == 3


def test_a_database_that_is_gone_is_told_so(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page says what does not answer, with 503; readiness says it too."""

    def gone() -> None:
        raise StoreError("gone")

    monkeypatch.setattr(room.desk.store, "ping", gone)
    room.desk._sums._compute = gone  # type: ignore[assignment]
    answer = room.visitor().get("/")
    assert answer.status_code == 503
    assert "The database does not answer" in answer.text
    ready = room.visitor().get("/readyz")
    assert (ready.status_code, ready.json) == (503, {"database": "unreachable", "redis": "ok"})


def test_what_the_database_has_is_shown_while_redis_is_away(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stories, pages, sources and failures are read; what only Redis knows is left out, and the page says so."""

    def gone(*_: object, **__: object) -> None:
        raise RedisConnectionError("gone")

    monkeypatch.setattr(room.desk.redis, "execute_command", gone)
    monkeypatch.setattr("redis.client.Pipeline.execute", gone)
    visitor = room.visitor()
    page = f"/page?url={site_url('Delta Wire', 'port-scanners')}"
    for path in ("/sources", "/failures", page):
        answer = visitor.get(path)
        assert answer.status_code == 200, path
        assert "Redis does not answer just now" in answer.text
    for path in ("/stories", "/pages"):
        assert "Redis" not in visitor.get(path).text
    for path in ("/", "/rq/"):
        answer = visitor.get(path)
        assert answer.status_code == 503, path
        assert "Redis does not answer just now" in answer.text


def test_idle_fetchers_and_workers_are_alive(room: Room) -> None:
    """Who has nothing to do is there all the same; at work is who holds a host."""
    signs = Signs(room.desk.redis)
    for name, role, hosts in (("f1", "fetcher", 0), ("f2", "fetcher", 3), ("w1", "worker", 0)):
        held = Sample(name="copydesk_fetcher_hosts", labels={}, value=hosts)
        series = [Series(name="copydesk_fetcher_hosts", kind="gauge", means="Hosts.", samples=[held])]
        signs.show(name, Vitals(role=role, host="press", pid=7, since_s=0.0, series=series))
    found = room.visitor().get("/api/now").json or {}
    assert (found["fetchers"], found["fetchers_at_work"]) == (2, 1)
    metrics = room.visitor().get("/metrics").text
    assert 'copydesk_processes{role="worker"} 1.0' in metrics
    assert 'copydesk_fetcher_hosts{process="f2",role="fetcher"} 3.0' in metrics


def test_metrics_say_which_back_end_is_away(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer is still one that Prometheus reads."""

    def gone() -> None:
        raise StoreError("gone")

    monkeypatch.setattr(room.desk.store, "ping", gone)
    room.desk._sums._compute = gone  # type: ignore[assignment]
    answer = room.visitor().get("/metrics")
    assert answer.status_code == 200
    assert 'copydesk_up{part="database"} 0.0' in answer.text
    assert 'copydesk_up{part="redis"} 1.0' in answer.text


def test_metrics_are_in_prometheus_format(visitor: Visitor) -> None:
    """The figures of the page under stable names, outcomes and reasons as labels."""
    answer = visitor.get("/metrics")
    assert answer.content_type.startswith("text/plain")
    assert 'copydesk_pages{outcome="rejected",reason="robots_disallowed"} 3.0' in answer.text
    assert "copydesk_pages_put_aside 5.0" in answer.text
    assert 'copydesk_workers{state="idle"} 0.0' in answer.text
