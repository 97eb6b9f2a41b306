"""Lines about no payment, or that cannot be placed: Treasury money, suspense, claims, refunds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, insert, select, update
from sqlalchemy.orm import Session

from app.disbursement.funding import cell_of, receive
from app.disbursement.states import RETURNED, SETTLED
from app.disbursement.tables import batch, funding_request, instruction, outcome
from app.units.tables import contract, provider
from ledger.journal import EntryDraft, entry_keyed, post
from ledger.periods import first_open_day
from reconciliation import matching
from reconciliation.evidence import ANY, BOOKED_CREDIT
from reconciliation.tables import bank_line, line_match, suspense_item


@cache
def expected_funding() -> Select[Any]:
    """Withdrawal requests whose money has not come."""
    return (
        select(
            funding_request.c.id.label("target_id"),
            contract.c.provider,
            contract.c.account,
            funding_request.c.reference,
            funding_request.c.amount,
        )
        .join(contract, contract.c.id == funding_request.c.contract_id)
        .where(funding_request.c.received_on.is_(None), funding_request.c.amount > 0)
    )


def apply_funding(session: Session, file_id: int, now: datetime) -> int:
    """Record the Treasury money that a file's credits prove; gives how many requests."""
    rows = session.execute(
        select(
            funding_request.c.id,
            funding_request.c.reference,
            funding_request.c.amount,
            contract.c.unit_code,
            contract.c.programme,
            contract.c.fund,
            contract.c.provider,
            provider.c.holds_advance,
            bank_line.c.booked_on,
            bank_line.c.id.label("bank_line_id"),
        )
        .select_from(line_match)
        .join(bank_line, bank_line.c.id == line_match.c.bank_line_id)
        .join(funding_request, funding_request.c.id == line_match.c.target_id)
        .join(contract, contract.c.id == funding_request.c.contract_id)
        .join(provider, provider.c.code == contract.c.provider)
        .where(bank_line.c.file_id == file_id, line_match.c.verdict == matching.FUNDING)
        .where(line_match.c.withdrawn_by == 0)
        .where(funding_request.c.received_on.is_(None))
        .order_by(funding_request.c.id)
    ).all()
    for row in rows:
        evidence = f"bank-line:{row.bank_line_id}"
        key = evidence if entry_keyed(session, f"funding:{row.reference}") else ""
        receive(session, row, row.booked_on, evidence, now, key)
    return len(rows)


EARLY = "return-early"
"""The pass that finds a return whose payment has not been seen to leave."""

AGAIN = "debit-again"
"""The pass that finds a payment executed once more."""
DOUBLE = "double"
"""The kind of what a bank owes for a payment that it executed twice."""

PARKED: Mapping[str, str] = {
    matching.FEE: "claim_fee",
    matching.CREDIT_UNKNOWN: "park_credit",
    matching.DEBIT_UNKNOWN: "park_debit",
}
WAITS_BY: Mapping[str, str] = {**PARKED, DOUBLE: "claim_double"}
"""By the kind under which a line waits, the recipe by which it does."""


def park(session: Session, file_id: int, now: datetime) -> int:
    """Post what could not be placed as suspense or claim, one entry a line; gives how many."""
    rows = session.execute(_judged(file_id, PARKED)).all()
    for row in rows:
        _park_one(session, row, now)
    return len(rows)


def _judged(file_id: int, verdicts: Iterable[str]) -> Select[Any]:
    """A file's lines of these verdicts, oldest first, each with the cell of its account."""
    return (
        select(bank_line, line_match.c.verdict, line_match.c.why, line_match.c.target_id,
               line_match.c.pass_name, contract.c.unit_code, contract.c.programme, contract.c.fund)
        .join(line_match, line_match.c.bank_line_id == bank_line.c.id)
        .join(contract, (contract.c.provider == bank_line.c.provider)
              & (contract.c.account == bank_line.c.account))
        .where(bank_line.c.file_id == file_id, line_match.c.verdict.in_(verdicts))
        .order_by(bank_line.c.id)
    )  # fmt: skip


def _park_one(session: Session, row: Row[Any], now: datetime) -> None:
    kind = DOUBLE if row.pass_name == AGAIN else row.verdict
    draft = EntryDraft(
        key=f"bank-line:{row.id}",
        recipe=WAITS_BY[kind],
        cell=cell_of(row),
        effective_on=first_open_day(session, row.programme, row.booked_on, cell_of(row)),
        recorded_at=now,
        source=f"bank-line:{row.id}",
        reason=row.remittance or row.why,
    )
    wait_for(session, draft, row)
    session.execute(
        insert(suspense_item).values(
            bank_line_id=row.id,
            kind=kind,
            amount=row.amount,
            owner="finance",
            why=row.why,
            opened_on=row.booked_on,
            resolution="",
        )
    )


def wait_for(session: Session, draft: EntryDraft, line: Row[Any]) -> int:
    """Post a line as one that waits, under its own item; gives the entry."""
    is_credit = line.amount > 0
    items = {"credit_item" if is_credit else "debit_item": int(line.id)}
    return post(session, draft, abs(line.amount), **items).entry_id


def apply_refunds(session: Session, file_id: int, now: datetime) -> int:
    """Close the claims that a file's credits pay back, one entry each; gives how many."""
    rows = session.execute(_judged(file_id, (matching.FEE_BACK,))).all()
    for row in rows:
        draft = EntryDraft(
            key=f"bank-line:{row.id}",
            recipe="claim_paid",
            cell=cell_of(row),
            effective_on=first_open_day(session, row.programme, row.booked_on, cell_of(row)),
            recorded_at=now,
            source=f"bank-line:{row.id}",
            reason=row.remittance,
        )
        post(session, draft, row.amount, credit_item=row.target_id)
        session.execute(
            update(suspense_item)
            .where(suspense_item.c.bank_line_id == row.target_id)
            .values(resolved_at=now, resolution=f"bank-line:{row.id}")
        )
    return len(rows)


def place_early(session: Session, file_id: int, now: datetime) -> int:
    """Returns that came before the debit of their payment, now that a file shows the debit (T11b).

    The money waited in suspense; it is owed to the person again. Gives how many.
    """
    rows = session.execute(_early(), {"of_file": file_id}).all()
    first = {row.instruction_id: row for row in reversed(rows)}
    for row in first.values():
        _place_one(session, row, now)
    return len(first)


@cache
def _early() -> Select[Any]:
    settled, late = outcome.alias("settled"), line_match.alias("early")
    debit = bank_line.alias("debit")
    return (
        select(bank_line, instruction.c.id.label("instruction_id"), instruction.c.obligation_id,
               contract.c.unit_code, contract.c.programme, contract.c.fund)
        .select_from(debit)
        .join(settled, (settled.c.bank_line_id == debit.c.id) & (settled.c.state == SETTLED))
        .join(instruction, instruction.c.id == settled.c.instruction_id)
        .join(late, (late.c.target_id == instruction.c.id)
              & (late.c.verdict == matching.CREDIT_UNKNOWN) & (late.c.pass_name == EARLY))
        .join(suspense_item, suspense_item.c.bank_line_id == late.c.bank_line_id)
        .join(bank_line, bank_line.c.id == late.c.bank_line_id)
        .join(batch, batch.c.id == instruction.c.batch_id)
        .join(contract, contract.c.id == batch.c.contract_id)
        .where(debit.c.file_id == bindparam("of_file"), instruction.c.state == SETTLED)
        .where(suspense_item.c.resolved_at.is_(None))
        .order_by(bank_line.c.id)
    )  # fmt: skip


def _place_one(session: Session, row: Row[Any], now: datetime) -> None:
    draft = EntryDraft(
        key=f"bank-line:{row.id}:placed",
        recipe="place_credit",
        cell=cell_of(row),
        effective_on=first_open_day(session, row.programme, row.booked_on, cell_of(row)),
        recorded_at=now,
        source=f"bank-line:{row.id}",
        reason=row.remittance,
    )
    posted = post(session, draft, row.amount, debit_item=row.id, credit_item=row.obligation_id)
    session.execute(
        insert(outcome).values(
            instruction_id=row.instruction_id, state=RETURNED, bank_line_id=row.id,
            source=BOOKED_CREDIT, word=ANY, evidence=row.kind, reason=row.reason,
            happened_on=row.booked_on, posted_on=draft.effective_on, recorded_at=now,
            entry_id=posted.entry_id,
        )
    )  # fmt: skip
    session.execute(
        update(instruction).where(instruction.c.id == row.instruction_id).values(state=RETURNED)
    )
    session.execute(
        update(suspense_item)
        .where(suspense_item.c.bank_line_id == row.id)
        .values(resolved_at=now, resolution=f"instruction:{row.instruction_id}")
    )
