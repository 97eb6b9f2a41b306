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


class _Told:
    """`{seconds[new.valid_until]}` in a condition: how a database tells a moment."""

    def __init__(self, told: str) -> None:
        self._told = told

    def __getitem__(self, column: str) -> str:
        return self._told.format(column)


# Seconds; then, in Viet Nam's time: the day as a column of days holds it, the day as text, the
# time of day as 'HH:MM', and the day of the week, Sunday being 0.
_ON_SQLITE = {
    "seconds": _Told("cast(strftime('%s', {}) as integer)"),
    "day": _Told("date({}, '+7 hours')"),
    "date": _Told("date({}, '+7 hours')"),
    "clock": _Told("strftime('%H:%M', {}, '+7 hours')"),
    "weekday": _Told("cast(strftime('%w', {}, '+7 hours') as integer)"),
}
_LOCAL = "{} at time zone 'Asia/Ho_Chi_Minh'"
_ON_POSTGRESQL = {
    "seconds": _Told("extract(epoch from {})"),
    "day": _Told(f"cast({_LOCAL} as date)"),
    "date": _Told(f"to_char({_LOCAL}, 'YYYY-MM-DD')"),
    "clock": _Told(f"to_char({_LOCAL}, 'HH24:MI')"),
    "weekday": _Told(f"cast(extract(dow from {_LOCAL}) as integer)"),
}


def sqlite_guard(guard: Guard) -> Iterable[str]:
    """The statements that make the rule on SQLite."""
    yield f"drop trigger if exists {guard.name}"
    yield (
        f"create trigger {guard.name} before {guard.act} on {guard.table}"
        f" when {guard.wrong.format(schema='', **_ON_SQLITE)}"
        f" begin select raise(abort, '{guard.message}'); end"
    )


def postgresql_guard(guard: Guard, schema: str) -> Iterable[str]:
    """The statements that make the rule on PostgreSQL, in this (quoted) schema."""
    row = "old" if guard.act == "delete" else "new"
    wrong = guard.wrong.format(schema=f"{schema}.", **_ON_POSTGRESQL)
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


def sqlite_set_guard(guard: Guard) -> Iterable[str]:
    """As `sqlite_guard`, after the row was written: it may be evidence for another."""
    yield f"drop trigger if exists {guard.name}"
    yield (
        f"create trigger {guard.name} after {guard.act} on {guard.table}"
        f" when {guard.wrong.format(schema='', **_ON_SQLITE)}"
        f" begin select raise(abort, '{guard.message}'); end"
    )


def postgresql_set_guard(guard: Guard, schema: str) -> Iterable[str]:
    """The same rule for rows that come in bulk: all rows of a statement are looked at at once.

    The query is planned anew each time, since a plan made for one row would go through a million
    rows one by one. It counts what is wrong and does not ask whether there is any: for that the
    planner would look for the first quickly, and compare every row with every row.
    """
    wrong = guard.wrong.format(schema=f"{schema}.", **_ON_POSTGRESQL)
    rows, tables = "touched new", "new table as touched"
    if guard.act == "update":
        rows += " join before_it old on old.id = new.id"
        tables = f"old table as before_it {tables}"
    yield (
        f"create or replace function {guard.name}() returns trigger language plpgsql as $$"
        f" declare found_wrong boolean; begin execute $q$select count(*) > 0 from {rows}"
        f" where {wrong}$q$ into found_wrong; if found_wrong then"
        f" raise exception '{guard.message}' using errcode = '23514'; end if; return null; end $$"
    )
    yield f"drop trigger if exists {guard.name} on {guard.table}"
    yield (
        f"create trigger {guard.name} after {guard.act} on {guard.table}"
        f" referencing {tables} for each statement execute function {guard.name}()"
    )
