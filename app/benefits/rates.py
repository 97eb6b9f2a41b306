"""The rates shipped with the service, and the amount of one group in one month.

The values and the rule of what is known when stand in `book`.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from app.benefits.book import HUNDRED, NATIONAL, Index, Known, Level, Rate, RateBook, Row
from app.benefits.groups import Group, group
from app.errors import InputError
from app.months import require_month

__all__ = [
    "NATIONAL",
    "Known",
    "Level",
    "Rate",
    "RateBook",
    "Row",
    "amount",
    "base_salaries",
    "individual_level",
    "member",
    "standing_book",
    "tables_told",
]


def amount(
    programme: str,
    code: str,
    table_key: str,
    period: str,
    known_for: str,
    *,
    individual_amount: int | None = None,
    level_of: str = "",
    area: str = NATIONAL,
    book: RateBook | None = None,
) -> int:
    """VND due for month `period`, as known when paying month `known_for`.

    0 before the programme began. An individual amount is the level of month `level_of`, of the
    same month when empty. Raises InputError for a group of another programme, an
    unknown table row, or an individual level that is missing; NotFound for an unknown group.
    """
    of = member(programme, code)
    book = book or standing_book()
    known = book.known(require_month(known_for))
    if of.amount_kind == "individual":
        given = individual_level(of, individual_amount)
        return book.individual(of, given, level_of or period, require_month(period), known).amount
    return book.level(of, table_key, require_month(period), known, area).amount


def member(programme: str, code: str) -> Group:
    """The group, when it belongs to the programme. Raises InputError otherwise."""
    of = group(code)
    if of.programme != programme:
        raise InputError(
            f"Nhóm {code} thuộc chương trình '{of.programme}', không phải '{programme}'.",
            "Hãy chọn lại nhóm hoặc chương trình.",
        )
    return of


def individual_level(of: Group, individual_amount: int | None) -> int:
    """The level in VND a decision gave one person. Raises InputError when it is missing."""
    if individual_amount is None or individual_amount < 0:
        raise InputError(
            f"Nhóm {of.code} hưởng theo mức riêng nhưng chưa có mức.",
            "Hãy nhập mức hưởng ghi trong quyết định.",
        )
    return individual_amount


@cache
def standing_book() -> RateBook:
    """The rates shipped with the service (`rates.csv`, `tables.csv`, `indices.csv` in `data`)."""
    rates = tuple(_rate(row) for row in _read("rates.csv"))
    rows = {
        (row["table"], row["group"], row["table_key"]): _row(row) for row in _read("tables.csv")
    }
    return RateBook(rates, rows, indices=tuple(_index(row) for row in _read("indices.csv")))


class TableTold(NamedTuple):
    """A table of levels: how many rows it has, and how many the official text confirms."""

    table: str
    rows: int
    confirmed_rows: int


def tables_told() -> list[TableTold]:
    """The tables of the standing book, in its order."""
    rows, confirmed = Counter[str](), Counter[str]()
    for (table, _, _), row in standing_book().rows.items():
        rows[table] += 1
        confirmed[table] += row.confirmed
    return [TableTold(one, rows[one], confirmed[one]) for one in rows]


@cache
def base_salaries() -> RateBook:
    """The base salary of public servants over time, the measure of some payments at a death."""
    return RateBook(tuple(_rate(row) for row in _read("base_salary.csv")), {})


def _read(name: str) -> Iterator[dict[str, str]]:
    text = files("app.benefits").joinpath(f"data/{name}").read_text("utf-8")
    return iter(csv.DictReader(text.splitlines()))


def _rate(row: Mapping[str, str]) -> Rate:
    return Rate(
        scheme=row["scheme"],
        area=row["area"],
        standard=int(row["standard"]),
        table=row["table"],
        effective_from=date.fromisoformat(row["effective_from"]),
        published_on=date.fromisoformat(row["published_on"]),
        in_force_on=date.fromisoformat(row["in_force_on"]),
        decree=row["decree"],
        confirmed=row["confirmed"] == "yes",
        note=row["note"],
    )


def _index(row: Mapping[str, str]) -> Index:
    return Index(
        group=row["group"],
        times=int(row["times"]),
        per=int(row["per"]),
        round_to=int(row["round_to"]),
        effective_from=date.fromisoformat(row["effective_from"]),
        published_on=date.fromisoformat(row["published_on"]),
        in_force_on=date.fromisoformat(row["in_force_on"]),
        decree=row["decree"],
        confirmed=row["confirmed"] == "yes",
        note=row["note"],
    )


def _row(row: Mapping[str, str]) -> Row:
    given = int(row["amount"]) if row["amount"] else None
    whole, _, part = row["coefficient"].partition(".")
    hundredths = int(whole) * HUNDRED + int(part.ljust(2, "0")) if whole else None
    return Row(given, hundredths, row["confirmed"] == "yes")
