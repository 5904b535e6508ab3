"""Log lines go to standard error, wherever that is by then."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from config.log import set_up_logging


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Leave no set-up behind."""
    yield
    structlog.reset_defaults()


def test_a_logger_outlives_the_stream_it_first_wrote_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard error is redirected and the old one closed: the next line goes to the new one."""
    first, second = io.StringIO(), io.StringIO()
    monkeypatch.setattr("sys.stderr", first)
    set_up_logging()
    log = structlog.get_logger()
    log.warning("page.fetched", url="https://a.example/")
    monkeypatch.setattr("sys.stderr", second)
    said = json.loads(first.getvalue())
    first.close()
    log.warning("page.stored")
    assert (said["event"], said["url"]) == ("page.fetched", "https://a.example/")
    assert json.loads(second.getvalue())["event"] == "page.stored"


def test_what_a_library_says_is_a_line_like_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every line of a log can be read by a program, with its time, also a traceback of RQ's."""
    said = io.StringIO()
    monkeypatch.setattr("sys.stderr", said)
    monkeypatch.setattr(logging.root, "handlers", [])
    level = logging.root.level
    set_up_logging()
    try:
        int("a bug")
    except ValueError:
        logging.getLogger("rq.worker").exception("%s is broken", "it")
    finally:
        logging.root.setLevel(level)
    (line,) = map(json.loads, said.getvalue().splitlines())
    assert (line["event"], line["level"], line["logger"]) == ("it is broken", "error", "rq.worker")
    assert "ValueError: invalid literal" in line["exception"]
    assert line["timestamp"]
