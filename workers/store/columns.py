"""Column types that read and write the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, LargeBinary, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

Id = BigInteger().with_variant(Integer(), "sqlite")
"""63-bit ids; SQLite wants the word INTEGER to make the id the row's own key."""

Blob = LargeBinary


class UtcTime(TypeDecorator[datetime]):
    """An aware moment; kept in UTC, given back in UTC."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """PostgreSQL keeps the zone, SQLite keeps text without one."""
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware in, UTC out; SQLite's text has no offset."""
        if value is None:
            return None
        moment = in_utc(value)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Always aware, always UTC."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Cleaned(TypeDecorator[str]):
    """Text from outside: what no database can hold (NUL, lone surrogates) is replaced on the way in."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Replace what would fail the whole batch for one page's sake."""
        return None if value is None else storable(value)


def storable(text: str) -> str:
    r"""Return text with NULs and lone surrogates replaced.

    >>> storable("a\x00b\ud800c")
    'a\ufffdb?c'
    """
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    return text


def in_utc(moment: datetime) -> datetime:
    """Return the moment in UTC; one at the edge of the calendar, which has no UTC, loses its offset.

    >>> in_utc(datetime.fromisoformat("0001-01-01T00:00:00+05:00")).year
    1
    """
    if moment.tzinfo is UTC:
        return moment
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        return moment.replace(tzinfo=UTC)
