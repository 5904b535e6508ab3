"""The application over a store that the made-up press has filled, and a Redis of this process's own."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from werkzeug.test import TestResponse

from config.settings import Settings, WebSettings
from copydesk.web.app import make_app
from copydesk.web.desk import Desk
from tests.web.press import NOON, Ids, write_press
from workers.store import open_store

PAGE = {"Accept": "text/html"}
SAME_ORIGIN = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def client_of_redis(redis: "redis.Redis") -> "redis.Redis":
    """An empty Redis."""
    return redis


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """An application and what it stands on."""

    app: Flask
    desk: Desk
    ids: Ids

    def visitor(self) -> "Visitor":
        """Return a browser without cookies."""
        return Visitor(self.app.test_client())


class Visitor:
    """A browser that fills forms in as a person would: with the page's own token."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **headers: str) -> TestResponse:
        """Load a page."""
        return self.client.get(path, headers=PAGE | headers)

    def post(self, path: str, **fields: str) -> TestResponse:
        """Send a form of our own."""
        return self.client.post(path, data=fields | {"csrf_token": self.token()}, headers=PAGE | SAME_ORIGIN)

    def token(self) -> str:
        """Return the token that this session's forms carry."""
        self.get("/failures")
        with self.client.session_transaction() as session:
            return str(session.get("csrf_token", ""))

    def login(self, password: str) -> TestResponse:
        """Fill the log-in form in."""
        self.get("/login")
        with self.client.session_transaction() as session:
            token = session["csrf_token"]
        fields = {"password": password, "to": "/stories", "csrf_token": token}
        return self.client.post("/login", data=fields, headers=PAGE | SAME_ORIGIN)


@pytest.fixture(scope="session")
def printed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ids]:
    """The made-up press in an SQLite file that every test gets a copy of."""
    file = tmp_path_factory.mktemp("press") / "copydesk.db"
    store = open_store(f"sqlite:///{file}")
    ids = write_press(store)
    store.close()
    return file, ids


def make_room(
    tmp_path: Path, client: "redis.Redis", printed: tuple[Path, Ids], *, password: str | None = None
) -> Room:
    """Return an application over a filled store."""
    file, ids = printed
    shutil.copy(file, tmp_path / "copydesk.db")
    store = open_store(f"sqlite:///{tmp_path / 'copydesk.db'}")
    settings = Settings(
        data_dir=tmp_path, web=WebSettings(password=SecretStr(password) if password else None)
    )
    desk = Desk(settings, store, client, now=lambda: NOON, fresh_s=0)
    app = make_app(desk)
    app.testing = True
    return Room(app=app, desk=desk, ids=ids)


@pytest.fixture
def room(tmp_path: Path, client_of_redis: "redis.Redis", printed: tuple[Path, Ids]) -> Iterator[Room]:
    """An application without a password."""
    made = make_room(tmp_path, client_of_redis, printed)
    yield made
    made.desk.close()
    made.desk.store.close()


@pytest.fixture
def locked_room(tmp_path: Path, client_of_redis: "redis.Redis", printed: tuple[Path, Ids]) -> Iterator[Room]:
    """An application with a password: ``ink and paper``."""
    made = make_room(tmp_path, client_of_redis, printed, password="ink and paper")
    yield made
    made.desk.close()
    made.desk.store.close()


@pytest.fixture
def visitor(room: Room) -> Visitor:
    """A browser without cookies, no password needed."""
    return room.visitor()
