"""Fees that a contract lets a provider take from the account itself (T15): of equal amount only.

A fee by the month is owed once a month, one by the batch once for each batch. Fee lines are few, a
handful an account; every other fee is a claim (C9).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, and_, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.disbursement.charge_tables import contract_charge
from app.disbursement.charges import BATCH, MONTH, charge_on
from app.disbursement.funding import cell_of
from app.disbursement.line_tables import fee_taken, line_part
from app.disbursement.tables import batch
from app.errors import Conflict
from app.units.tables import contract
from ledger.journal import EntryDraft, post
from ledger.periods import first_open_day
from reconciliation.fee_lines import fees_in
from reconciliation.matching import FEE_BATCH, FEE_MONTH
from reconciliation.tables import bank_line, line_match

BATCH_DAYS = 62
"""How long after a batch its fee may come."""
PASS = "contract-fee"  # noqa: S105 - the matcher's pass
_MONTHS = 1_000_000
_PARTS = 10_000
_WHY = {FEE_MONTH: "phí tháng đúng theo hợp đồng", FEE_BATCH: "phí của lô đúng theo hợp đồng"}


class Fee(NamedTuple):
    """A fee that may be taken once: its verdict, what it is for, how much, and on which days.

    The target is the batch, or the contract and the month: id * 1,000,000 + yyyymm; a charge
    that is agreed anew in the middle of a month is no second fee of that month.
    """

    verdict: str
    target: int
    amount: int
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class FeeLine:
    """A line that calls itself a fee: VND above zero."""

    line: int
    amount: int
    day: date


def placed(lines: Iterable[FeeLine], fees: Iterable[Fee]) -> dict[int, Fee]:
    """Which fee each line is, each once: the one that ends first of those that fit it."""
    left = sorted(set(fees), key=lambda one: (one.until, one.target))
    found: dict[int, Fee] = {}
    for line in sorted(lines, key=lambda one: (one.day, one.line)):
        fits = (one for one in left
                if one.amount == line.amount and one.since <= line.day <= one.until)  # fmt: skip
        if fee := next(fits, None):
            found[line.line] = fee
            left = [one for one in left if one[:2] != fee[:2]]
    return found


def match_fees(session: Session, file_id: int, now: datetime) -> Counter[str]:
    """Match and post a file's fees that its contracts name; gives how many by verdict."""
    if session.scalar(select(contract_charge.c.id).limit(1)) is None:
        return Counter()
    by_contract: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in session.execute(fees_in(file_id).add_columns(*_PLACE).join(contract, _ON)):
        by_contract[row.contract_id].append(row)
    counts: Counter[str] = Counter()
    for contract_id, rows in by_contract.items():
        lines = [FeeLine(row.id, -row.amount, row.booked_on) for row in rows]
        owed = list(_owed(session, contract_id, {one.day for one in lines}))
        fees = placed(lines, _unused(session, owed))
        for row in rows:
            if row.id in fees:
                fee = fees[row.id]
                take(session, row, fee, PASS, _WHY[fee.verdict], now)
                counts[fees[row.id].verdict] += 1
    return counts


_PLACE = (contract.c.id.label("contract_id"), contract.c.unit_code, contract.c.programme,
          contract.c.fund)  # fmt: skip
_ON = (contract.c.provider == bank_line.c.provider) & (contract.c.account == bank_line.c.account)


def _owed(session: Session, contract_id: int, days: Iterable[date]) -> Iterator[Fee]:
    """What a contract lets be taken on these days."""
    terms = session.execute(
        select(contract_charge).where(contract_charge.c.contract_id == contract_id)
    ).all()
    if not terms:
        return
    for day in days:
        term = charge_on(terms, MONTH, day)
        if term is not None and term.amount and term.is_borne:
            first = day.replace(day=1)
            last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
            target = contract_id * _MONTHS + day.year * 100 + day.month
            yield Fee(FEE_MONTH, target, term.amount, first, last)
        term = charge_on(terms, BATCH, day)
        if term is not None and term.is_borne:
            yield from _of_batches(session, contract_id, day)


def _of_batches(session: Session, contract_id: int, day: date) -> Iterator[Fee]:
    rows = session.execute(
        select(batch.c.id, batch.c.total, batch.c.requested_on, contract.c.fee_per_ten_thousand)
        .join(contract, contract.c.id == batch.c.contract_id)
        .where(batch.c.contract_id == contract_id)
        .where(batch.c.state.not_in(("built", "released", "cancelled")))
        .where(batch.c.requested_on.between(day - timedelta(days=BATCH_DAYS), day))
    )
    for row in rows:
        amount = fee_of(row.total, row.fee_per_ten_thousand)
        until = row.requested_on + timedelta(days=BATCH_DAYS)
        if amount:
            yield Fee(FEE_BATCH, row.id, amount, row.requested_on, until)


def fee_of(total: int, per_ten_thousand: int) -> int:
    """The fee of a batch in VND, halves rounded up."""
    return (total * per_ten_thousand + _PARTS // 2) // _PARTS


def fees_on(session: Session, contract_id: int, day: date) -> list[Fee]:
    """What a contract lets be taken on a day and no line has taken yet."""
    return list(_unused(session, _owed(session, contract_id, [day])))


def _unused(session: Session, fees: Iterable[Fee]) -> Iterator[Fee]:
    """Without those that a line has taken already, found by the matcher or placed by hand."""
    found = list(fees)
    targets = {one.target for one in found}
    matched = select(line_match.c.verdict, line_match.c.target_id).where(
        line_match.c.withdrawn_by == 0
    )
    placed = select(line_part.c.verdict, line_part.c.target_id).where(line_part.c.undone_by == 0)
    taken = {
        tuple(row)
        for query, t in ((matched, line_match.c), (placed, line_part.c))
        for row in session.execute(
            query.where(t.verdict.in_((FEE_MONTH, FEE_BATCH)), t.target_id.in_(targets))
        )
    }
    return (one for one in found if (one.verdict, one.target) not in taken)


def take_once(session: Session, verdict: str, target: int, line: int, now: datetime) -> None:
    """A fee is taken by this line and no other. Raises Conflict where another one took it at the
    same moment, by the matcher or by hand: who comes second looks again."""
    withdrawn = and_(line_match.c.verdict == verdict, line_match.c.target_id == target,
                     line_match.c.withdrawn_by > 0)  # fmt: skip
    undone = and_(line_part.c.verdict == verdict, line_part.c.target_id == target,
                  line_part.c.undone_by > 0)  # fmt: skip
    turn = sum(
        session.execute(select(func.count()).select_from(table).where(where)).scalar_one()
        for table, where in ((line_match, withdrawn), (line_part, undone))
    )
    values = {"verdict": verdict, "target_id": target, "turn": turn, "bank_line_id": line,
              "recorded_at": now}  # fmt: skip
    try:
        with session.begin_nested():
            session.execute(insert(fee_taken).values(values))
    except IntegrityError:
        raise Conflict("Phí này vừa được một dòng khác nhận.", "Chạy lại lệnh.") from None


def take(
    session: Session, row: Row[Any], fee: Fee, pass_name: str, why: str, now: datetime
) -> None:
    """A line is the fee that a contract allows: its verdict, by this pass, and its entry.

    Raises Conflict as `take_once` does.
    """
    take_once(session, fee.verdict, fee.target, row.id, now)
    session.execute(
        insert(line_match).values(
            bank_line_id=row.id, verdict=fee.verdict, pass_name=pass_name,
            target_id=fee.target, why=why,
        )
    )  # fmt: skip
    draft = EntryDraft(
        key=f"bank-line:{row.id}",
        recipe="pay_fee",
        cell=cell_of(row),
        effective_on=first_open_day(session, row.programme, row.booked_on, cell_of(row)),
        recorded_at=now,
        source=f"bank-line:{row.id}",
        reason=row.remittance,
    )
    post(session, draft, fee.amount)
