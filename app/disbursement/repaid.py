"""What people pay back under a decision to recover, recorded by its receipt (T21).

The money lies in a bank account of the paying unit and goes to the Treasury at the year's end
(C10). The statement that shows the credit names the paper, and posts nothing again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, literal, select
from sqlalchemy.orm import Session

from app.access.officers import Confirmation
from app.access.together import Signer, confirm_together
from app.benefits.tables import recovery_decision, recovery_finding, recovery_receipt
from app.clock import local_date
from app.disbursement.recovery import (
    Decision,
    Recorded,
    cell_at,
    decision_digest,
    digest_of,
    draft,
    tell,
)
from app.disbursement.recovery_standing import decision_of, still_open
from app.errors import Conflict, InputError, Refused
from app.privacy import Keyring
from app.units.tables import contract
from ledger.balances import cell_balances
from ledger.bulk import insert_one
from ledger.chart import Cell
from ledger.journal import post
from ledger.money import format_vnd

RECEIVE = "recovery_receipt"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money paid back under a decision: the paper, its day, the provider's account, VND."""

    decision_id: int
    document: str
    received_on: date
    provider: str
    amount: int


def receipt_digest(one: Receipt) -> str:
    """What the two officers confirm of a receipt."""
    said = (one.decision_id, one.document, one.received_on.isoformat(), one.provider, one.amount)
    return digest_of(RECEIVE, *said)


def receive(
    session: Session, keyring: Keyring, signers: Sequence[Signer], one: Receipt, now: datetime
) -> Recorded:
    """Two officers record money that a person paid back into a bank account (T21).

    Raises NotFound, InputError, Conflict for a paper recorded otherwise, Refused above what is
    open, or where the statement showed an unknown credit that may be this very money.
    """
    of = decision_of(session, one.decision_id)
    if known := _known_receipt(session, one):
        return known
    cell = cell_at(session, of.programme, of.unit_code, one.provider)
    _acceptable(session, of, one, cell, now)
    digest = receipt_digest(one)
    what = Confirmation(RECEIVE, digest, 1, one.amount)
    joint_id = confirm_together(session, keyring, signers, f"recovery:{of.id}", now, what,
                                programme=of.programme)  # fmt: skip
    key = f"recovery-receipt:{joint_id}"
    header = draft(session, key, "overpayment_repaid", cell, one.received_on, now)
    posted = post(session, header, one.amount, credit_item=of.joint_id)
    number = insert_one(
        session, recovery_receipt, decision_id=of.id, document=one.document,
        received_on=one.received_on, provider=one.provider, amount=one.amount, joint_id=joint_id,
        entry_id=posted.entry_id, recorded_at=now,
    )  # fmt: skip
    tell(session, now, signers, "recovery:receipt:record", f"recovery:{of.id}", digest)
    return Recorded(number, posted.entry_id, one.amount, is_new=True)


def _known_receipt(session: Session, one: Receipt) -> Recorded | None:
    r = recovery_receipt.c
    row = session.execute(
        select(recovery_receipt).where(r.decision_id == one.decision_id, r.document == one.document)
    ).one_or_none()
    if row is None:
        return None
    if (row.amount, row.received_on, row.provider) != (one.amount, one.received_on, one.provider):
        raise Conflict(
            f"Giấy nộp {one.document} đã ghi với {format_vnd(row.amount)}.", "Kiểm tra lại số giấy."
        )
    return Recorded(row.id, row.entry_id, row.amount, is_new=False)


def _acceptable(session: Session, of: Any, one: Receipt, cell: Cell, now: datetime) -> None:
    if one.amount <= 0 or not one.document.strip() or one.received_on > local_date(now):
        raise InputError(
            "Giấy nộp tiền thiếu số, sai ngày hoặc sai số tiền.", "Nhập như ghi trên giấy nộp."
        )
    still = still_open(session, of.id)
    if one.amount > still:
        raise Refused(
            f"Quyết định {of.number} còn phải thu {format_vnd(still)}, không phải"
            f" {format_vnd(one.amount)}.",
            "Kiểm tra lại số tiền.",
        )
    if cell_balances(session, ("suspense",), cell)["suspense"]:
        raise Refused(
            "Tài khoản này có tiền vào chưa rõ nguồn; có thể chính là tiền nộp lại.",
            "Xử lý tiền chưa rõ nguồn trước, rồi ghi giấy nộp.",
        )


@cache
def expected_receipts() -> Select[Any]:
    """Receipts that a bank's statement will show, for the matcher: a credit naming the paper."""
    r, d = recovery_receipt.c, recovery_decision.c
    return (
        select(
            r.id.label("target_id"),
            contract.c.provider,
            contract.c.account,
            r.document.label("reference"),
            (literal(0) - r.amount).label("amount"),
        )
        .join(recovery_decision, d.id == r.decision_id)
        .join(
            contract,
            (contract.c.programme == d.programme)
            & (contract.c.unit_code == d.unit_code)
            & (contract.c.provider == r.provider),
        )
    )


def recovery_digests(session: Session) -> dict[int, str]:
    """By joint act, the digest that its rows give now: for the proof of what was confirmed."""
    lines: dict[int, list[tuple[int, int]]] = {}
    for row in session.execute(select(recovery_finding)):
        lines.setdefault(row.decision_id, []).append((row.overpayment_id, row.amount))
    found = {}
    for row in session.execute(select(recovery_decision)):
        one = Decision(row.number, row.decided_on, row.signer, row.person_id, row.programme)
        found[row.joint_id] = decision_digest(one, lines.get(row.id, ()))
    for row in session.execute(select(recovery_receipt)):
        receipt = Receipt(row.decision_id, row.document, row.received_on, row.provider, row.amount)
        found[row.joint_id] = receipt_digest(receipt)
    return found
