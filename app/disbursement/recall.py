"""Recalls: the bank is asked to bring a payment back (T17, T18). Asking moves no money.

What the bank answers moves none either (U8): a refusal leaves the payment settled, and only a
booked credit line makes it recalled, by the recipe that the request named: whether the person is
still owed the money or not.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, Update, bindparam, func, select, update
from sqlalchemy.orm import Session

from app.access.officers import Confirmation, confirm
from app.access.roles import require_role
from app.access.together import Signer
from app.audit.trail import record
from app.disbursement.cases import OPEN, RECALL, REFUSED, SUCCEEDED, case_of, end
from app.disbursement.evidence_tables import bank_case
from app.disbursement.holds import set_hold
from app.disbursement.states import RECALLED, SETTLED
from app.disbursement.tables import batch, instruction, outcome
from app.errors import Conflict, NotFound, Refused
from app.privacy import Keyring
from app.units.tables import contract, provider
from ledger.bulk import insert_one
from ledger.schema import Moment

ASK = "ask_recall"


@dataclass(frozen=True, slots=True)
class Request:
    """Which payment to bring back, why, and whether the person is still owed the money."""

    reference: str
    reason: str
    still_due: bool

    @property
    def digest(self) -> str:
        """What the officer confirms."""
        said = f"{ASK}|{self.reference}|{int(self.still_due)}|{self.reason}"
        return hashlib.sha256(said.encode()).hexdigest()


def ask_recall(
    session: Session, keyring: Keyring, signer: Signer, one: Request, now: datetime
) -> int:
    """A finance officer asks the bank to bring a settled payment back; gives the case's id.

    The payment is held meanwhile. Raises NotFound, Conflict when it is asked for already, Refused
    for a payment that is not settled or of a provider that holds an advance, Forbidden.
    """
    row = session.execute(
        select(instruction.c.id, instruction.c.amount, instruction.c.state,
               provider.c.holds_advance)
        .join(batch, batch.c.id == instruction.c.batch_id)
        .join(contract, contract.c.id == batch.c.contract_id)
        .join(provider, provider.c.code == contract.c.provider)
        .where(instruction.c.reference == one.reference)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFound(f"Không có lệnh chi mã {one.reference}.", "Kiểm tra lại mã.")
    _may_be_asked(session, row.id, row.state, bool(row.holds_advance))
    require_role(session, signer.officer_id, "releaser", "", now)
    what = Confirmation(ASK, one.digest, 1, row.amount)
    act_id = confirm(session, keyring, signer.officer_id, signer.code, now, what)
    actor = str(signer.officer_id)
    said = f"Đã yêu cầu ngân hàng thu hồi: {one.reason}"
    hold_id = set_hold(session, "instruction", str(row.id), said, actor, now)
    number = insert_one(
        session, bank_case, kind=RECALL, instruction_id=row.id, hold_id=hold_id,
        still_due=int(one.still_due), why=one.reason, state=OPEN, opened_by=actor,
        opened_at=now, act_id=act_id, answer="",
    )  # fmt: skip
    record(session, now, actor, "bank:recall:ask", f"bank_case:{number}", one.digest)
    return number


def _may_be_asked(session: Session, number: int, state: str, holds_advance: bool) -> None:
    settled = session.scalar(
        select(func.count())
        .select_from(outcome)
        .where(outcome.c.instruction_id == number, outcome.c.state == SETTLED)
        .where(outcome.c.undone_by == 0)
    )
    if state != SETTLED or not settled:
        raise Refused(
            "Chỉ thu hồi được lệnh ngân hàng đã ghi nợ.", "Lệnh chưa đi thì chờ kết quả của nó."
        )
    if holds_advance:
        raise Refused(
            "Nơi chi trả này giữ tiền tạm ứng; tiền về theo bảng quyết toán.",
            "Đề nghị bằng văn bản và chờ danh sách của nơi chi trả.",
        )
    asked = select(bank_case.c.id).where(
        bank_case.c.instruction_id == number, bank_case.c.kind == RECALL, bank_case.c.state == OPEN
    )
    if session.scalar(asked) is not None:
        raise Conflict("Lệnh này đang được yêu cầu thu hồi.", "Xem `ansinh bank cases`.")


def recall_answered(
    session: Session, keyring: Keyring, signer: Signer, number: int, answer: str, now: datetime
) -> None:
    """A finance officer records that the bank refused a recall; the payment stays settled.

    That it succeeded nobody records: the credit line says so. Raises NotFound, Refused.
    """
    row = case_of(session, number)
    if row.kind != RECALL:
        raise Refused("Hồ sơ này không phải yêu cầu thu hồi.", "Khép bằng `ansinh bank close`.")
    end(session, keyring, signer, row, REFUSED, answer, now)


def recalls_open(session: Session) -> bool:
    """Whether any payment is being recalled."""
    return session.scalar(_asked()) is not None


@cache
def _asked() -> Select[Any]:
    asked = select(bank_case.c.id).where(bank_case.c.kind == RECALL, bank_case.c.state == OPEN)
    return asked.limit(1)


def succeed(session: Session, now: datetime) -> None:
    """Close the recalls whose money has come back."""
    session.execute(_succeeded(), {"at": now})


@cache
def _succeeded() -> Update:
    back = select(instruction.c.id).where(
        instruction.c.id == bank_case.c.instruction_id, instruction.c.state == RECALLED
    )
    return (
        update(bank_case)
        .where(bank_case.c.kind == RECALL, bank_case.c.state == OPEN, back.exists())
        .values(state=SUCCEEDED, ended_at=bindparam("at", type_=Moment), answer="tiền đã về")
    )
