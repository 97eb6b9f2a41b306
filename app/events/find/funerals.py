"""Deaths that a list or another register told: whoever arranges the burial is to be supported."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import enrolment, person
from app.events.proposals import Proposal
from app.events.states import FUNERAL
from app.months import shift

WORDS = "Xét hỗ trợ chi phí mai táng cho người lo mai táng."
_LOOKED_BACK = 2
"""A death is proposed for the list that tells of it and for so many after it."""


def funerals(session: Session, period: str) -> Iterator[Proposal]:
    """Everybody whose line ended by death, as told to a recent list. Decree 20/2021, art. 11."""
    line = enrolment.c
    died_in = func.min(line.stop_period)
    rows = session.execute(
        select(line.person_id, died_in.label("month"), func.max(person.c.died_on).label("day"))
        .join(person, person.c.id == line.person_id)
        .where(line.stop_cause == "death", line.changed_period >= shift(period, -_LOOKED_BACK))
        .group_by(line.person_id)
        .order_by(line.person_id)
    )
    for row in rows:
        yield Proposal(row.person_id, FUNERAL, row.month, WORDS, on=row.day)
