"""Pages put aside after their last try: kept whole, so that they can be read, tried again or dropped."""

from collections.abc import Collection, Sequence
from datetime import datetime

import xxhash
from sqlalchemy import Connection, delete, select

from workers.store import schema
from workers.store.engine import insert_into
from workers.store.records import DeadLetter

_LISTED = [column for column in schema.dead_letters.columns if column.name != "outcome"]


def make_dead_letter(
    *, url: str, source: str, reason: str, detail: str | None, tries: int, failed_at: datetime, outcome: bytes
) -> DeadLetter:
    """Return the letter, named by what it holds: the same page put aside twice is one letter."""
    return DeadLetter(
        id=xxhash.xxh3_64_intdigest(outcome) >> 1,
        url=url,
        source=source,
        reason=reason,
        detail=detail,
        tries=tries,
        failed_at=failed_at,
        outcome=outcome,
    )


def save_dead_letter(connection: Connection, letter: DeadLetter) -> None:
    """Write the letter; one that is there is overwritten."""
    row = {column.name: getattr(letter, column.name) for column in schema.dead_letters.columns}
    insert = insert_into(connection, schema.dead_letters)
    changed = {name: insert.excluded[name] for name in row if name != "id"}
    connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_=changed), [row])


def load_dead_letters(connection: Connection, *, limit: int = 100, offset: int = 0) -> list[DeadLetter]:
    """Return letters without their pages, newest first."""
    d = schema.dead_letters.c
    query = select(*_LISTED).order_by(d.failed_at.desc(), d.id).limit(limit).offset(offset)
    return [DeadLetter(**row) for row in connection.execute(query).mappings()]


def load_dead_letter(connection: Connection, letter: int) -> DeadLetter | None:
    """Return one letter with its page."""
    if not 0 <= letter < 1 << 63:
        return None
    query = select(schema.dead_letters).where(schema.dead_letters.c.id == letter)
    row = connection.execute(query).mappings().first()
    return None if row is None else DeadLetter(**row)


def drop_dead_letters(connection: Connection, letters: Collection[int] | Sequence[int]) -> int:
    """Forget letters; return how many there were."""
    return connection.execute(
        delete(schema.dead_letters).where(schema.dead_letters.c.id.in_(letters))
    ).rowcount
