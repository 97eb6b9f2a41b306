"""One condition that refuses a row, as a trigger of either database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Guard(NamedTuple):
    """The rule `name`: `act` ('insert', 'update', 'delete') on `table` is refused with `message`
    where `wrong` holds of the row."""

    name: str
    table: str
    wrong: str
    message: str
    act: str = "update"


class _Seconds:
    """`{seconds[new.valid_until]}` in a condition: how a database tells a moment in seconds."""

    def __init__(self, told: str) -> None:
        self._told = told

    def __getitem__(self, column: str) -> str:
        return self._told.format(column)


_ON_SQLITE = _Seconds("cast(strftime('%s', {}) as integer)")
_ON_POSTGRESQL = _Seconds("extract(epoch from {})")


def sqlite_guard(guard: Guard) -> Iterable[str]:
    """The statements that make the rule on SQLite."""
    yield f"drop trigger if exists {guard.name}"
    yield (
        f"create trigger {guard.name} before {guard.act} on {guard.table}"
        f" when {guard.wrong.format(schema='', seconds=_ON_SQLITE)}"
        f" begin select raise(abort, '{guard.message}'); end"
    )


def postgresql_guard(guard: Guard, schema: str) -> Iterable[str]:
    """The statements that make the rule on PostgreSQL, in this (quoted) schema."""
    row = "old" if guard.act == "delete" else "new"
    wrong = guard.wrong.format(schema=f"{schema}.", seconds=_ON_POSTGRESQL)
    yield (
        f"create or replace function {guard.name}() returns trigger language plpgsql as $$ begin"
        f" if {wrong} then"
        f" raise exception '{guard.message}' using errcode = '23514'; end if; return {row}; end $$"
    )
    yield f"drop trigger if exists {guard.name} on {guard.table}"
    yield (
        f"create trigger {guard.name} before {guard.act} on {guard.table}"
        f" for each row execute function {guard.name}()"
    )
