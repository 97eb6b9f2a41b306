"""What a line may be, ranked, with the reasons in words: for people to judge, nothing is written.

A candidate has the line's amount to the đồng, alone or as a sum. What a payee is called, and what
is nearly our reference, only moves it up the list: two officers decide.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select
from sqlalchemy.orm import Session

from app import names
from app.beneficiaries.tables import destination
from app.disbursement.evidence import CREDITED, OPEN
from app.disbursement.expected import expected_payments
from app.disbursement.fees import Fee, fees_on
from app.disbursement.parked import expected_funding
from app.disbursement.repaid import expected_receipts
from app.disbursement.states import NOT_RECEIVED, REJECTED, SETTLED
from app.disbursement.tables import batch, instruction
from app.disbursement.workbench.lines import waiting_line
from app.disbursement.workbench.proposing import targets_of
from app.disbursement.workbench.targets import CLAIMS
from app.disbursement.year_end.refunds import expected_refunds
from app.errors import AnSinhError
from ledger.schema import whole_sum
from reconciliation.matching import CREDIT_UNKNOWN, FEE_MONTH
from reconciliation.tables import bank_line, suspense_item

CANDIDATES_MOST, SHOWN = 500, 10
NEAR_DAYS, NEARLY, NAMED = 3, 0.85, 64
_TOKEN = re.compile(r"[0-9A-Z]{12,20}")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Targets with their amounts, as `match` and `split` take them; why, the strongest reason
    first; and how much speaks for it, for the order alone."""

    parts: tuple[tuple[str, int], ...]
    why: tuple[str, ...]
    weight: int

    @property
    def key(self) -> str:
        """By what a page names it: the same parts have the same key."""
        return hashlib.sha256(repr(self.parts).encode()).hexdigest()[:12]

    @property
    def amount(self) -> int:
        """Đồng of all its parts."""
        return sum(amount for _, amount in self.parts)

    @property
    def is_certain(self) -> bool:
        """Whether our own reference stands in the line's text, with the same amount."""
        return self.weight >= NAMED

    def because(self, why: str, weight: int) -> Suggestion:
        """The same with one more reason."""
        return replace(self, why=(*self.why, why), weight=self.weight + weight)


def suggest(session: Session, number: int) -> list[Suggestion]:
    """The best candidates of a line that waits, best first, each fit to be proposed.

    Raises as `waiting_line` does.
    """
    line = waiting_line(session, number)
    found = sorted(_candidates(session, line), key=lambda one: (-one.weight, one.parts))
    return [one for one in found[: 3 * SHOWN] if _is_possible(session, line, one)][:SHOWN]


def _is_possible(session: Session, line: Row[Any], one: Suggestion) -> bool:
    try:
        targets_of(session, line, one.parts)
    except AnSinhError:
        return False
    return True


def _candidates(session: Session, line: Row[Any]) -> Iterator[Suggestion]:
    amount = abs(line.amount)
    rows = _payments(session, line, amount)
    fees = fees_on(session, line.contract_id, line.booked_on) if line.amount < 0 else []
    yield from (_of_payment(line, row, alone=len(rows) == 1) for row in rows)
    yield from _papers(session, line)
    if line.amount < 0:
        yield from (_fee(one) for one in fees if one.amount == amount)
        yield from _with_fee(session, line, fees)
        yield from _batches(session, line, fees)


def _payments(session: Session, line: Row[Any], amount: int) -> list[Row[Any]]:
    """Payments of an amount on the line's account that it may be evidence of."""
    wanted = expected_payments().subquery("wanted")
    states = (*OPEN, CREDITED) if line.amount < 0 else (SETTLED,)
    fits: ColumnElement[bool] = wanted.c.state.in_(states)
    if line.amount < 0 and line.reference:  # what was closed as not gone, and is named
        closed = wanted.c.state.in_((REJECTED, NOT_RECEIVED))
        fits = or_(fits, and_(closed, wanted.c.reference == line.reference))
    query = (
        select(wanted.c.reference, wanted.c.amount, destination.c.holder,
               func.coalesce(batch.c.execute_on, batch.c.requested_on).label("day"))
        .join(instruction, instruction.c.id == wanted.c.target_id)
        .join(destination, destination.c.id == instruction.c.destination_id)
        .join(batch, batch.c.id == instruction.c.batch_id)
        .where(*_here(wanted.c, line), wanted.c.amount == amount, fits)
        .order_by(batch.c.requested_on.desc(), wanted.c.target_id)
        .limit(CANDIDATES_MOST)
    )  # fmt: skip
    return list(session.execute(query))


def _here(wanted: Any, line: Row[Any]) -> tuple[ColumnElement[bool], ...]:
    return wanted.provider == line.provider, wanted.account == line.account


def _of_payment(line: Row[Any], row: Row[Any], *, alone: bool) -> Suggestion:
    told = Suggestion(((row.reference, row.amount),), ("số tiền bằng nhau",), 1)
    text = f"{line.reference} {line.found_reference} {line.remittance}".upper()
    if row.reference in text:
        told = told.because("có mã lệnh trong nội dung", NAMED)
    elif is_nearly(text, row.reference):
        told = told.because("nội dung có mã gần giống mã lệnh", 32)
    if alone:
        told = told.because("chỉ một lệnh có số tiền này", 16)
    if names.compare(row.holder, line.counterparty).result != names.DIFFERENT:
        told = told.because("tên người nhận giống tên trên dòng (chỉ để tham khảo)", 8)
    days = abs((line.booked_on - row.day).days)
    if days <= NEAR_DAYS:
        told = told.because(f"cách ngày gửi {days} ngày", NEAR_DAYS + 1 - days)
    return told


def is_nearly(text: str, reference: str) -> bool:
    """Whether a word of a text is a reference but for a sign or two."""
    return any(
        SequenceMatcher(None, word, reference, autojunk=False).ratio() >= NEARLY
        for word in _TOKEN.findall(text)
    )


def _papers(session: Session, line: Row[Any]) -> Iterator[Suggestion]:
    """Treasury money, slips, receipts and claims of the line's amount."""
    kinds = (
        ("", expected_funding(), line.amount, "giấy rút dự toán cùng số tiền, tiền chưa về"),
        ("slip:", expected_refunds(), -line.amount, "chứng từ nộp trả Kho bạc cùng số tiền"),
        ("receipt:", expected_receipts(), -line.amount, "giấy nộp tiền thu hồi cùng số tiền"),
    )
    for prefix, expected, amount, why in kinds:
        wanted = expected.subquery("wanted")
        here = select(wanted.c.reference).where(*_here(wanted.c, line), wanted.c.amount == amount)
        for reference in session.scalars(here.limit(SHOWN)):
            one = Suggestion(((f"{prefix}{reference}", abs(line.amount)),), (why,), 12)
            named = bool(reference) and reference.upper() in line.remittance.upper()
            yield one.because("nội dung có số này", NAMED) if named else one
    yield from _waiting_items(session, line)


def _waiting_items(session: Session, line: Row[Any]) -> Iterator[Suggestion]:
    """For a credit the open claims of its amount; for a debit the money that may have gone back."""
    about, item = bank_line.alias("about"), suspense_item.c
    word, kinds, why = (
        ("claim", CLAIMS, "khoản phải đòi cùng số tiền, chưa hoàn") if line.amount > 0 else
        ("credit", (CREDIT_UNKNOWN,), "tiền vào chưa rõ nguồn cùng số tiền, có thể đã trả lại")
    )  # fmt: skip
    query = (
        select(item.bank_line_id)
        .join(about, about.c.id == item.bank_line_id)
        .where(*_here(about.c, line), item.amount == -line.amount)
        .where(item.resolved_at.is_(None), item.kind.in_(kinds))
    )
    for number in session.scalars(query.limit(SHOWN)):
        yield Suggestion(((f"{word}:{number}", abs(line.amount)),), (why,), 12)


def _word(fee: Fee) -> str:
    return "fee:month" if fee.verdict == FEE_MONTH else f"fee:{fee.target}"


def _fee(one: Fee) -> Suggestion:
    return Suggestion(((_word(one), one.amount),), ("đúng phí theo hợp đồng, chưa trừ",), 20)


def _with_fee(session: Session, line: Row[Any], fees: Iterable[Fee]) -> Iterator[Suggestion]:
    """One payment and a fee that the contract allows."""
    for fee in fees:
        rest = -line.amount - fee.amount
        rows = _payments(session, line, rest) if rest > 0 else []
        for row in rows[:SHOWN]:
            one = _of_payment(line, row, alone=len(rows) == 1)
            parts = (*one.parts, (_word(fee), fee.amount))
            yield replace(one, parts=parts, why=("một lệnh và phí theo hợp đồng", *one.why[1:]))


def _batches(session: Session, line: Row[Any], fees: Iterable[Fee]) -> Iterator[Suggestion]:
    """All that is open of one batch, alone or with a fee: a sum of several payments."""
    wanted = expected_payments().subquery("wanted")
    sums = (
        select(instruction.c.batch_id, whole_sum(wanted.c.amount).label("total"))
        .join(instruction, instruction.c.id == wanted.c.target_id)
        .where(*_here(wanted.c, line), wanted.c.state.in_(OPEN))
        .group_by(instruction.c.batch_id)
        .having(func.count() > 1)
    )
    for row in session.execute(sums):
        for fee in (None, *fees):
            if row.total + (fee.amount if fee else 0) == -line.amount:
                mine = select(wanted.c.reference, wanted.c.amount).join(
                    instruction, instruction.c.id == wanted.c.target_id
                )
                open_ones = mine.where(
                    instruction.c.batch_id == row.batch_id, wanted.c.state.in_(OPEN)
                )
                parts = tuple(tuple(one) for one in session.execute(open_ones))
                more = ((_word(fee), fee.amount),) if fee else ()
                said = f"tổng các lệnh còn chờ của lô {row.batch_id}"
                why = f"{said} và phí theo hợp đồng" if fee else said
                yield Suggestion((*parts, *more), (why,), 40)
