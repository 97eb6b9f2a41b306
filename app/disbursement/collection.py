"""What a provider's file does to batches: acknowledged, answered, done.

A file of statuses moves the whole batch; a batch with no open instruction is done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Select, and_, bindparam, or_, select, update
from sqlalchemy.orm import Session

from app.clock import local_date
from app.disbursement import evidence, outcomes, passing
from app.disbursement.banning import ban_what_failed
from app.disbursement.batches import add_event
from app.disbursement.cases import open_batch_case, open_cases
from app.disbursement.claims import handings
from app.disbursement.draining import End, drain
from app.disbursement.expected import expected_payments
from app.disbursement.fees import match_fees
from app.disbursement.holds import set_hold
from app.disbursement.line_rules import run_rule_pass
from app.disbursement.lump_tables import lump, lump_of
from app.disbursement.oddities import judge_refusals, judge_returns, refuse_foreign
from app.disbursement.parked import (
    apply_funding,
    apply_refunds,
    expected_funding,
    park,
    place_early,
)
from app.disbursement.promises import promised
from app.disbursement.recall import succeed
from app.disbursement.repaid import expected_receipts
from app.disbursement.states import (
    ACCEPTED,
    ANSWERED,
    DONE,
    IN_DOUBT,
    READY,
    RECALLED,
    REJECTED,
    RETURNED,
    SENDING,
    SENT,
    SETTLED,
)
from app.disbursement.tables import batch, batch_event, instruction, outcome
from app.disbursement.wordless import all_spoken_of
from app.disbursement.year_end.refunds import expected_refunds
from app.units.tables import contract
from ledger.bulk import written
from reconciliation import matching, told
from reconciliation.evidence import FILE_STATUS, NO_WORDS, REPETITION_REASONS
from reconciliation.tables import bank_line, bank_report, inbound_file

# Every file asks the same of the database: these are built once.
_OF_FILE: BindParameter[int] = bindparam("of_file")
_SINGLY: BindParameter[str] = bindparam("singly", expanding=True)
BOOKED = "booked"
_FAILED = (REJECTED, RETURNED)
_TAKEN = (ACCEPTED, SETTLED, RETURNED, RECALLED)


def process(
    session: Session, file_id: int, now: datetime, singly: Collection[str] = ()
) -> dict[str, int]:
    """Match a read file, apply every verdict, and move the batches it speaks of.

    `singly` are providers to whom each payment is a request of its own: what is said of one of
    them says nothing of the others in its batch.
    Gives how many lines had which effect. Each pass sees what the pass before it changed,
    so a debit and its return in one file are both booked.
    """
    counts: Counter[str] = Counter()
    traits = told.traits_of(session, file_id)
    counts[matching.TOLD] += told.run_told_pass(session, file_id, traits)
    left = passing.run(session, file_id, traits, counts, now)
    if placed := place_early(session, file_id, now):
        counts[matching.RETURNED] += placed
    succeed(session, now)
    twice = counts.pop(matching.DEBIT_UNKNOWN, 0)
    counts["refused"] += refuse_foreign(session, file_id, left, now)
    if left:
        _unexpected(session, file_id, left, counts, now)
    if left or twice:
        counts["parked"] = park(session, file_id, now)
        counts[matching.FEE_BACK] += apply_refunds(session, file_id, now)
        open_cases(session, file_id, now)
    if any(outcomes.EFFECTS[one].outcome in _FAILED for one in counts if one in outcomes.EFFECTS):
        ban_what_failed(session, file_id, now)
    _answer(session, file_id, now, singly)
    _proven(session, file_id, now, singly)
    for row in all_spoken_of(session, file_id, singly):
        _set(session, row, ANSWERED, now, f"file:{file_id}: every payment has its word")
    finish(session, now)
    session.execute(
        update(inbound_file).where(inbound_file.c.id == file_id).values(state="applied")
    )
    return {name: lines for name, lines in counts.items() if lines or name == "parked"}


def _unexpected(
    session: Session, file_id: int, left: set[str], counts: Counter[str], now: datetime
) -> None:
    """Contradictions, Treasury money, refunds of fees; what remains is parked with its reason."""
    expected = expected_payments()
    for one in (*evidence.CONTRADICTING, *evidence.PARKING):
        if left & one.kinds:
            found = matching.run_payment_pass(session, file_id, one, expected)
            if one in evidence.CONTRADICTING:
                counts[one.verdict] += found
    counts[matching.CONFLICT] += judge_refusals(session, file_id) if "status" in left else 0
    counts[matching.CONFLICT] += matching.run_conflict_pass(session, file_id, expected)
    if matching.run_funding_pass(session, file_id, expected_funding()):
        counts[matching.FUNDING] = apply_funding(session, file_id, now)
    matching.run_treasury_pass(session, file_id, expected_refunds())
    matching.run_recovery_pass(session, file_id, expected_receipts())
    matching.run_refund_pass(session, file_id)
    for verdict, found in match_fees(session, file_id, now).items():
        counts[verdict] += found
    if BOOKED in left:
        judge_returns(session, file_id)
        counts.update(run_rule_pass(session, file_id, now))
    matching.judge_the_rest(session, file_id)


def _answer(session: Session, file_id: int, now: datetime, singly: Collection[str]) -> None:
    """Move the batches that a file answers; the last report of it about a batch counts."""
    rows = session.execute(_answered(), {"of_file": file_id, "singly": list(singly)}).all()
    for row in {row.id: row for row in rows}.values():
        if row.is_refused:
            _refused_whole(session, row, file_id, now)
        else:
            _set(session, row, ANSWERED, now, f"file:{file_id}:{row.group_status}")


@cache
def _answered() -> Select[Any]:
    """Batches whose message a report of this file answers, by group status (U6).

    Of single payments a file's status says nothing, unless the provider has declared that it
    takes a file whole or not at all. A refusal of the whole counts after an acknowledgement too.
    """
    report = bank_report.c
    refused = and_(report.group_status.in_(matching.REFUSED_STATUSES), report.lines == 0)
    waiting = batch.c.state.in_((SENDING, SENT, IN_DOUBT))
    return (
        select(
            batch.c.id,
            batch.c.state,
            report.group_status,
            report.group_reason,
            report.provider,
            refused.label("is_refused"),
            report.id.label("report_id"),
            promised(evidence.ALL_OR_NOTHING, report.provider).label("all_or_nothing"),
        )
        .join(bank_report, report.message_id == batch.c.message_id)
        .join(contract, contract.c.id == batch.c.contract_id)
        .where(report.file_id == _OF_FILE, contract.c.provider == report.provider)
        .where(or_(waiting, and_(batch.c.state == ANSWERED, refused)))
        .where(report.group_status.not_in(NO_WORDS), contract.c.provider.not_in(_SINGLY))
        .order_by(batch.c.id, report.id)
    )


def _refused_whole(session: Session, row: Any, file_id: int, now: datetime) -> None:
    """A file refused without a word on its payments."""
    said = f"file:{file_id}:{row.group_status}"
    if row.group_reason in REPETITION_REASONS:
        _had_before(session, row, f"{said}:{row.group_reason}", now)
    elif row.all_or_nothing and row.group_status == "RJCT" and _is_surely_none(session, row.id):
        drain(session, row.id, _refusal(row, now), now)
        _set(session, row, ANSWERED, now, f"{said}: all or nothing")
    else:
        _set(session, row, IN_DOUBT, now, said)
        reason = f"Ngân hàng từ chối cả lô {row.id} mà không nêu từng lệnh"
        set_hold(session, "provider", row.provider, reason, "system", now)


def _is_surely_none(session: Session, batch_id: int) -> bool:
    """Whether the refusal can only be of the one file that left, and no payment of it was taken.

    Of a file that was handed over twice the second one may be refused, for whatever reason the
    provider gives, while the first is carried out.
    """
    taken = select(instruction.c.id).where(
        instruction.c.batch_id == batch_id, instruction.c.state.in_(_TAKEN)
    )
    if session.scalar(lump_of(batch_id)) is not None or handings(session, batch_id) > 1:
        return False
    return session.scalar(taken.limit(1)) is None


def _refusal(row: Any, now: datetime) -> End:
    return End(
        REJECTED, "reject", FILE_STATUS, row.group_status, row.group_reason, local_date(now),
        {"report_id": row.report_id},
    )  # fmt: skip


def _had_before(session: Session, row: Any, said: str, now: datetime) -> None:
    """The provider has had this file: the first one came, so none of it is refused.

    After a doubt that is what the second handing over was for, and no news once the first was
    acknowledged. Where nobody doubted, somebody else handed it over, and the provider stops.
    """
    doubted = session.scalar(
        select(batch_event.c.seq)
        .where(batch_event.c.batch_id == row.id, batch_event.c.state == IN_DOUBT)
        .limit(1)
    )
    if doubted is not None and row.state == ANSWERED:
        return
    why = f"Ngân hàng báo lô {row.id} trùng với lô đã nhận"
    hold_id = None
    if doubted is None:
        hold_id = set_hold(session, "provider", row.provider, why, "system", now)
    open_batch_case(session, row.id, why, hold_id, now)
    _set(session, row, ANSWERED, now, f"{said}: had it before")


def _proven(session: Session, file_id: int, now: datetime, singly: Collection[str]) -> None:
    """A batch whose fate was unknown has arrived when one of its payments was booked."""
    rows = session.execute(_booked(), {"of_file": file_id, "singly": list(singly)}).all()
    for row in rows:
        _set(session, row, ANSWERED, now, f"file:{file_id}: a payment of the batch is booked")


@cache
def _booked() -> Select[Any]:
    booked = (
        select(instruction.c.id)
        .join(outcome, outcome.c.instruction_id == instruction.c.id)
        .join(bank_line, bank_line.c.id == outcome.c.bank_line_id)
        .where(instruction.c.batch_id == batch.c.id, bank_line.c.file_id == _OF_FILE)
    )
    lumped = (
        lump_of(batch.c.id)
        .join(bank_line, bank_line.c.id == lump.c.bank_line_id)
        .where(bank_line.c.file_id == _OF_FILE)
    )
    return (
        select(batch.c.id, batch.c.state)
        .join(contract, contract.c.id == batch.c.contract_id)
        .where(batch.c.state.in_((SENDING, IN_DOUBT)), contract.c.provider.not_in(_SINGLY))
        .where(or_(booked.exists(), lumped.exists()))
        .order_by(batch.c.id)
    )


def finish(session: Session, now: datetime) -> None:
    """Batches of which every payment has its outcome are done."""
    for row in session.execute(_finished()).all():
        _set(session, row, DONE, now, "every instruction has its outcome")


@cache
def _finished() -> Select[Any]:
    # Looked for batch by batch: PostgreSQL would join the payments of all years with those few.
    open_one = (
        select(instruction.c.id)
        .where(instruction.c.batch_id == batch.c.id, instruction.c.state.in_((READY, ACCEPTED)))
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(batch.c.id, batch.c.state)
        .where(batch.c.state.in_((SENT, IN_DOUBT, ANSWERED)), open_one.is_(None))
        .order_by(batch.c.id)
    )


def _set(session: Session, row: Any, state: str, now: datetime, evidence: str) -> None:
    """Move a batch and say why, unless it is there: another provider's file may have moved it."""
    moved = update(batch).where(batch.c.id == row.id, batch.c.state != state).values(state=state)
    if written(session, moved):
        add_event(session, row.id, state, now, "system", evidence)
