"""People whose household or degree of disability is not any more what their line is for.

A household that is not poor any more ends the line after that month; a degree that changes, changes
it from the month of the certificate (Decree 20/2021, art. 8). The words tell neither: the same
sentence stands for every group of social assistance.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.beneficiaries.about_tables import disability
from app.beneficiaries.tables import enrolment, person
from app.benefits.ages import runs_in
from app.events.find.standing import latest_poverty
from app.events.proposals import Proposal, amount_of
from app.events.states import CATEGORY
from app.months import day_in, month_of, months_between, shift

WORDS = "Điều kiện hưởng thay đổi: xét lại mức hưởng."
FETCH_ROWS = 5_000
_LOOKED_BACK = 12
"""A certificate for which nobody has a line is proposed for so many months."""

_CHILD, _ELDERLY = 16 * 12, 60 * 12
_GROUPS = {("extreme", False): "C6a", ("extreme", True): "C6b",
           ("severe", False): "C6c", ("severe", True): "C6d"}  # fmt: skip


@cache
def levels_of() -> Mapping[str, frozenset[str]]:
    """Groups that only households of these levels are in."""
    text = files("app.events").joinpath("data/poverty.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["group"]: frozenset(row["levels"].split()) for row in rows}


def poverty(session: Session, period: str) -> Iterator[Proposal]:
    """Lines of people whose household is not poor enough for them any more."""
    latest, mine = latest_poverty(period), enrolment.c
    unfit = or_(
        *(
            and_(mine.group_code == group, latest.c.level.not_in(levels))
            for group, levels in levels_of().items()
        )
    )
    rows = session.execute(
        select(mine.id, mine.person_id, latest.c.from_period)
        .join(person, person.c.id == mine.person_id)
        .join(latest, latest.c.household_id == person.c.household_id)
        .where(runs_in(period), unfit, person.c.died_on.is_(None))
        .order_by(mine.id)
    )
    for row in rows:
        since = row.from_period
        yield Proposal(
            row.person_id, CATEGORY, since, WORDS, enrolment_id=row.id, stop=since, same="household"
        )


def degrees(session: Session, period: str) -> Iterator[Proposal]:
    """People whose last certificate tells another degree than their line, or who have no line."""
    rows = session.execute(_certified(period).execution_options(yield_per=FETCH_ROWS))
    for _, lines in groupby(rows, key=attrgetter("id")):
        yield from _of_person([*lines], period)


def _certified(period: str) -> Select[Any]:
    """Each person's last certificate up to that month with the lines for disability, if any."""
    c, mine = disability.c, enrolment.c
    order = func.row_number().over(
        partition_by=c.person_id, order_by=(c.certified_on.desc(), c.id.desc())
    )
    ranked = (
        select(c.id, c.person_id, c.degree, c.certified_on, order.label("place"))
        .where(c.certified_on.is_not(None), c.certified_on < day_in(shift(period, 1), 1))
        .subquery()
    )
    line = and_(
        mine.person_id == person.c.id, mine.group_code.in_(_GROUPS.values()), runs_in(period)
    )
    r = ranked.c
    return (
        select(person.c.id, person.c.birth, r.id.label("certificate"), r.degree, r.certified_on,
               mine.id.label("enrolment_id"), mine.group_code)
        .join(ranked, r.person_id == person.c.id)
        .outerjoin(enrolment, line)
        .where(r.place == 1, person.c.died_on.is_(None))
        .order_by(person.c.id, mine.id)
    )  # fmt: skip


def _of_person(rows: list[Any], period: str) -> Iterator[Proposal]:
    row, since = rows[-1], month_of(rows[-1].certified_on)
    wanted = _GROUPS.get((row.degree, _is_child_or_elderly(row.birth, since)), "")
    of_age = _GROUPS.get((row.degree, _is_child_or_elderly(row.birth, period)), "")
    if row.group_code in (wanted, of_age) and (wanted or row.group_code):
        return
    if row.enrolment_id is None:
        recent = len(months_between(since, period)) <= _LOOKED_BACK
        if of_age and recent:
            yield _change(row, since, None, of_age, period)
    elif not wanted:
        yield _change(row, since, since, "", period)
    else:
        yield _change(row, since, shift(since, -1), wanted, since)


def _change(row: Any, since: str, stop: str | None, group: str, start: str) -> Proposal:
    return Proposal(
        row.id,
        CATEGORY,
        since,
        WORDS,
        on=row.certified_on,
        enrolment_id=row.enrolment_id,
        stop=stop,
        group=group,
        start=start if group else None,
        amount=amount_of(group, "", start) if group else 0,
        same=f"certificate:{row.certificate}",
    )


def _is_child_or_elderly(birth: str, month: str) -> bool:
    born = birth[:7] if len(birth) > 4 else f"{birth}-01"
    return born > shift(month, -_CHILD) or born <= shift(month, -_ELDERLY)
