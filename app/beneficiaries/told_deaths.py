"""A death as a list tells it ends what a decision began: no row of the list names such a line.

Told by a list alone it may be taken back by a later list of the same commune that has the person
running; a death that officers confirmed stands.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from app.beneficiaries.by_decision import Decided, end_lines, resume_lines
from app.beneficiaries.import_tables import import_row
from app.beneficiaries.tables import enrolment, person
from app.beneficiaries.told import Act
from ledger.bulk import chunks

DEATH = "death"
row, mine = import_row.c, enrolment.c


def take_deaths(session: Session, act: Act) -> None:
    """End what was begun by decision for people whose death the list tells, or takes back."""
    heard = Decided("", act.period, "list", act.now)
    ends: dict[str, list[int]] = {}
    for enrolment_id, stop in session.execute(_dead(act)).all():
        ends.setdefault(stop, []).append(enrolment_id)
    for stop, ids in ends.items():
        for some in chunks(ids):
            end_lines(session, mine.id.in_(some), stop, DEATH, heard)
    for some in chunks(list(session.scalars(_alive(act)))):
        resume_lines(session, mine.id.in_(some), heard)


def _rows(act: Act) -> Any:
    """Lines begun by decision beside the rows of the list about their person."""
    return (
        enrolment.join(person, person.c.id == mine.person_id)
        .join(import_row, and_(row.citizen_key == person.c.citizen_key,
                               row.area_code == act.area))
    )  # fmt: skip


def _dead(act: Act) -> Any:
    last = func.min(row.stop_period)
    runs_on = or_(mine.stop_period.is_(None), mine.stop_period > row.stop_period)
    return (
        select(mine.id, last)
        .select_from(_rows(act))
        .where(mine.start_decision != "", row.stop_cause == DEATH, runs_on)
        .group_by(mine.id)
    )


def _alive(act: Act) -> Any:
    """Lines that a list of before ended, of people whom this one has running."""
    ended = and_(mine.stop_cause == DEATH, mine.stop_decision == "")
    return (
        select(mine.id)
        .select_from(_rows(act))
        .where(mine.start_decision != "", ended, person.c.died_on.is_(None))
        .where(row.stop_cause == "", ~_told_dead(act))
        .group_by(mine.id)
    )


def _told_dead(act: Act) -> ColumnElement[bool]:
    other = import_row.alias("other").c
    return exists().where(
        other.area_code == act.area,
        other.citizen_key == person.c.citizen_key,
        other.stop_cause == DEATH,
    )
