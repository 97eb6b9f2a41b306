"""One metadata and the four column types of every table of the house.

The types are those that both databases keep strictly: on SQLite every table is STRICT, so a
column is INTEGER, TEXT or BLOB; on PostgreSQL they are bigint, text, date and timestamptz.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Dialect,
    Integer,
    MetaData,
    Text,
    cast,
    func,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = MetaData(naming_convention=NAMES)

STRICT: dict[str, Any] = {"sqlite_strict": True}
"""Options that every table of the house takes."""

# An identifier, an amount in minor units or a count: 64 bits on both databases.
Whole = BigInteger().with_variant(Integer(), "sqlite")


class Day(TypeDecorator[date]):
    """A calendar day; ISO text on SQLite, which has no dates."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Date() if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: date | None, dialect: Dialect) -> Any:
        if value is None or dialect.name == "postgresql":
            return value
        return value.isoformat()

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:
        return date.fromisoformat(value) if isinstance(value, str) else value


class Moment(TypeDecorator[datetime]):
    """A moment with its zone; on SQLite UTC text of fixed width, ordered like time."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        postgres = dialect.name == "postgresql"
        return dialect.type_descriptor(DateTime(timezone=True) if postgres else Text())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        return value.astimezone(UTC) if dialect.name == "postgresql" else moment_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        return None if value is None else value.astimezone(UTC)


def moment_text(value: datetime) -> str:
    """A moment as every digest covers it: in UTC, ISO 8601 with microseconds."""
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def whole_sum(column: Any) -> ColumnElement[int]:
    """The sum of whole numbers as a whole number: PostgreSQL alone would give a decimal."""
    return cast(func.sum(column), Whole)
