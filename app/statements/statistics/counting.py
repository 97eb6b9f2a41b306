"""Counting people and đồng for a block of a form, set by set in the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select, true
from sqlalchemy.orm import Session

from app.beneficiaries.tables import enrolment, person
from app.benefits.campaigns import AHEAD, MONTHLY
from app.benefits.tables import obligation
from app.statements.standing import runs
from app.statements.statistics.forms import Block, FormRow, Half
from ledger.schema import whole_sum

KINH = "Kinh"
TOTAL = -1
"""The place of a block's total among its rows: a person in two rows counts once there."""


@dataclass(frozen=True, slots=True)
class Count:
    """People, how many of them are women and of minorities, and VND of the half-year."""

    people: int = 0
    women: int = 0
    minority: int = 0
    amount: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(
            self.people + other.people,
            self.women + other.women,
            self.minority + other.minority,
            self.amount + other.amount,
        )


Cells = Mapping[tuple[str, int], Count]
"""Counts by commune and place of the row in its block."""


def count_block(session: Session, block: Block, half: Half, area: str = "") -> Cells:
    """The counts of each commune, or of one. Three queries, whatever the number of people."""
    if block.open:
        return {}
    which = _row_of(block, half.period)
    found = _people(session, which, half, area)
    found |= _people(session, case((which.is_not(None), TOTAL)), half, area)
    if not block.money:
        return found
    for place, amount in _amounts(session, which, half, area).items():
        for one in (place, (place[0], TOTAL)):
            found[one] = found.get(one, Count()) + Count(amount=amount)
    return found


def summed(cells: Cells) -> dict[int, Count]:
    """The sum of all communes by row."""
    found: dict[int, Count] = {}
    for (_, place), one in cells.items():
        found[place] = found.get(place, Count()) + one
    return found


def _row_of(block: Block, period: str) -> ColumnElement[int]:
    """The place of a line's row in the block; NULL where it is in none."""
    rows = [(_is_of(row, period), at) for at, row in enumerate(block.rows)]
    return case(*rows)


def _is_of(row: FormRow, period: str) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = [enrolment.c.group_code.in_(row.groups)]
    if row.begin is not None:
        parts.append(person.c.birth <= _born_by(period, row.begin))
    if row.end is not None:
        parts.append(person.c.birth > _born_by(period, row.end))
    return and_(*parts)


def _born_by(period: str, years: int) -> str:
    """The last birth that is that many years ago by the end of the month; of a year alone the year
    counts."""
    return f"{int(period[:4]) - years}-{period[5:]}-31"


def _people(
    session: Session, which: ColumnElement[int], half: Half, area: str
) -> dict[tuple[str, int], Count]:
    lines = _lines(which, area).where(runs(enrolment, half.period)).subquery("lines")
    someone = lines.c.person_id
    woman = case((lines.c.sex == "F", someone))
    minority = case((lines.c.ethnicity.not_in((KINH, "")), someone))
    counts = (func.count(func.distinct(one)) for one in (someone, woman, minority))
    cell = (lines.c.area_code, lines.c.place)
    rows = session.execute(select(*cell, *counts).group_by(*cell))
    return {(row[0], row[1]): Count(*row[2:]) for row in rows}


def _amounts(
    session: Session, which: ColumnElement[int], half: Half, area: str
) -> dict[tuple[str, int], int]:
    """VND on the monthly lists of the half-year, by the line that an obligation names."""
    o, lines = obligation.c, _lines(which, area).subquery("lines")
    cell = (lines.c.area_code, lines.c.place)
    rows = session.execute(
        select(*cell, whole_sum(o.amount))
        .join(obligation, o.enrolment_id == lines.c.enrolment_id)
        .where(o.period.between(half.first, half.period))
        .where(o.component.in_((*MONTHLY, *AHEAD.values())))
        .group_by(*cell)
    )
    return {(row[0], row[1]): int(row[2]) for row in rows}


def _lines(which: ColumnElement[int], area: str) -> Select[Any]:
    """The lines of a block with the place of their row: a commune's, or everybody's."""
    e, p = enrolment.c, person.c
    of_area = e.area_code == area if area else true()
    return (
        select(e.area_code, e.person_id, e.id.label("enrolment_id"), p.sex, p.ethnicity,
               which.label("place"))
        .join(person, p.id == e.person_id)
        .where(which.is_not(None), of_area, p.merged_into_id.is_(None))
    )  # fmt: skip
