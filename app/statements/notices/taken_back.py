"""Payments that people were told had arrived, and that two officers took back since: told so, once
for each time that they were told.

What came back by the bank has a notice of its own (`payments`); here nothing came back, we were
wrong about it. Where it arrived again meanwhile nothing is told; where it does later, that is news.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Text, exists, func, literal, select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import destination
from app.disbursement.evidence import CREDITED
from app.disbursement.line_tables import line_unplacing
from app.disbursement.states import REJECTED, RETURNED, SETTLED
from app.disbursement.tables import instruction, outcome
from app.messaging.states import FAILED, PAID, TAKEN_BACK
from app.messaging.tables import message
from app.payroll.tables import payroll, payroll_line
from app.statements.notices.source import NOTHING, whom

LOOKS_BACK = timedelta(days=14)
"""What was taken back earlier is no news."""
_ARRIVED = (SETTLED, CREDITED)


def telling() -> ColumnElement[int]:
    """The event under which the end of an `instruction` is told: its number. Once people know that
    they were told wrong, it is that outcome's, negative: what becomes of it then is told anew."""
    wrong, correction = outcome.alias("wrong"), message.alias("correction")
    is_corrected = (correction.c.kind == TAKEN_BACK) & (correction.c.event_id == wrong.c.id)
    last = (
        select(-func.max(wrong.c.id))
        .select_from(wrong)
        .join(correction, is_corrected)
        .where(wrong.c.instruction_id == instruction.c.id)
        .correlate(instruction)
    )
    return func.coalesce(last.scalar_subquery(), instruction.c.id)


def taken_back(session: Session, now: datetime, most: int) -> Any:
    """Rows as `source.notices_of` takes them: at most so many, by outcome that was undone last."""
    stands = outcome.alias("stands")
    again = exists().where(
        stands.c.instruction_id == instruction.c.id,
        stands.c.undone_by == 0,
        stands.c.state.in_((*_ARRIVED, RETURNED, REJECTED)),
    )
    later = outcome.alias("later")
    newer = exists().where(
        later.c.instruction_id == instruction.c.id,
        later.c.id > outcome.c.id,
        later.c.state.in_(_ARRIVED),
    )
    was_told = exists().where(
        message.c.kind == PAID, message.c.event_id == telling(), message.c.state != FAILED
    )
    query = (
        whom(
            literal(TAKEN_BACK, Text).label("kind"),
            outcome.c.id.label("event_id"),
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
        .where(was_told, ~again, ~newer)
        .order_by(outcome.c.id)
        .limit(most)
    )
    return session.execute(query).all()
