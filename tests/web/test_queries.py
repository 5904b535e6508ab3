"""No page asks the database more than a handful of questions, however much there is."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from tests.web.conftest import Room
from tests.web.press import many_stories, site_url
from workers.ids import article_name, story_name
from workers.records import StoryId

HANDFUL = 8
"""The story page: story, copies, texts, relations and their ends, merged names; each one statement."""


@contextmanager
def counted(room: Room) -> Iterator[list[str]]:
    """Collect the statements that are run."""
    statements: list[str] = []

    def note(_c: Any, _k: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN")):
            statements.append(statement)

    event.listen(room.desk.store.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(room.desk.store.engine, "before_cursor_execute", note)


def paths(room: Room) -> list[str]:
    """Return every kind of page."""
    story = story_name(StoryId(room.ids.wire))
    return [
        "/",
        "/stories",
        "/stories?q=licence&source=inland",
        f"/stories/{story}",
        f"/stories/{story}/copies/{article_name(room.ids.edited)}",
        "/pages",
        f"/page?url={site_url('Delta Wire', 'port-scanners')}",
        "/sources",
        "/failures",
        "/api/now",
        "/api/flow",
        "/metrics",
    ]


def test_every_page_asks_a_handful_of_questions(room: Room) -> None:
    """Eight statements at most, and as many with a hundred times the stories."""
    visitor = room.visitor()
    found = []
    for _ in range(2):
        counts = {}
        for path in paths(room):
            with counted(room) as statements:
                assert visitor.get(path).status_code == 200
            counts[path] = len(statements)
        found.append(counts)
        many_stories(room.desk.store, 200)
    assert max(found[0].values()) <= HANDFUL, found[0]
    assert found[0] == found[1]
