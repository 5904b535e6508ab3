"""Where the pages are served."""

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from config.settings import Settings, WebSettings
from copydesk.web.flow import Flow
from copydesk.web.serving import bind, require_password, serve
from crawler.errors import ConfigError, StoreError
from tests.web.conftest import Room


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "desk.example", ""])
def test_a_password_is_demanded_beyond_loopback(host: str, tmp_path: Path) -> None:
    """Without one, or with an empty one, nothing is bound, started or made."""
    for password in (None, SecretStr("")):
        with pytest.raises(ConfigError, match="COPYDESK_WEB_PASSWORD"):
            serve(Settings(data_dir=tmp_path / "data", web=WebSettings(host=host, password=password)))
    assert not (tmp_path / "data").exists()
    require_password(WebSettings(host=host, password=SecretStr("ink and paper")))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.0.0.53"])
def test_loopback_needs_none(host: str) -> None:
    """Who is on this machine may look."""
    require_password(WebSettings(host=host))


def test_a_port_that_is_taken_is_told_so(room: Room) -> None:
    """One line with the address and what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        web = WebSettings(port=taken.getsockname()[1])
        with pytest.raises(ConfigError, match="--port"):
            bind(Settings(web=web), room.app)


@contextmanager
def served(room: Room, **web: str) -> Iterator[int]:
    """The application on a real socket; gives its port."""
    chosen: dict[str, Any] = {"trusted_proxy": None} | web
    settings = WebSettings.model_construct(host="127.0.0.1", port=0, names=(), **chosen)
    server = bind(room.desk.settings.model_copy(update={"web": settings}), room.app)
    stop = threading.Event()

    def run() -> None:
        while not stop.is_set():
            server.asyncore.loop(timeout=0.05, map=server._map, count=1)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield server.effective_port
    finally:
        stop.set()
        thread.join()
        server.task_dispatcher.shutdown()
        server.close()
        server.asyncore.close_all(server._map)


def asked(port: int, path: str, **headers: str) -> http.client.HTTPResponse:
    """The answer to one request."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request(
        "GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


FORWARDED = {"X_Forwarded_Proto": "https", "X_Forwarded_For": "192.0.2.7"}


def test_a_cookie_goes_over_tls_alone_where_a_trusted_proxy_has_tls(locked_room: Room) -> None:
    """The proxy's word makes the cookie Secure; without TLS it is not, or nobody could sign in."""
    with served(locked_room, trusted_proxy="127.0.0.1") as port:
        assert "Secure" in asked(port, "/login", **FORWARDED).headers["Set-Cookie"]
        assert "Secure" not in asked(port, "/login").headers["Set-Cookie"]


def test_nobody_elses_word_is_taken_for_a_proxys(locked_room: Room) -> None:
    """Where no proxy is trusted, or another one, what a visitor says of itself changes nothing."""
    with served(locked_room) as port:
        assert "Secure" not in asked(port, "/login", **FORWARDED).headers["Set-Cookie"]
    with served(locked_room, trusted_proxy="192.0.2.1") as port:
        assert "Secure" not in asked(port, "/login", **FORWARDED).headers["Set-Cookie"]


def test_behind_a_proxy_guessing_slows_the_guesser_alone(locked_room: Room) -> None:
    """Wrong passwords count against the visitor that the proxy names, not against the proxy."""
    wrong = {"Authorization": "Basic Ondyb25n", "Accept": "application/json"}
    with served(locked_room, trusted_proxy="127.0.0.1") as port:
        guesses = [asked(port, "/api/now", X_Forwarded_For="192.0.2.7", **wrong).status for _ in range(11)]
        other = asked(port, "/api/now", X_Forwarded_For="192.0.2.8", **wrong).status
    assert guesses == [401] * 10 + [429]
    assert other == 401


def test_a_proxy_without_a_password_is_refused() -> None:
    """A proxy on this machine makes loopback public."""
    with pytest.raises(ConfigError, match="COPYDESK_WEB_PASSWORD"):
        require_password(WebSettings(trusted_proxy="127.0.0.1"))


def test_a_proxy_that_is_no_address_is_told_so(room: Room) -> None:
    """A name cannot be compared with who connects."""
    with pytest.raises(ConfigError, match="no address"):
        bind(Settings(web=WebSettings(trusted_proxy="proxy.example")), room.app)


def test_a_body_that_no_form_sends_is_not_read(room: Room) -> None:
    """It is refused by its length, before a byte of it is kept."""
    with served(room) as port, socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(b"POST /marks HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900000000\r\n\r\n")
        assert b" 413 " in line.recv(100)


def test_an_outage_at_the_start_is_no_traceback(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read ahead of the first visitor is left to him: the page says what is away."""
    asked_for: list[str] = []

    def away(*_: object) -> None:
        asked_for.append("points")
        raise StoreError("the database is away")

    monkeypatch.setattr(room.desk.explainer, "warm_up", lambda: None)
    monkeypatch.setattr(Flow, "points", away)
    room.desk.warm_up()
    assert asked_for == ["points"]
