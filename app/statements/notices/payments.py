"""Events of payments: what arrived, what came back, and cash that can be collected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, Text, case, exists, func, literal, select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import destination
from app.disbursement.evidence import CREDITED, OPEN
from app.disbursement.states import ANSWERED, DONE, REJECTED, RETURNED, SENT, SETTLED
from app.disbursement.tables import batch, instruction, outcome
from app.messaging import states as kinds
from app.payroll.tables import payroll, payroll_line
from app.statements.notices.source import (
    LOOKS_BACK,
    NOTHING,
    Chunk,
    Source,
    next_chunk,
    unread,
    untold,
    whom,
)
from app.statements.notices.taken_back import telling
from ledger.bulk import firm_id

_ARRIVED, _FAILED = (SETTLED, CREDITED), (RETURNED, REJECTED)


def _outcomes(session: Session, _: int, after: int, size: int) -> Chunk | None:
    until = firm_id(session, outcome)
    if until is None or until <= after:
        return None
    ids = select(outcome.c.id).where(outcome.c.id > after, outcome.c.id <= until)
    few = ids.order_by(outcome.c.id).limit(size).subquery()
    last = int(session.scalar(select(func.max(few.c.id))) or until)
    rows = session.execute(_ended().where(outcome.c.id > after, outcome.c.id <= last)).all()
    return Chunk(rows, last, done=False)


def _ended() -> Select[Any]:
    """Each payment by account that arrived, on whatever evidence came first, or came back."""
    kind = case(
        (outcome.c.state.in_(_ARRIVED), literal(kinds.PAID, Text)),
        else_=literal(kinds.RETURNED, Text),
    )
    return (
        whom(
            kind.label("kind"),
            telling().label("event_id"),
            instruction.c.amount,
            destination.c.account_tail.label("tail"),
            outcome.c.happened_on.label("day"),
            payroll.c.period,
            outcome.c.evidence,
            outcome.c.reason,
        )
        .join(instruction, instruction.c.payroll_line_id == payroll_line.c.id)
        .join(outcome, outcome.c.instruction_id == instruction.c.id)
        .join(destination, destination.c.id == instruction.c.destination_id)
        .where(outcome.c.state.in_((*_ARRIVED, *_FAILED)), outcome.c.undone_by == 0)
        .where(instruction.c.method == "account", untold(kind, telling()))
        .order_by(outcome.c.id)
    )


def _cash_batches(session: Session, today: date) -> Sequence[int]:
    cash = exists().where(instruction.c.batch_id == batch.c.id, instruction.c.method == "cash")
    query = select(batch.c.id).where(
        batch.c.state.in_((SENT, ANSWERED, DONE)),
        batch.c.requested_on >= today - LOOKS_BACK,
        unread(kinds.CASH_READY, batch.c.id),
        cash,
    )
    return session.scalars(query.order_by(batch.c.id)).all()


def _cash(session: Session, subject: int, after: int, size: int) -> Chunk:
    """What a cash provider has in hand and nobody has collected."""
    day = func.coalesce(batch.c.execute_on, batch.c.requested_on, type_=batch.c.requested_on.type)
    query = (
        whom(
            literal(kinds.CASH_READY, Text).label("kind"),
            instruction.c.id.label("event_id"),
            instruction.c.amount,
            NOTHING.label("tail"),
            day.label("day"),
            payroll.c.period,
            NOTHING.label("evidence"),
            NOTHING.label("reason"),
        )
        .join(instruction, instruction.c.payroll_line_id == payroll_line.c.id)
        .join(batch, batch.c.id == instruction.c.batch_id)
        .where(instruction.c.batch_id == subject, instruction.c.method == "cash")
        .where(instruction.c.state.in_(OPEN), instruction.c.id > after)
        .where(untold(kinds.CASH_READY, instruction.c.id))
        .order_by(instruction.c.id)
    )
    return next_chunk(session, query, size, after)


def _newest_batch(session: Session) -> int:
    return int(session.scalar(select(func.max(batch.c.id))) or 0)


OUTCOMES = Source(kinds.PAID, lambda session: firm_id(session, outcome), lambda *_: (0,), _outcomes)
"""What became of payments into accounts; each payment that arrived, or came back, once;
again where people were told meanwhile that it was not so."""
CASH = Source(kinds.CASH_READY, _newest_batch, _cash_batches, _cash)
"""Cash that a provider has in hand."""
