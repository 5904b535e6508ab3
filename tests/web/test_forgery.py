"""Requests that change something come from our own pages."""

import pytest
from flask import Flask

from tests.web.conftest import PAGE, SAME_ORIGIN, Room, Visitor


def posts_of(app: Flask) -> list[str]:
    """Return a path for every end point that takes POST."""
    values = {"queue_name": "copydesk", "registry_name": "failed", "job_id": "a-job"}
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        return [
            adapter.build(rule.endpoint, {k: values[k] for k in rule.arguments}, method="POST")
            for rule in app.url_map.iter_rules()
            if "POST" in (rule.methods or ())
        ]


def test_every_change_demands_the_token(room: Room) -> None:
    """No end point takes a POST without the session's token, the RQ dashboard's included."""
    paths = posts_of(room.app)
    assert len(paths) >= 11
    client = room.app.test_client()
    client.get("/failures")
    assert {client.post(path, headers=PAGE | SAME_ORIGIN).status_code for path in paths} == {403}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:9999"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_another_site_cannot_use_a_stolen_token(visitor: Visitor, headers: dict[str, str]) -> None:
    """Even with the right token a request from elsewhere is refused."""
    fields = {"csrf_token": visitor.token(), "kind": "wrong_text", "url": "https://a.example/"}
    assert visitor.client.post("/marks", data=fields, headers=PAGE | headers).status_code == 403


def test_a_token_of_another_session_is_refused(room: Room) -> None:
    """The token belongs to one session."""
    mine, other = room.visitor(), room.visitor()
    mine.token()
    fields = {"csrf_token": other.token(), "kind": "wrong_text"}
    assert mine.client.post("/marks", data=fields, headers=PAGE | SAME_ORIGIN).status_code == 403


def test_nothing_changes_by_get(room: Room) -> None:
    """End points that change something do not answer GET or HEAD."""
    client = room.app.test_client()
    for path in posts_of(room.app):
        if path == "/login":
            continue
        assert client.get(path).status_code == 405, path
        assert client.head(path).status_code == 405, path
