"""Which lines bring a free card, and as whom the agency knows their people.

A family that is paid for caring (Decree 20/2021, art. 20) has none by that line. The names are
those of a programme, never of a group: a list may not tell of somebody's health.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from app.benefits.groups import all_groups
from app.months import day_in

YEAR_END = "year_end"


@dataclass(frozen=True, slots=True)
class Card:
    """A kind of card: of several a person has the one of the lowest `rank`. `code` is the agency's,
    empty where it is not held."""

    rank: int
    programme: str
    component: str
    code: str
    name: str
    until: str
    confirmed: bool

    def last_day(self, period: str) -> date | None:
        """The last day of a card that begins in that month; None where nothing is said."""
        return date(int(period[:4]), 12, 31) if self.until == YEAR_END else None


@cache
def all_cards() -> tuple[Card, ...]:
    """Every kind of card, the one with the best benefit first."""
    text = files("app.statements").joinpath("data/cards.csv").read_text("utf-8")
    return tuple(_card(row) for row in csv.DictReader(text.splitlines()))


def _card(row: Mapping[str, str]) -> Card:
    return Card(
        rank=int(row["rank"]),
        programme=row["programme"],
        component=row["component"],
        code=row["code"],
        name=row["name"],
        until=row["until"],
        confirmed=row["confirmed"] == "yes",
    )


@cache
def card_of(group_code: str) -> Card | None:
    """The card that a line of this group brings, None for none."""
    of = all_groups()[group_code]
    kind = (of.programme, of.component)
    return next((one for one in all_cards() if (one.programme, one.component) == kind), None)


@cache
def groups_with_card() -> tuple[str, ...]:
    """The groups whose lines bring a card."""
    return tuple(code for code in all_groups() if card_of(code) is not None)


def month_end(period: str) -> date:
    """The last day of a month."""
    year, month = divmod(int(period[:4]) * 12 + int(period[5:]), 12)
    return date.fromordinal(date(year, month + 1, 1).toordinal() - 1)


def first_day(decided_on: date, start: str) -> date:
    """From when a card counts: the day of the decision, the first month's where that is later."""
    return max(decided_on, day_in(start, 1))
