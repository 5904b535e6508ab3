"""``copydesk frontier``: hosts are listed as they are, and a person's word about one of them holds."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
import structlog
from typer.testing import CliRunner, Result

from copydesk.cli import build
from crawler.errors import ConfigError
from crawler.frontier.view import FrontierView
from crawler.records import CanonicalUrl, DiscoveredUrl, SourceId

HOST = "news.example"


@pytest.fixture
def view(redis_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FrontierView]:
    monkeypatch.setenv("COPYDESK_REDIS_URL", redis_url)
    monkeypatch.setenv("COPYDESK_DATA_DIR", str(tmp_path))
    with redis.Redis.from_url(redis_url) as client:
        made = FrontierView(client)
        made.add(
            [DiscoveredUrl(url=CanonicalUrl(f"https://{HOST}/{n}"), source=SourceId("s")) for n in range(3)]
        )
        yield made
    # The command set the log up for a stream that ends with it.
    structlog.reset_defaults()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(build(), ["frontier", *arguments])


def test_hosts_are_listed_for_people_and_programs(view: FrontierView) -> None:
    """The table and the JSON lines tell the same."""
    table, lines = run("list"), run("list", "--json")
    assert "3 URLs wait" in " ".join(table.output.split())
    [host] = [json.loads(line) for line in lines.output.splitlines()]
    assert (host["host"], host["waiting"], host["state"]) == (HOST, 3, "waiting")


def test_a_host_is_paused_resumed_and_forgotten(view: FrontierView) -> None:
    """Each command changes what it says, and only that."""
    assert run("pause", HOST).exit_code == 0
    assert [s.is_paused for s in view.hosts()] == [True]
    assert "paused" in run("list", "--errors").output
    assert run("resume", HOST).exit_code == 0
    assert [s.is_paused for s in view.hosts()] == [False]
    assert "0 URLs" in run("visit", HOST).output
    assert "3 URLs" in run("forget", HOST).output
    assert view.counts()["waiting"] == 0


@pytest.mark.parametrize("command", ["pause", "resume", "forget", "visit"])
def test_an_unknown_host_is_an_error_that_says_what_to_do(view: FrontierView, command: str) -> None:
    """A typing error changes nothing and names the way out."""
    result = run(command, "nobody.example")
    assert isinstance(result.exception, ConfigError)
    assert "copydesk frontier list" in str(result.exception)
