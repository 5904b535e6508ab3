"""The JSON tells the same facts, as its own description says."""

import re
from typing import Any

import msgspec
import pytest

from copydesk.web.openapi import PATHS, make_document
from tests.web.conftest import Room, Visitor
from tests.web.press import site_url
from workers.ids import article_name, story_name
from workers.records import StoryId


def examples(room: Room) -> dict[str, str]:
    """Return a URL that has an answer for every documented path."""
    names = {"{name}": story_name(StoryId(room.ids.wire)), "{copy}": article_name(room.ids.edited)}
    found = {}
    for path in PATHS:
        url = path
        for placeholder, name in names.items():
            url = url.replace(placeholder, name)
        found[path] = url
    found["/api/page"] += f"?url={site_url('Delta Wire', 'port-scanners')}"
    return found


def test_every_answer_is_as_documented(room: Room) -> None:
    """Each path answers with the record that the document names, no field more or less."""
    visitor = room.visitor()
    for path, url in examples(room).items():
        answer = visitor.get(url)
        kind = PATHS[path][2]
        record: Any = msgspec.json.decode(answer.data, type=kind)
        assert msgspec.json.decode(msgspec.json.encode(record)) == msgspec.json.decode(answer.data), path


def test_every_end_point_is_documented(room: Room) -> None:
    """What is served and what is described are the same."""
    served = {
        re.sub(r"<(\w+)>", r"{\1}", rule.rule)
        for rule in room.app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
    }
    assert served - {"/api/openapi.json"} == set(PATHS)
    assert (room.visitor().get("/api/openapi.json").json or {})["openapi"] == "3.1.0"


def test_references_of_the_document_lead_somewhere() -> None:
    """No schema is named that is not there."""
    text = msgspec.json.encode(make_document()).decode()
    schemas: dict[str, Any] = make_document()["components"]["schemas"]
    assert set(re.findall(r'"#/components/schemas/(\w+)"', text)) <= set(schemas)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/api/stories?limit=0", 400),
        ("/api/stories?limit=9999", 400),
        ("/api/stories?before=x", 400),
        ("/api/flow?span=week", 400),
        ("/api/page", 400),
        ("/api/page?url=https://nowhere.example/", 404),
        ("/api/stories/s0000000000000", 404),
        ("/api/nothing", 404),
    ],
)
def test_a_refusal_is_json_too(visitor: Visitor, path: str, code: int) -> None:
    """One line that says why, whatever the client accepts."""
    answer = visitor.get(path)
    assert answer.status_code == code
    assert set(answer.json or {}) == {"error"}


def test_stories_are_paged_through(visitor: Visitor) -> None:
    """``next`` of one answer is ``before`` of the next one, and null at the end."""
    found: list[str] = []
    url = "/api/stories?limit=1"
    for _ in range(5):
        answer = visitor.get(url).json or {}
        found += [story["story"] for story in answer["stories"]]
        if answer["next"] is None:
            break
        url = f"/api/stories?limit=1&before={answer['next'].replace('+', '%2B')}"
    assert len(found) == len(set(found)) == 2


def test_nothing_can_be_changed(visitor: Visitor) -> None:
    """The interface only answers questions."""
    assert {visitor.client.open(path, method="DELETE").status_code for path in PATHS if "{" not in path} <= {
        403,
        405,
    }
