"""How long each class of record is kept: read from `data/retention.csv`, counted, never acted on.

The product deletes no book and no voucher. This says when the law would allow it, and how
many rows have come that far; what is done then is for people to decide.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, exists, func, select
from sqlalchemy.orm import Session

from app.clock import TIME_ZONE
from ledger.schema import Day, Moment, metadata

YEAR_END, RECORD, LAST_USE = "fiscal_year_end", "record", "last_use"
COUNTED_FROM = (YEAR_END, RECORD, LAST_USE)
KEPT, ERASED, CRYPTO_ERASED = "kept", "erased", "crypto-erased"
AFTERWARDS = (KEPT, ERASED, CRYPTO_ERASED)


@dataclass(frozen=True, slots=True)
class RecordClass:
    """Records with one time of keeping. `tables` gives to each table how its rows are dated.

    A row is dated by a column of its own (`effective_on`), by the row that it refers to
    (`entry_id>entry`), by the last row that refers to it (`<obligation.person_id`), or not at
    all (''): then it is in use.
    """

    code: str
    name_vi: str
    name: str
    tables: Mapping[str, str]
    files: str
    kept_years: int
    counted_from: str
    source: str
    afterwards: str
    note: str

    def cutoff(self, today: date) -> date:
        """What is dated before this day has been kept long enough today.

        The fiscal year is the calendar year; its records are counted from its end. A system
        log is counted from the day it was written.
        """
        if self.counted_from == RECORD:
            return _years_later(today, -self.kept_years)
        return date(today.year - self.kept_years, 1, 1)

    def over_on(self, day: date) -> date:
        """The first day on which a record of `day` has been kept long enough."""
        if self.counted_from == RECORD:
            return _years_later(day + timedelta(days=1), self.kept_years)
        return date(day.year + self.kept_years + 1, 1, 1)


@cache
def classes() -> tuple[RecordClass, ...]:
    """Every class, as the table has them."""
    text = files("app.audit").joinpath("data/retention.csv").read_text("utf-8")
    return tuple(_class(row) for row in csv.DictReader(text.splitlines()))


def _class(row: dict[str, str]) -> RecordClass:
    dated = (one.partition(":") for one in row["tables"].split())
    return RecordClass(
        code=row["class"],
        name_vi=row["name_vi"],
        name=row["name"],
        tables={name: how for name, _, how in dated},
        files=row["files"],
        kept_years=int(row["kept_years"]),
        counted_from=row["counted_from"],
        source=row["source"],
        afterwards=row["afterwards"],
        note=row["note"],
    )


def class_of(table: str) -> RecordClass:
    """The class that a table belongs to. Raises KeyError for one that has none."""
    return _by_table()[table]


@cache
def _by_table() -> dict[str, RecordClass]:
    return {table: one for one in classes() for table in one.tables}


@dataclass(frozen=True, slots=True)
class Count:
    """Rows of a class today, and how many of them have been kept long enough."""

    record_class: RecordClass
    rows: int
    over: int


def counts(session: Session, today: date) -> list[Count]:
    """Every class with its rows; two queries a table. Nothing is changed."""
    found = []
    for one in classes():
        rows = over = 0
        for name, how in one.tables.items():
            table = metadata.tables[name]
            everything = select(func.count()).select_from(table)
            rows += session.scalar(everything) or 0
            if how:
                past = everything.where(is_over(name, how, one.cutoff(today)))
                over += session.scalar(past) or 0
        found.append(Count(one, rows, over))
    return found


def is_over(table: str, how: str, cutoff: date) -> ColumnElement[bool]:
    """The condition on a table's rows that they are dated before a day."""
    rows = metadata.tables[table]
    if how.startswith("<"):
        return _unused_since(rows, how[1:], cutoff)
    column, _, parent = how.partition(">")
    if not parent:
        return _before(rows.c[column], cutoff)
    above = metadata.tables[parent]
    (key,) = above.primary_key.columns
    its_date = class_of(parent).tables[parent]
    return rows.c[column].in_(select(key).where(is_over(parent, its_date, cutoff)))


def _unused_since(rows: Any, by: str, cutoff: date) -> ColumnElement[bool]:
    """Some row refers to it, and none that is dated on or after the day."""
    name, _, column = by.partition(".")
    users = metadata.tables[name]
    (key,) = rows.primary_key.columns
    uses = users.c[column] == key
    late = ~is_over(name, class_of(name).tables[name], cutoff)
    return and_(exists().where(uses), ~exists().where(uses, late))


def _before(column: Any, cutoff: date) -> ColumnElement[bool]:
    """A day, a moment, a month like `2026-10` or a year lies before a day."""
    bound: Any = cutoff.year
    if isinstance(column.type, Day):
        bound = cutoff
    elif isinstance(column.type, Moment):
        bound = datetime.combine(cutoff, time(), TIME_ZONE)
    elif isinstance(column.type, Text):
        bound = f"{cutoff:%Y-%m}"
    return column < bound  # type: ignore[no-any-return]


def _years_later(day: date, years: int) -> date:
    """The same day of another year; for 29 February the nearest one that keeps records longer."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1) if years > 0 else date(day.year + years, 2, 28)
