"""What auditors see: views over the books and what surrounds them, without personal identifiers.

Auditors get these views and no table. Names of people, identity numbers, phones and secrets are
left out; of a person's account the end is shown; long numbers in free text are masked. The
views and the meaning of their columns stand in `views.toml` and become comments in the
database; from those `docs/auditor-views.md` is made (`page.py`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ledger.chart import CREDIT_NORMAL, DEBIT_NORMAL, KINDS


@dataclass(frozen=True, slots=True)
class View:
    """A view: its name, what it shows in Vietnamese and in English, and its query."""

    name: str
    vi: str
    en: str
    query: str

    @property
    def comment(self) -> str:
        """What the database says of the view."""
        return f"{self.vi} {SEPARATOR} {self.en}"


SEPARATOR = "·"
_MASKED = r"select regexp_replace($1, '\d{2,}(\d{4})', '****\1', 'g')"


@cache
def views() -> tuple[View, ...]:
    """Every view, in an order in which they can be made."""
    return tuple(View(name, **told) for name, told in _told()["views"].items())


@cache
def columns() -> Mapping[str, str]:
    """What a column means, by its name; a name means the same in every view."""
    return _told()["columns"]


def view_statements(schema: str, audit: str) -> Iterable[str]:
    """Statements that make every view over the tables of `schema` in the schema `audit`."""
    yield (
        f'create or replace function "{audit}".masked(text) returns text'
        f" language sql immutable as $${_MASKED}$$"
    )
    for view in views():
        query = view.query.format(t=f'"{schema}"', a=f'"{audit}"', kinds=_kinds())
        yield f'create view "{audit}"."{view.name}" as {query}'
        yield f'comment on view "{audit}"."{view.name}" is {_quoted(view.comment)}'


def column_statements(audit: str, found: Iterable[tuple[str, str]]) -> Iterable[str]:
    """Statements that say what each (view, column) means. Raises KeyError for an unknown column."""
    for view, column in found:
        meaning = _quoted(columns()[column])
        yield f'comment on column "{audit}"."{view}"."{column}" is {meaning}'


def _told() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files("app.roles").joinpath("views.toml").read_text("utf-8"))


def _kinds() -> str:
    """The chart of accounts as rows of SQL: kind, number, name, name_en, side, item."""
    sides = {CREDIT_NORMAL: "credit", DEBIT_NORMAL: "debit"}
    rows = (
        (one.code, one.number, one.name, one.name_en, sides.get(one.guard, "either"), one.item)
        for one in KINDS.values()
    )
    return ", ".join(f"({', '.join(map(_quoted, row))})" for row in rows)


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
