"""The board of communes' readiness to pay without cash: criteria from red to green.

The criteria and their bounds are rows of `data/readiness.csv`, versioned. Each is a rate n over d
of which more is better; without a denominator it is grey. A commune is as ready as its worst
criterion.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import Session

from app.access.role_tables import role_grant
from app.access.roles import in_force
from app.doubles.tables import doubt, doubt_decision
from app.indicators.declared import Declared
from app.indicators.definitions import Words, rows_of
from app.indicators.rates import percent
from app.indicators.tallies import Tally
from app.payroll.bridge_sums import monthly
from app.payroll.tables import payroll
from app.units.tables import paying_unit
from ledger.schema import whole_sum

RED, AMBER, GREEN, GREY = "red", "amber", "green", "grey"
_WORST_FIRST = (RED, AMBER, GREY, GREEN)
_DUTIES = ("maker", "checker", "approver")


@dataclass(frozen=True, slots=True)
class Criterion:
    """A row of the data; bounds are in hundredths of a percent."""

    version: str
    code: str
    name: Words
    amber: int
    green: int


@dataclass(frozen=True, slots=True)
class Light:
    """A criterion of one commune: its rate and colour."""

    code: str
    n: int
    d: int
    colour: str

    @property
    def percent(self) -> str | None:
        """The rate with two decimals."""
        return percent(self.n, self.d)


@cache
def criteria() -> tuple[Criterion, ...]:
    """Every criterion, in the order of the file."""
    return tuple(
        Criterion(row["version"], row["code"], Words(row["name_vi"], row["name_en"]),
                  _hundredths(row["amber"]), _hundredths(row["green"]))
        for row in rows_of("readiness.csv")
    )  # fmt: skip


def _hundredths(text: str) -> int:
    return int(text.replace(".", ""))


def board(
    session: Session,
    period: str,
    communes: Mapping[str, Tally],
    people: Mapping[str, Declared],
    now: datetime,
) -> dict[str, list[Light]]:
    """The lights of every commune that is counted or pays; `people` is what the register bears out.
    A handful of queries in all."""
    doubts = _by_code(session, _doubts())
    officers, lists = _by_code(session, _officers(now)), _by_code(session, _lists(period))
    codes = sorted({*communes, *people, *lists})
    return {
        code: _lights(
            _sides(
                communes.get(code, Tally()),
                people.get(code, Declared()),
                officers.get(code, (0, len(_DUTIES))),
                lists.get(code, (0, 0)),
                doubts.get(code, (0, 0))[0],
            )
        )
        for code in codes
    }


def worst(lights: list[Light]) -> str:
    """The colour of a commune."""
    colours = {one.colour for one in lights}
    return next(colour for colour in _WORST_FIRST if colour in colours)


def _sides(
    tally: Tally, people: Declared, officers: tuple[int, int], lists: tuple[int, int], doubts: int
) -> dict[str, tuple[int, int]]:
    return {
        "people": (people.matched, people.people if people.looked_up else 0),
        "accounts": (tally.usable, tally.listed),
        "officers": officers,
        "lists": lists,
        "doubts": (max(people.people - doubts, 0), people.people),
        "success": (tally.first, tally.sent),
        "on_time": (tally.on_time, tally.lines),
        "received": (tally.paid_lines, tally.lines),
    }


def _lights(sides: Mapping[str, tuple[int, int]]) -> list[Light]:
    return [Light(one.code, *sides[one.code], _colour(one, *sides[one.code])) for one in criteria()]


def _colour(one: Criterion, n: int, d: int) -> str:
    if d == 0:
        return GREY
    reached = n * 10_000
    if reached >= one.green * d:
        return GREEN
    return AMBER if reached >= one.amber * d else RED


def _by_code(session: Session, query: Select[Any]) -> dict[str, tuple[int, int]]:
    return {row[0]: (int(row[1]), int(row[2])) for row in session.execute(query)}


def _officers(now: datetime) -> Select[Any]:
    """How many of the three duties somebody holds for each unit of a commune."""
    for_unit = or_(role_grant.c.unit_code == paying_unit.c.code, role_grant.c.unit_code == "")
    return (
        select(
            paying_unit.c.area_code,
            func.count(role_grant.c.role.distinct()),
            func.max(len(_DUTIES)),
        )
        .join(role_grant, for_unit)
        .where(in_force(now), role_grant.c.role.in_(_DUTIES), paying_unit.c.kind == "commune")
        .group_by(paying_unit.c.area_code)
    )


def _lists(period: str) -> Select[Any]:
    """The month's lists of each commune's unit: approved, and all."""
    approved = case((payroll.c.state.in_(("approved", "closed")), 1), else_=0)
    return (
        select(paying_unit.c.area_code, whole_sum(approved), func.count())
        .join(payroll, payroll.c.unit_code == paying_unit.c.code)
        .where(monthly(period), paying_unit.c.kind == "commune", payroll.c.lines > 0)
        .group_by(paying_unit.c.area_code)
    )


def _doubts() -> Select[Any]:
    """People in doubts that block and that nobody has decided, by commune."""
    decided = select(doubt_decision.c.id).where(doubt_decision.c.doubt_id == doubt.c.id)
    return (
        select(doubt.c.area_code, whole_sum(doubt.c.people), func.count())
        .where(doubt.c.is_blocking == 1, doubt.c.gone_at.is_(None), ~decided.exists())
        .group_by(doubt.c.area_code)
    )
