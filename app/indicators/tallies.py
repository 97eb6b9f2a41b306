"""Counts of a month's list, whole or broken down: whole numbers that add, one query a breakdown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select
from sqlalchemy.orm import Session

from app.indicators.lines import COUNTED, due_days, lines
from ledger.schema import whole_sum


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted. Persons: from `listed` to `vneid`; VND: `amount`, `arrears`, `credited`,
    `cash` and what ends in `_amount`; everything else is lines.

    `cashless` persons were wholly credited, `mixed` partly credited and partly paid in cash;
    `usable` have an account, `own` one they use themselves. `first` lines were credited by the
    list's own instruction, `age_*` lines are unpaid for one, two, three and more months.
    Tallies of the same breakdown add; a person on lists of two programmes counts in each.
    """

    listed: int = 0
    paid: int = 0
    cashless: int = 0
    mixed: int = 0
    usable: int = 0
    own: int = 0
    vneid: int = 0
    lines: int = 0
    amount: int = 0
    arrears: int = 0
    credited: int = 0
    cash: int = 0
    sent: int = 0
    sent_amount: int = 0
    sent_ok: int = 0
    sent_ok_amount: int = 0
    first: int = 0
    first_amount: int = 0
    returned: int = 0
    on_time: int = 0
    paid_lines: int = 0
    age_one: int = 0
    age_two: int = 0
    age_more: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(one + two for one, two in zip(astuple(self), astuple(other), strict=True)))

    @property
    def unpaid(self) -> int:
        """Lines that nobody has received."""
        return self.lines - self.paid_lines

    @property
    def paid_amount(self) -> int:
        """VND paid, by account or in cash."""
        return self.credited + self.cash


def added(tallies: Iterable[Tally]) -> Tally:
    """The sum of tallies."""
    return sum(tallies, Tally())


def tally_by(
    session: Session, period: str, until: datetime, value: ColumnElement[Any] | None = None
) -> dict[str, Tally]:
    """The month's counts by each value of an expression over a line; by "" without one.

    `value` is what `lines` may be asked for; see `dimensions`.
    """
    by = (literal("") if value is None else value).label("value")
    rows = session.execute(_counted(lines(period, until, due_days(session, period), by)))
    return {str(row[0]): Tally(*(int(one) for one in row[1:])) for row in rows}


def _counted(listed: Select[Any]) -> Select[Any]:
    """Lines to persons, persons to values."""
    line = listed.subquery("line").c
    highest = {"usable", "own"}
    sums = [
        (func.max(line[name]) if name in highest else whole_sum(line[name])).label(name)
        for name in COUNTED
    ]
    person = (
        select(line.value, line.person_id, *sums).group_by(line.value, line.person_id).subquery()
    )
    c = person.c
    by_person = {
        "listed": literal(1),
        "paid": _one(c.credited + c.cash > 0),
        "cashless": _one(c.credited > 0, c.cash == 0),
        "mixed": _one(c.credited > 0, c.cash > 0),
        "vneid": _one(c.vneid > 0),
        "lines": c.line,
        "sent_ok": c.sent_ok,
        "sent_ok_amount": c.sent_ok_amount,
        "paid_lines": c.paid_line,
    }
    counts = (by_person.get(one.name, c.get(one.name)) for one in fields(Tally))
    return select(c.value, *(whole_sum(one) for one in counts)).group_by(c.value).order_by(c.value)


def _one(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return case((and_(*conditions), 1), else_=0)
