"""The whole way, with real processes: from the demo press to stories, all in one and piece by piece."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis

from config.load import bare_settings
from copydesk.demo.press import Press
from copydesk.demo.process import REQUESTS, press_process
from copydesk.demo.serve import load_requests
from copydesk.demo.truth import score
from copydesk.embedded import server_program
from copydesk.reading import export_facts, open_reader

pytestmark = pytest.mark.integration

PRESS = {"publishers": 4, "stories": 12}
FAST = {
    "COPYDESK_FETCH_DELAY_S": "0.02",
    "COPYDESK_FETCH_ALLOW_PRIVATE": '["127.0.0.0/8"]',
    "COPYDESK_FETCH_CONTACT": "the tests, on loopback",
    "COPYDESK_FETCH_TIMEOUT_S": "5",
    "COPYDESK_FETCH_RETRIES": "1",
}


def environment(**variables: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("COPYDESK_")}
    return inherited | FAST | variables


def copydesk(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    done = subprocess.run(
        [sys.executable, "-m", "copydesk", *words],
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def exported(folder: Path) -> list[dict[str, Any]]:
    """Return what ``copydesk export`` would write, without a process of its own."""
    with open_reader(bare_settings({"data_dir": folder})) as store:
        return [
            json.loads(json.dumps(export_facts(row), default=datetime.isoformat)) for row in store.export()
        ]


def stories_of(rows: list[dict[str, Any]]) -> set[frozenset[str]]:
    """Return each story as the set of places where it was seen; the port differs from press to press."""

    def place(url: str) -> str:
        parts = urlsplit(url)
        return f"{parts.hostname}{parts.path}#{parts.fragment}"

    return {frozenset(place(sighting["url"]) for sighting in row["sightings"]) for row in rows}


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Press, Path, subprocess.CompletedProcess[str]]:
    """A small press, crawled by one command."""
    folder = tmp_path_factory.mktemp("crawled")
    with press_process(folder, **PRESS) as (press, _):
        done = copydesk("crawl", *press.feed_urls(), "--json", COPYDESK_DATA_DIR=str(folder / "data"))
    return press, folder, done


def test_one_command_crawls_a_press(crawled: tuple[Press, Path, subprocess.CompletedProcess[str]]) -> None:
    """Stories come out right: nothing folded wrongly, no boilerplate, the disallowed page never asked for."""
    press, folder, done = crawled
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["stories"] > 0
    written = copydesk("export", COPYDESK_DATA_DIR=str(folder / "data")).stdout
    rows = [json.loads(line) for line in written.splitlines()]
    assert rows == exported(folder / "data")
    report = score(press, rows, requests=load_requests(folder / REQUESTS))
    assert report.pairs.f1 >= 0.95
    assert not report.merged
    assert not report.boilerplate
    assert not report.forbidden_requests


def test_in_is_stored_folded_rejected_and_failed(
    crawled: tuple[Press, Path, subprocess.CompletedProcess[str]],
) -> None:
    """Every page has exactly one outcome with a reason, and status says the same as the crawl did."""
    _, folder, done = crawled
    summary = json.loads(done.stdout)
    status = json.loads(copydesk("status", "--json", COPYDESK_DATA_DIR=str(folder / "data")).stdout)
    assert summary["pages"] == sum(sum(reasons.values()) for reasons in summary["outcomes"].values())
    assert status["outcomes"] == summary["outcomes"]
    assert all(reason for reasons in status["outcomes"].values() for reason in reasons)


@contextmanager
def real_redis(folder: Path) -> Iterator[str]:
    """Start a server of its own on a TCP port with a password, as an operator would."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    password = secrets.token_hex(8)
    words = [
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--requirepass",
        password,
        "--dir",
        str(folder),
        "--save",
        "",
    ]
    with subprocess.Popen([server_program(), *words], stdout=subprocess.DEVNULL) as server:
        url = f"redis://:{password}@127.0.0.1:{port}/0"
        with redis.Redis.from_url(url) as client:
            while True:
                try:
                    client.ping()
                    break
                except redis.ConnectionError:
                    time.sleep(0.02)
        try:
            yield url
        finally:
            server.terminate()


@contextmanager
def running(*words: str, log: Path, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command in the background and end it as an operator would."""
    with log.open("wb") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "copydesk", *words], env=environment(**variables), stderr=stderr
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0, log.read_text()


def test_processes_started_by_hand_give_the_same_stories(
    crawled: tuple[Press, Path, subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    """A fetcher and two workers on a real Redis end with the stories of the all-in-one run."""
    _, folder, _ = crawled
    with press_process(tmp_path, **PRESS) as (press, _), real_redis(tmp_path) as url:
        stack = {"COPYDESK_REDIS_URL": url, "COPYDESK_DATA_DIR": str(tmp_path / "data")}
        with (
            running("work", "--workers", "1", log=tmp_path / "work-1.log", **stack),
            running("work", "--workers", "1", log=tmp_path / "work-2.log", **stack),
        ):
            assert copydesk("enqueue", *press.feed_urls(), **stack).returncode == 0
            assert copydesk("fetch", "--until-idle", **stack).returncode == 0
        by_hand = stories_of(exported(tmp_path / "data"))
    assert by_hand == stories_of(exported(folder / "data"))


def test_ctrl_c_stops_and_the_same_command_goes_on(
    crawled: tuple[Press, Path, subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    """A crawl interrupted in the middle and started again ends with the stories of one that was left alone."""
    _, folder, _ = crawled
    stack = {"COPYDESK_DATA_DIR": str(tmp_path / "data"), "COPYDESK_WORK_WORKERS": "1"}
    with press_process(tmp_path, **PRESS) as (press, _):
        words = [sys.executable, "-m", "copydesk", "crawl", *press.feed_urls()]
        first = subprocess.Popen(
            words,
            env=environment(**stack),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        while len(load_requests(tmp_path / REQUESTS) if (tmp_path / REQUESTS).exists() else []) < 12:
            assert first.poll() is None
            time.sleep(0.02)
        os.killpg(first.pid, signal.SIGINT)  # as a terminal does: to all of the group
        said, _ = first.communicate(timeout=20)
        assert first.returncode in {0, 1}, said
        assert "Stopped." in said
        assert "Traceback" not in said
        again = copydesk("crawl", *press.feed_urls(), **stack)
        assert again.returncode == 0, again.stderr
    assert stories_of(exported(tmp_path / "data")) == stories_of(exported(folder / "data"))


PAGE = """<!DOCTYPE html><html lang="en"><head><title>{title} | The Quay</title>
<meta property="og:title" content="{title}"><link rel="canonical" href="https://quay.example/{slug}"></head><body>
<nav><a href="/">Home</a><a href="/sport">Sport</a><a href="/tide">Tides</a></nav><main><article><h1>{title}</h1>
<p>{lead} The pilots' office confirmed the plan on Tuesday and said that work would begin before the winter storms, with
two dredgers hired from the yard at Aldersund for eleven weeks.</p>
<p>Fishermen who moor along the eastern wall will be moved to the old basin for as long as the work lasts. Their
association asked for free berths and was promised half the usual fee; its chair, Marit Olsson, called it a start.</p>
<p>The harbour board expects the channel to be nine metres deep at low water once it is finished, enough for the ferries
that now wait for the tide. The cost, 14.2 million, is shared with the county.</p></article></main>
<footer>Copyright The Quay. All rights reserved.</footer></body></html>"""


def test_ingest_is_the_same_way_and_adds_nothing_twice(tmp_path: Path) -> None:
    """A saved page, and the same as JSON lines: one story at two places; again, and nothing is added."""
    page = PAGE.format(
        title="Harbour to dredge its channel", slug="dredge", lead="The harbour will deepen its channel."
    )
    (tmp_path / "page.dat").write_text(page)
    record = {"url": "https://other.example/copy", "html": page.replace("quay.example", "other.example")}
    (tmp_path / "copies.dat").write_text(json.dumps(record) + "\n")
    files = [str(tmp_path / "page.dat"), str(tmp_path / "copies.dat")]
    stack = {"COPYDESK_DATA_DIR": str(tmp_path / "data"), "COPYDESK_WORK_WORKERS": "1"}
    first = json.loads(copydesk("ingest", *files, "--json", **stack).stdout)
    again = json.loads(copydesk("ingest", *files, "--json", **stack).stdout)
    (row,) = exported(tmp_path / "data")
    assert (first["stories"], first["sightings"]) == (1, 2)
    assert (again["pages"], again["stories"], again["sightings"]) == (0, 0, 0)
    assert row["title"] == "Harbour to dredge its channel"
    assert "All rights reserved" not in row["text"]
    assert len(row["sightings"]) == 2
