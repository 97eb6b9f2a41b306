"""Before a list is made: what officers decided stands, whatever the workbooks have not heard of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.beneficiaries.by_decision import Decided, carry_decided, end_lines
from app.beneficiaries.tables import enrolment
from app.events.states import CONFIRMED, DEATH
from app.events.tables import life_event, life_event_decision


def uphold(session: Session, period: str, now: datetime) -> None:
    """Name what was begun here on the list of a month, and end what a list began for the dead.

    Nothing new is decided. A few statements, and one for each line of a dead person.
    """
    carry_decided(session, period, now)
    for row in session.execute(_lines_of_the_dead(period)).all():
        decided = Decided(row.decision_number, period, str(row.officer_id), now)
        end_lines(session, enrolment.c.id == row.id, row.happened_period, "death", decided)


def _lines_of_the_dead(period: str) -> Any:
    """Lines that run past a confirmed death: a workbook brought them after it."""
    mine = enrolment.c
    late = or_(mine.stop_period.is_(None), mine.stop_period > life_event.c.happened_period)
    died = and_(
        life_event.c.person_id == mine.person_id,
        life_event.c.kind == DEATH,
        life_event.c.state == CONFIRMED,
    )
    return (
        select(
            mine.id,
            life_event.c.happened_period,
            life_event_decision.c.decision_number,
            life_event_decision.c.officer_id,
        )
        .join(life_event, died)
        .join(life_event_decision, life_event_decision.c.event_id == life_event.c.id)
        .where(late, mine.seen_period >= period)
        .order_by(mine.id)
    )
