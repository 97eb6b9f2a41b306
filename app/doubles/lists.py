"""People who should not stand on the list as they do: the dead, the very old, those listed twice,
those who came under an old ID of somebody else. Set-wise, exact."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.beneficiaries.history_tables import citizen_change
from app.beneficiaries.tables import enrolment, person
from app.benefits.concurrency import pool_of
from app.benefits.groups import all_groups
from app.doubles.cases import Case, case, on_list, runs
from app.doubles.rules import OLDEST_YEARS


def old_id(session: Session, period: str) -> Iterator[Case]:
    """Somebody registered under an ID that another person on the list had before; he is held."""
    owner = person.alias("owner")
    query = (
        select(person.c.id, person.c.area_code, owner.c.id.label("owner"), citizen_change.c.old_key)
        .join(citizen_change, citizen_change.c.old_key == person.c.citizen_key)
        .join(owner, owner.c.id == citizen_change.c.person_id)
        .where(on_list(period), on_list(period, owner), owner.c.id != person.c.id)
    )
    for row in session.execute(query).all():
        people = (row.id, row.owner)
        yield case("old_id", row.old_key, people, [row.id], row.old_key, row.area_code)


def dead(session: Session, period: str) -> Iterator[Case]:
    """Dead by the register or by another line of the list, and still on it.

    The month of death is payable (Decree 20/2021), so it counts from the month after.
    """
    told = enrolment.alias("told")
    elsewhere = select(told.c.id).where(
        told.c.person_id == person.c.id,
        told.c.stop_cause == "death",
        told.c.stop_period < period,
    )
    first = date.fromisoformat(f"{period}-01")
    is_dead = or_(person.c.died_on < first, elsewhere.exists())
    yield from _each(session, "dead", period, is_dead)


def too_old(session: Session, period: str) -> Iterator[Case]:
    """Born longer ago than anybody in the province is old."""
    oldest = f"{int(period[:4]) - OLDEST_YEARS:04}"
    yield from _each(session, "too_old", period, func.substr(person.c.birth, 1, 4) < oldest)


def never_collected(session: Session, period: str, people: Select[Any]) -> Iterator[Case]:
    """People to whom money was sent for months and who never took any of it."""
    yield from _each(session, "never_collected", period, person.c.id.in_(people))


def two_areas(session: Session, period: str) -> Iterator[Case]:
    """On the lists of two communes, and neither says that the person has left."""
    here = and_(runs(enrolment, period), enrolment.c.stop_period.is_(None))
    areas = enrolment.c.area_code
    yield from _listed_twice(session, "two_areas", period, here, areas)


def two_programmes(session: Session, period: str) -> Iterator[Case]:
    """A pension and an allowance of which the law pays the higher one (Law 41/2024, art. 21)."""
    codes = [one.code for one in all_groups().values() if pool_of(one) == "allowance"]
    here = and_(runs(enrolment, period), enrolment.c.group_code.in_(codes))
    yield from _listed_twice(session, "two_programmes", period, here, enrolment.c.programme)


def _each(session: Session, rule: str, period: str, which: ColumnElement[bool]) -> Iterator[Case]:
    query = select(person.c.id, person.c.area_code, person.c.birth, person.c.died_on)
    for row in session.execute(query.where(which, on_list(period))).all():
        yield case(rule, str(row.id), [row.id], [row.id], f"{row.birth},{row.died_on}",
                   row.area_code)  # fmt: skip


def _listed_twice(
    session: Session,
    rule: str,
    period: str,
    here: ColumnElement[bool],
    differs: ColumnElement[str],
) -> Iterator[Case]:
    lowest, highest = func.min(differs), func.max(differs)
    twice = select(enrolment.c.person_id, lowest.label("one"), highest.label("other")).where(here)
    twice = twice.group_by(enrolment.c.person_id).having(lowest < highest)
    found = twice.subquery()
    query = select(person.c.id, person.c.area_code, found.c.one, found.c.other)
    query = query.join(found, found.c.person_id == person.c.id).where(on_list(period))
    for row in session.execute(query).all():
        facts = f"{row.one},{row.other}"
        yield case(rule, str(row.id), [row.id], (), facts, row.area_code)
