"""The Redis user of docs/operations.md may do what the work needs."""

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import NoPermissionError

from crawler.frontier.view import FrontierView
from crawler.handover import Handover
from crawler.records import CanonicalUrl, DiscoveredUrl, SourceId
from workers import tasks
from workers.dedup.index import IndexEntry, RedisIndex
from workers.records import ArticleId
from workers.worker import CopydeskWorker

DOCUMENT = Path(__file__).parents[2] / "docs" / "operations.md"


@pytest.fixture
def documented(redis: "Redis", redis_url: str) -> Iterator["Redis"]:
    """A connection of the user that the document makes."""
    line = re.search(r"`ACL SETUSER copydesk (.*?)`", DOCUMENT.read_text())
    assert line
    redis.execute_command("ACL", "SETUSER", "copydesk", *line[1].split())
    with Redis.from_url(redis_url, username="copydesk", password="PASSWORD") as client:
        yield client
    redis.execute_command("ACL", "DELUSER", "copydesk")


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The batches that the task was called with; the signal handlers that a worker sets are taken back."""
    batches: list[str] = []
    monkeypatch.setattr(tasks, "process_batch", lambda batch: batches.append(batch))  # noqa: PLW0108  (by keyword)
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)
    handlers = {number: signal.getsignal(number) for number in numbers}
    yield batches
    for number, handler in handlers.items():
        signal.signal(number, handler)


def test_the_documented_user_may_do_what_the_work_needs(documented: "Redis", ran: list[str]) -> None:
    """Frontier, hand-over, RQ's own keys and the index; and nobody else's keys."""
    view = FrontierView(documented)
    view.add([DiscoveredUrl(url=CanonicalUrl("https://news.example/a"), source=SourceId("news"))])
    assert view.counts()["waiting"] == 1
    batch = Handover(documented).send([])
    CopydeskWorker(["copydesk"], connection=documented).work(burst=True)
    assert ran == [batch]
    index = RedisIndex(documented, "copydesk:index", window_days=10, clock=lambda: 1_700_000_000.0)
    found = IndexEntry(article=ArticleId(1), keys=(1 << 24,), record=b"r")
    index.check_and_add([found])
    again = IndexEntry(article=ArticleId(2), keys=found.keys, record=b"r")
    assert [match.article for match in index.check([again])[0]] == [1]
    with pytest.raises(NoPermissionError):
        documented.get("another:program")
