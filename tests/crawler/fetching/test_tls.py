"""HTTPS: a certificate that does not hold ends in ``tls_failed``, at once and for good."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.settings import FetchSettings
from crawler.errors import FetchError, PermanentError, TransientError
from crawler.fetcher import fetch_one

pytestmark = [pytest.mark.asyncio, pytest.mark.integration]

CERTIFICATES = Path(__file__).parent / "tls"
SETTINGS = FetchSettings(allow_private=("127.0.0.0/8",), delay_s=0, timeout_s=600, respect_robots=False)
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 3\r\nConnection: close\r\n\r\n<p>"


@contextlib.contextmanager
def serving(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server for one connection, in a thread with plain sockets: a broken handshake leaves nothing behind there."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, contextlib.suppress(OSError):
                talk(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}/story.html"
        thread.join()


def https(name: str, heard: list[bytes]) -> Callable[[socket.socket], None]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / f"{name}.pem")

    def talk(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            heard.append(secure.recv(65_536))
            secure.sendall(PAGE)

    return talk


@pytest.fixture(autouse=True)
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    # OpenSSL reads it whenever a context loads the machine's authorities: ours is then the only one.
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / "ca.pem"))


async def test_a_certificate_that_holds_gives_the_page() -> None:
    """Signed by a trusted authority, for this host, in its time."""
    with serving(https("good", [])) as url:
        assert (await fetch_one(url, SETTINGS)).body == b"<p>"


@pytest.mark.parametrize("name", ["expired", "elsewhere", "self"])
async def test_a_certificate_that_does_not_hold_gives_none(name: str) -> None:
    """Expired, for another host, signed by itself: no page, not tried again, and not a byte of a request was sent."""
    heard: list[bytes] = []
    with serving(https(name, heard)) as url, pytest.raises(FetchError) as caught:
        await fetch_one(url, SETTINGS)
    assert isinstance(caught.value, PermanentError)
    assert (caught.value.reason, b"".join(heard)) == ("tls_failed", b"")


async def test_a_server_that_speaks_no_tls_gives_none() -> None:
    """Plain HTTP behind an https address."""
    with serving(lambda connection: connection.sendall(PAGE)) as url, pytest.raises(FetchError) as caught:
        await fetch_one(url, SETTINGS)
    assert caught.value.reason in {"tls_failed", "connect_failed"}


async def test_a_handshake_that_never_ends_is_a_timeout() -> None:
    """A server that accepts and says nothing costs the time-out, and is tried again."""

    def mute(connection: socket.socket) -> None:
        while connection.recv(65_536):
            pass

    with serving(mute) as url, pytest.raises(TransientError) as caught:
        await fetch_one(url, SETTINGS.model_copy(update={"timeout_s": 0.5}))
    assert caught.value.reason in {"connect_timeout", "timeout"}
