"""How sources are doing, on both databases."""

from typing import Any

from sqlalchemy import event

from workers.records import VerdictKind
from workers.store import Store, overview
from workers.store.engine import reading
from workers.store.health import source_health

A, B, C = "https://a.example/1", "https://b.example/1", "https://c.example/1"


def test_refusals_come_the_most_frequent_first(store: Store, make: Any) -> None:
    """Reasons that are as frequent as each other by their names, whatever order the database gives them in."""
    reasons = ("timeout", "http_404", "timeout", "index_page")
    pages = tuple(
        make.page(
            f"https://a.example/{n}", reason=reason, outcome="rejected" if "index" in reason else "failed"
        )
        for n, reason in enumerate(reasons)
    )
    store.save(make.batch(pages=pages))
    (found,) = store.source_health()
    assert list(found.refusals.items()) == [("timeout", 2), ("http_404", 1), ("index_page", 1)]
    assert (found.failed, found.rejected, found.last_ok) == (3, 1, None)


def test_a_story_with_two_copies_at_one_source_is_one_story_of_it(store: Store, make: Any) -> None:
    """A source's stories are counted, not its sightings."""
    first = make.decided(A, source="wire")
    copies = (make.decided(url, kind=VerdictKind.NEAR, of=first.id, source="paper") for url in (B, C))
    store.save(make.batch(first, *copies))
    assert {row.source: row.stories for row in store.source_health()} == {"wire": 1, "paper": 1}


def test_a_story_is_new_where_its_founder_was_seen(store: Store, make: Any) -> None:
    """Counted on the founder's day at the founder's source; a story that was merged away is nobody's."""
    day = 24 * 60
    first = make.decided(A, source="wire")
    second = make.decided(B, source="paper", minute=day)
    store.save(make.batch(first, second))
    with reading(store.engine) as connection:
        found = overview.stories_per_source(connection, make.noon)
    assert {source: sum(days.values()) for source, days in found.items()} == {"wire": 1, "paper": 1}
    assert [day.isoformat() for day in found["paper"]] == ["2026-03-03"]
    both = make.decided(
        C,
        kind=VerdictKind.NEAR,
        of=first.id,
        others=(make.match(VerdictKind.NEAR, second.id),),
        minute=2 * day,
    )
    store.save(make.batch(both))
    assert store.totals().merged == 1
    with reading(store.engine) as connection:
        found = overview.stories_per_source(connection, make.noon)
    assert sum(sum(days.values()) for days in found.values()) == store.totals().stories == 1


def test_health_is_read_from_indexes_alone(store: Store, make: Any) -> None:
    """No statement walks the rows of a table: they hold far more than what is asked of them."""
    if store.engine.dialect.name != "sqlite":
        return  # PostgreSQL chooses by what its statistics say, and reads small tables from end to end
    store.save(make.batch(make.decided(A)))
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            asked.append((statement, parameters))

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        with reading(store.engine) as connection:
            source_health(connection)
            overview.stories_per_source(connection, make.noon)
    finally:
        event.remove(store.engine, "before_cursor_execute", note)
    assert len(asked) == 4
    with reading(store.engine) as connection:
        for statement, parameters in asked:
            plan = [
                row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            ]
            scans = [step for step in plan if step.startswith(("SCAN pages", "SCAN sightings"))]
            assert all("COVERING INDEX" in step for step in scans), plan


def test_saving_again_changes_no_count(store: Store, make: Any) -> None:
    """Counts are read from the rows: what comes twice counts once."""
    batch = make.batch(make.decided(A), pages=(make.page(B, outcome="failed", reason="http_500"),))
    store.save(batch)
    before = store.source_health()
    store.save(batch)
    assert store.source_health() == before
