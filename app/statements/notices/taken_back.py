"""Payments that people were told had arrived, and that two officers took back since: told so, once.

What came back by the bank has a notice of its own (`payments`); here nothing came back, we were
wrong about it. Where it arrived again meanwhile nothing is told.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Text, exists, literal
from sqlalchemy.orm import Session

from app.beneficiaries.tables import destination
from app.disbursement.evidence import CREDITED
from app.disbursement.line_tables import line_unplacing
from app.disbursement.states import REJECTED, RETURNED, SETTLED
from app.disbursement.tables import instruction, outcome
from app.messaging.states import FAILED, PAID, TAKEN_BACK
from app.messaging.tables import message
from app.payroll.tables import payroll, payroll_line
from app.statements.notices.source import NOTHING, untold, whom

LOOKS_BACK = timedelta(days=14)
"""What was taken back earlier is no news."""
_ARRIVED = (SETTLED, CREDITED)


def taken_back(session: Session, now: datetime, most: int) -> Any:
    """Rows as `source.notices_of` takes them: at most so many, by payment."""
    stands = outcome.alias("stands")
    again = exists().where(
        stands.c.instruction_id == instruction.c.id,
        stands.c.undone_by == 0,
        stands.c.state.in_((*_ARRIVED, RETURNED, REJECTED)),
    )
    was_told = exists().where(
        message.c.kind == PAID, message.c.event_id == instruction.c.id, message.c.state != FAILED
    )
    query = (
        whom(
            literal(TAKEN_BACK, Text).label("kind"),
            instruction.c.id.label("event_id"),
            instruction.c.amount,
            destination.c.account_tail.label("tail"),
            outcome.c.happened_on.label("day"),
            payroll.c.period,
            NOTHING.label("evidence"),
            NOTHING.label("reason"),
        )
        .join(instruction, instruction.c.payroll_line_id == payroll_line.c.id)
        .join(outcome, outcome.c.instruction_id == instruction.c.id)
        .join(line_unplacing, line_unplacing.c.proposal_id == outcome.c.undone_by)
        .join(destination, destination.c.id == instruction.c.destination_id)
        .where(outcome.c.state.in_(_ARRIVED), line_unplacing.c.recorded_at > now - LOOKS_BACK)
        .where(was_told, ~again, untold(TAKEN_BACK, instruction.c.id))
        .order_by(instruction.c.id)
        .limit(most)
    )
    return session.execute(query).all()
