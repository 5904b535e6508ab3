"""Where the pages are served."""

import socket
from pathlib import Path

import pytest
from conftest import Room
from pydantic import SecretStr

from config.settings import Settings, WebSettings
from copydesk.web.serving import bind, require_password, serve
from crawler.errors import ConfigError


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
