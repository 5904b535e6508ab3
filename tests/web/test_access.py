"""Who may look."""

import base64

import pytest

from copydesk.web import access
from tests.web.conftest import PAGE, Room


def basic(password: str) -> dict[str, str]:
    """Return the header that a program sends."""
    return {"Authorization": "Basic " + base64.b64encode(f"any:{password}".encode()).decode()}


def test_without_the_password_every_page_leads_to_the_login(locked_room: Room) -> None:
    """A visitor is sent to the log-in page and back to where they wanted to go."""
    answer = locked_room.visitor().get("/stories?q=scanner")
    assert answer.status_code == 302
    assert answer.location == "/login?to=/stories?q%3Dscanner"


@pytest.mark.parametrize("path", ["/api/stories", "/metrics", "/rq/0/data/queues.json", "/nowhere"])
def test_programs_are_asked_for_the_password(locked_room: Room, path: str) -> None:
    """A request that wants no page gets 401 and the way to log in, whether the path exists or not."""
    answer = locked_room.app.test_client().get(path)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/login", "/static/desk.css"])
def test_health_and_login_are_open(locked_room: Room, path: str) -> None:
    """What tells nothing needs no password."""
    with locked_room.app.test_client().get(path) as answer:
        assert answer.status_code == 200


def test_the_right_password_opens_a_session(locked_room: Room) -> None:
    """After logging in the pages open, and logging out closes them."""
    visitor = locked_room.visitor()
    answer = visitor.login("ink and paper")
    assert (answer.status_code, answer.location) == (303, "/stories")
    assert visitor.get("/stories").status_code == 200
    assert visitor.post("/logout").status_code == 303
    assert visitor.get("/stories").status_code == 302


def test_a_wrong_password_is_refused(locked_room: Room) -> None:
    """A wrong password says so and opens nothing."""
    visitor = locked_room.visitor()
    answer = visitor.login("ink and papier")
    assert answer.status_code == 403
    assert "That is not the password" in answer.text
    assert visitor.get("/stories").status_code == 302


def test_programs_may_give_the_password_with_each_request(locked_room: Room) -> None:
    """Basic authentication works with any user name, and only with the right password."""
    client = locked_room.app.test_client()
    assert client.get("/api/stories", headers=basic("ink and paper")).status_code == 200
    assert client.get("/api/stories", headers=basic("ink")).status_code == 401


def test_guessing_is_slowed_down(locked_room: Room) -> None:
    """After ten wrong passwords in a minute even the right one has to wait."""
    client = locked_room.app.test_client()
    answers = [
        client.get("/api/now", headers=basic(f"guess {n}")).status_code for n in range(access.MOST_TRIES)
    ]
    assert set(answers) == {401}
    assert client.get("/api/now", headers=basic("ink and paper")).status_code == 429


@pytest.mark.parametrize(
    "to", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:x", ""]
)
def test_the_login_leads_nowhere_else(locked_room: Room, to: str) -> None:
    """The path to go back to cannot leave this server."""
    visitor = locked_room.visitor()
    page = visitor.get(f"/login?to={to}").text
    assert 'name="to" value="/"' in page


def test_a_new_password_ends_old_sessions(locked_room: Room) -> None:
    """Sessions are signed with the password: with another one they are worth nothing."""
    visitor = locked_room.visitor()
    visitor.login("ink and paper")
    key = access.load_key(locked_room.desk.settings.data_dir)
    before = locked_room.app.secret_key
    assert access.session_key(key, "ink and paper") == before
    assert access.session_key(key, "another") != before


def test_the_signing_key_is_made_once_and_for_its_owner(locked_room: Room) -> None:
    """The key stays the same over restarts and only its owner reads it."""
    folder = locked_room.desk.settings.data_dir
    assert access.load_key(folder) == access.load_key(folder)
    assert (folder / access.KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert len(access.load_key(folder)) == 32


def test_a_planted_token_is_worth_nothing_after_the_login(locked_room: Room) -> None:
    """The session is new after the log-in: a token from before does not open a form."""
    visitor = locked_room.visitor()
    visitor.get("/login", **PAGE)
    with visitor.client.session_transaction() as session:
        planted = session["csrf_token"]
    visitor.login("ink and paper")
    assert visitor.token() != planted
