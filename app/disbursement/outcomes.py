"""Applying verdicts: postings per cell, outcomes and states set-wise, one file at a time.

Every judged line of one verdict and contract becomes one entry; every instruction gets its
outcome with the bank line that proves it. Nothing here matches, and nothing here reads files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Text,
    case,
    column,
    func,
    insert,
    literal,
    select,
    update,
    values,
)
from sqlalchemy.orm import Session

from app.disbursement.funding import cell_of, receive
from app.disbursement.states import ACCEPTED, READY, RECALLED, REJECTED, RETURNED, SETTLED
from app.disbursement.tables import (
    FAILED_STATES,
    batch,
    funding_request,
    instruction,
    outcome,
)
from app.units.tables import contract, provider
from ledger.bulk import joined_as_written
from ledger.journal import EntryDraft, post, post_many
from ledger.periods import first_open_day
from ledger.schema import Day, Moment, Whole, whole_sum
from reconciliation import matching
from reconciliation.tables import bank_line, line_match, suspense_item

WAS_SETTLED = (SETTLED, RETURNED, RECALLED)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a verdict does: the instruction's next state, and the recipe by kind of provider.

    `recipe_cash` is for cash lines; only a provider that holds an advance has them.
    """

    state: str
    recipe_bank: str
    recipe_advance: str
    recipe_cash: str
    per_item: bool

    def recipe(self, row: Row[Any]) -> str:
        """The recipe for a contract's lines of one method."""
        if row.method == "cash":
            return self.recipe_cash
        return self.recipe_advance if row.holds_advance else self.recipe_bank


EFFECTS: Mapping[str, Effect] = {
    matching.SETTLED: Effect(SETTLED, "settle_bank", "settle_advance", "pay_cash", per_item=False),
    matching.REJECTED: Effect(REJECTED, "reject", "reject", "reject", per_item=True),
    matching.CARRIED: Effect(REJECTED, "carry_over", "carry_over", "carry_over", per_item=True),
    matching.RETURNED: Effect(
        RETURNED, "return_bank", "return_advance", "return_advance", per_item=True
    ),
}


@cache
def expected_payments() -> Select[Any]:
    """What the matcher may expect: every instruction that has left the house."""
    return (
        select(
            instruction.c.id.label("target_id"),
            contract.c.provider,
            contract.c.account,
            instruction.c.reference,
            instruction.c.amount,
            case((instruction.c.state.in_((READY, ACCEPTED)), 1), else_=0).label("is_open"),
            case((instruction.c.state == SETTLED, 1), else_=0).label("is_settled"),
            case((instruction.c.state.in_(WAS_SETTLED), 1), else_=0).label("was_settled"),
            case((instruction.c.state.in_(FAILED_STATES), 1), else_=0).label("was_refused"),
        )
        .join(batch, batch.c.id == instruction.c.batch_id)
        .join(contract, contract.c.id == batch.c.contract_id)
        .where(batch.c.state.not_in(("built", "released", "cancelled")))
    )


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


def apply_verdict(session: Session, file_id: int, verdict: str, now: datetime) -> int:
    """Apply one verdict's lines of a file to the books and the instructions; gives how many."""
    with joined_as_written(session):  # the verdicts were written a moment ago
        groups = session.execute(_by_contract(file_id, verdict)).all()
        posted = [_post_group(session, file_id, verdict, row, now) for row in groups]
        if posted:
            _outcomes(session, file_id, verdict, posted, now)
            _move(session, file_id, verdict, EFFECTS[verdict].state)
    return sum(row.lines for row in groups)


def _post_group(
    session: Session, file_id: int, verdict: str, row: Row[Any], now: datetime
) -> tuple[int, str, date, int]:
    """One entry for the lines of a contract and method: (contract, method, day, entry)."""
    draft = EntryDraft(
        key=f"file:{file_id}:{verdict}:{row.contract_id}:{row.method}",
        recipe=EFFECTS[verdict].recipe(row),
        cell=cell_of(row),
        effective_on=first_open_day(session, row.programme, row.last_day),
        recorded_at=now,
        source=f"file:{file_id}",
    )
    entry_id = _post(session, draft, file_id, verdict, row)
    return row.contract_id, row.method, draft.effective_on, entry_id


def _judged(file_id: int, verdict: str) -> Any:
    """The lines of a file with one verdict, from the line outwards: each step by a key."""
    return (
        bank_line.join(line_match, line_match.c.bank_line_id == bank_line.c.id)
        .join(instruction, instruction.c.id == line_match.c.target_id)
        .join(batch, batch.c.id == instruction.c.batch_id)
    ), (bank_line.c.file_id == file_id, line_match.c.verdict == verdict)


def _by_contract(file_id: int, verdict: str) -> Select[Any]:
    source, where = _judged(file_id, verdict)
    place = (contract.c.unit_code, contract.c.programme, contract.c.fund, contract.c.provider)
    return (
        select(
            batch.c.contract_id,
            instruction.c.method,
            *place,
            provider.c.holds_advance,
            func.count().label("lines"),
            whole_sum(instruction.c.amount).label("total"),
            func.max(bank_line.c.booked_on).label("last_day"),
        )
        .select_from(source)
        .join(contract, contract.c.id == batch.c.contract_id)
        .join(provider, provider.c.code == contract.c.provider)
        .where(*where)
        .group_by(batch.c.contract_id, instruction.c.method, *place, provider.c.holds_advance)
        .order_by(batch.c.contract_id, instruction.c.method)
    )


def _post(session: Session, draft: EntryDraft, file_id: int, verdict: str, row: Row[Any]) -> int:
    if not EFFECTS[verdict].per_item:
        return post(session, draft, int(row.total)).entry_id
    source, where = _judged(file_id, verdict)
    items = (
        select(instruction.c.obligation_id.label("item"), instruction.c.amount.label("amount"))
        .select_from(source)
        .where(*where, *_same(row))
    )
    return post_many(session, draft, items, count=row.lines, total=int(row.total)).entry_id


def _outcomes(
    session: Session, file_id: int, verdict: str, posted: Sequence[Any], now: datetime
) -> None:
    """The outcomes of a verdict's lines, all contracts of the file in one statement.

    `posted` has (contract, method, day of posting, entry) of each group of lines.
    """
    entries = (
        values(
            column("contract_id", Whole),
            column("method", Text),
            column("posted_on", Day),
            column("entry_id", Whole),
            name="posted",
        )
        .data(posted)
        .cte()
    )
    source, where = _judged(file_id, verdict)
    rows = (
        select(
            instruction.c.id,
            literal(EFFECTS[verdict].state),
            bank_line.c.id,
            bank_line.c.kind,
            bank_line.c.reason,
            bank_line.c.booked_on,
            entries.c.posted_on,
            literal(now, Moment),
            entries.c.entry_id,
        )
        .select_from(source)
        .join(
            entries,
            (entries.c.contract_id == batch.c.contract_id)
            & (entries.c.method == instruction.c.method),
        )
        .where(*where)
        .order_by(bank_line.c.id)
    )
    columns = ["instruction_id", "state", "bank_line_id", "evidence", "reason"]
    columns += ["happened_on", "posted_on", "recorded_at", "entry_id"]
    session.execute(insert(outcome).from_select(columns, rows, include_defaults=False))


def _same(row: Row[Any]) -> tuple[ColumnElement[bool], ...]:
    return batch.c.contract_id == row.contract_id, instruction.c.method == row.method


def _move(session: Session, file_id: int, verdict: str, state: str) -> None:
    judged = (
        select(line_match.c.target_id)
        .join(bank_line, bank_line.c.id == line_match.c.bank_line_id)
        .where(bank_line.c.file_id == file_id, line_match.c.verdict == verdict)
    )
    session.execute(update(instruction).where(instruction.c.id.in_(judged)).values(state=state))


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
        .order_by(funding_request.c.id)
    ).all()
    for row in rows:
        receive(session, row, row.booked_on, f"bank-line:{row.bank_line_id}", now)
    return len(rows)


PARKED: Mapping[str, str] = {
    matching.FEE: "claim_fee",
    matching.CREDIT_UNKNOWN: "park_credit",
    matching.DEBIT_UNKNOWN: "park_debit",
}


def park(session: Session, file_id: int, now: datetime) -> int:
    """Post what could not be placed as suspense or claim, one entry a line; gives how many."""
    rows = session.execute(
        select(bank_line, line_match.c.verdict, line_match.c.why, contract.c.unit_code,
               contract.c.programme, contract.c.fund)
        .join(line_match, line_match.c.bank_line_id == bank_line.c.id)
        .join(contract, (contract.c.provider == bank_line.c.provider)
              & (contract.c.account == bank_line.c.account))
        .where(bank_line.c.file_id == file_id, line_match.c.verdict.in_(PARKED))
        .order_by(bank_line.c.id)
    ).all()  # fmt: skip
    for row in rows:
        _park_one(session, row, now)
    return len(rows)


def _park_one(session: Session, row: Row[Any], now: datetime) -> None:
    draft = EntryDraft(
        key=f"bank-line:{row.id}",
        recipe=PARKED[row.verdict],
        cell=cell_of(row),
        effective_on=first_open_day(session, row.programme, row.booked_on),
        recorded_at=now,
        source=f"bank-line:{row.id}",
        reason=row.remittance or row.why,
    )
    is_credit = row.amount > 0
    post(
        session,
        draft,
        abs(row.amount),
        debit_item=0 if is_credit else row.id,
        credit_item=row.id if is_credit else 0,
    )
    session.execute(
        insert(suspense_item).values(
            bank_line_id=row.id,
            kind=row.verdict,
            amount=row.amount,
            owner="finance",
            why=row.why,
            opened_on=row.booked_on,
            resolution="",
        )
    )


def apply_refunds(session: Session, file_id: int, now: datetime) -> int:
    """Close the claims that a file's credits pay back, one entry each; gives how many."""
    rows = session.execute(
        select(bank_line, line_match.c.target_id, contract.c.unit_code, contract.c.programme,
               contract.c.fund)
        .join(line_match, line_match.c.bank_line_id == bank_line.c.id)
        .join(contract, (contract.c.provider == bank_line.c.provider)
              & (contract.c.account == bank_line.c.account))
        .where(bank_line.c.file_id == file_id, line_match.c.verdict == matching.FEE_BACK)
        .order_by(bank_line.c.id)
    ).all()  # fmt: skip
    for row in rows:
        draft = EntryDraft(
            key=f"bank-line:{row.id}",
            recipe="claim_paid",
            cell=cell_of(row),
            effective_on=first_open_day(session, row.programme, row.booked_on),
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
