"""What a provider's file does to batches: acknowledged, answered, done.

A file of statuses moves the whole batch; a batch with no open instruction is done.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select, update
from sqlalchemy.orm import Session

from app.disbursement import outcomes
from app.disbursement.batches import add_event
from app.disbursement.holds import set_hold
from app.disbursement.repaid import expected_receipts
from app.disbursement.states import (
    ACCEPTED,
    ANSWERED,
    DONE,
    IN_DOUBT,
    READY,
    SENDING,
    SENT,
)
from app.disbursement.tables import batch, instruction, outcome
from app.disbursement.year_end.refunds import expected_refunds
from reconciliation import matching
from reconciliation.tables import (
    bank_line,
    bank_report,
    inbound_file,
    line_match,
    suspense_item,
)


def process(session: Session, file_id: int, now: datetime) -> dict[str, int]:
    """Match a read file, apply every verdict, and move the batches it speaks of.

    Gives how many lines had which effect. Each pass sees what the pass before it changed,
    so a debit and its return in one file are both booked.
    """
    counts: dict[str, int] = {}
    left = matching.left_in(session, file_id)
    for one in matching.PAYMENT_PASSES:
        expected = outcomes.expected_payments()
        if left & one.kinds and matching.run_payment_pass(session, file_id, one, expected):
            counts[one.verdict] = outcomes.apply_verdict(session, file_id, one.verdict, now)
            left = matching.left_in(session, file_id)
    if left:
        _unexpected(session, file_id, counts, now)
    _answer(session, file_id, now)
    _proven(session, file_id, now)
    _finish(session, now)
    session.execute(
        update(inbound_file).where(inbound_file.c.id == file_id).values(state="applied")
    )
    return counts


def _unexpected(session: Session, file_id: int, counts: dict[str, int], now: datetime) -> None:
    """Contradictions, Treasury money, refunds of fees; what remains is parked with its reason."""
    if conflicts := matching.run_conflict_pass(session, file_id, outcomes.expected_payments()):
        counts[matching.CONFLICT] = conflicts
    if matching.run_funding_pass(session, file_id, outcomes.expected_funding()):
        counts[matching.FUNDING] = outcomes.apply_funding(session, file_id, now)
    matching.run_treasury_pass(session, file_id, expected_refunds())
    matching.run_recovery_pass(session, file_id, expected_receipts())
    if matching.run_refund_pass(session, file_id):
        counts[matching.FEE_BACK] = outcomes.apply_refunds(session, file_id, now)
    matching.judge_the_rest(session, file_id)
    counts["parked"] = outcomes.park(session, file_id, now)
    _alarm(session, file_id, now)


def _answer(session: Session, file_id: int, now: datetime) -> None:
    """Batches whose message a report of this file answers, by group status.

    A file refused as a whole names no payment: people must ask the bank what became of it.
    """
    rows = session.execute(
        select(
            batch.c.id,
            batch.c.state,
            bank_report.c.group_status,
            bank_report.c.lines,
            bank_report.c.provider,
        )
        .join(bank_report, bank_report.c.message_id == batch.c.message_id)
        .where(bank_report.c.file_id == file_id)
        .where(batch.c.state.in_((SENDING, SENT, IN_DOUBT)))
        .order_by(batch.c.id)
    ).all()
    for row in rows:
        _set(session, row, ANSWERED, now, f"file:{file_id}:{row.group_status}")
        if row.group_status in matching.REFUSED_STATUSES and not row.lines:
            reason = f"Ngân hàng từ chối cả lô {row.id} mà không nêu từng lệnh"
            set_hold(session, "provider", row.provider, reason, "system", now)


def _proven(session: Session, file_id: int, now: datetime) -> None:
    """A batch whose fate was unknown has arrived when one of its payments was booked."""
    booked = (
        select(instruction.c.id)
        .join(outcome, outcome.c.instruction_id == instruction.c.id)
        .join(bank_line, bank_line.c.id == outcome.c.bank_line_id)
        .where(instruction.c.batch_id == batch.c.id, bank_line.c.file_id == file_id)
    )
    rows = session.execute(
        select(batch.c.id, batch.c.state)
        .where(batch.c.state.in_((SENDING, IN_DOUBT)), booked.exists())
        .order_by(batch.c.id)
    ).all()
    for row in rows:
        _set(session, row, ANSWERED, now, f"file:{file_id}: a payment of the batch is booked")


def _finish(session: Session, now: datetime) -> None:
    for row in session.execute(_finished()).all():
        _set(session, row, DONE, now, "every instruction has its outcome")


def _finished() -> Select[Any]:
    open_one = select(instruction.c.id).where(
        instruction.c.batch_id == batch.c.id, instruction.c.state.in_((READY, ACCEPTED))
    )
    return (
        select(batch.c.id, batch.c.state)
        .where(batch.c.state.in_((SENT, IN_DOUBT, ANSWERED)), ~open_one.exists())
        .order_by(batch.c.id)
    )


def _set(session: Session, row: Any, state: str, now: datetime, evidence: str) -> None:
    session.execute(update(batch).where(batch.c.id == row.id).values(state=state))
    add_event(session, row.id, state, now, "system", evidence)


def _alarm(session: Session, file_id: int, now: datetime) -> None:
    """What must stop the provider until people have looked, each with the line it is about.

    A debit that nobody here ordered, a word against what is known, and money on an account
    that belongs to no contract.
    """
    parked = select(suspense_item.c.bank_line_id).where(
        suspense_item.c.bank_line_id == bank_line.c.id
    )
    homeless = and_(line_match.c.verdict.in_(outcomes.PARKED), ~parked.exists())
    stopping = line_match.c.verdict.in_((matching.DEBIT_UNKNOWN, matching.CONFLICT))
    rows = session.execute(
        select(bank_line.c.provider, bank_line.c.id, line_match.c.why)
        .join(line_match, line_match.c.bank_line_id == bank_line.c.id)
        .where(bank_line.c.file_id == file_id, or_(stopping, homeless))
        .order_by(bank_line.c.id)
    ).all()
    for row in rows:
        set_hold(session, "provider", row.provider, f"{row.why} (dòng {row.id})", "system", now)
