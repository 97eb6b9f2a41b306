"""What was done on the strength of a line: it is to be undone before the line is taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.benefits.tables import obligation, overpayment
from app.disbursement.cases import OPEN, RECALL
from app.disbursement.evidence_tables import bank_case
from app.disbursement.funding import cell_of
from app.disbursement.money import purse_of
from app.disbursement.releasable import released_totals
from app.disbursement.states import RETURNED, SETTLED
from app.disbursement.tables import batch, instruction
from app.disbursement.workbench.of_lumps import require_lump_still
from app.errors import Refused
from app.payroll.states import CLOSED, VOID
from app.payroll.tables import payroll, payroll_line
from ledger.money import format_vnd
from reconciliation import matching

_PAYMENTS: Mapping[str, str] = {
    matching.SETTLED: SETTLED, matching.RETURNED: RETURNED, matching.LATE: SETTLED,
}  # fmt: skip
"""By verdict, how a line left its payment."""


def require_still(session: Session, line: Row[Any], verdict: str, target: int) -> None:
    """Raise Refused, saying what to undo first, where what the line was taken for has moved on:
    a payment is not as the line left it or is to be paid anew, the Treasury's money is spent."""
    if verdict in _PAYMENTS:
        _payment_stands(session, _PAYMENTS[verdict], target)
    elif verdict == matching.LUMP:
        require_lump_still(session, target)
    elif verdict == matching.FUNDING:
        _money_is_there(session, line)


def _payment_stands(session: Session, state: str, number: int) -> None:
    row: Any = session.execute(
        select(instruction.c.state, instruction.c.reference).where(instruction.c.id == number)
    ).one()
    if row.state != state or _is_replaced(session, number):
        raise Refused(
            f"Lệnh {row.reference} đã đi tiếp từ lúc ghép (đang ở “{row.state}”).",
            "Bỏ ghép dòng đến sau trước; đã lập lệnh thay thế thì thu hồi hoặc lập hồ sơ.",
        )
    _not_listed(session, number, row.reference)
    recall = (bank_case.c.kind == RECALL) & (bank_case.c.state == OPEN)
    mine = select(bank_case.c.id).where(bank_case.c.instruction_id == number, recall)
    if session.scalar(mine) is not None:
        raise Refused(
            f"Lệnh {row.reference} đang được yêu cầu thu hồi.",
            "Ghi câu trả lời của ngân hàng trước; xem `ansinh bank cases`.",
        )
    if state == SETTLED and _claimed_back(session, number):
        raise Refused(
            f"Khoản của lệnh {row.reference} đang bị thu hồi vì chi thừa.",
            "Chưa chi thì không thể chi thừa: sửa quyết định ở phần trợ cấp trước, rồi bỏ ghép.",
        )


def require_not_paid_anew(session: Session, number: int, reference: str) -> None:
    """Raise Refused where a payment that was closed as not gone has another one in its place."""
    if _is_replaced(session, number):
        raise Refused(
            f"Lệnh {reference} đã lập lệnh thay thế: ghi nợ này có thể là chi hai lần.",
            "Thu hồi một trong hai lệnh, hoặc đòi ngân hàng trả lại, rồi ghép hai dòng với nhau.",
        )
    _not_listed(session, number, reference)


def _is_replaced(session: Session, number: int) -> bool:
    again = select(instruction.c.id).where(instruction.c.replaces_id == number)
    return session.scalar(again) is not None


def _not_listed(session: Session, number: int, reference: str) -> None:
    if (listed := _listed_again(session, number)) is not None:
        raise Refused(
            f"Lệnh {reference} đang ở danh sách số {listed} để chi lại.",
            "Loại người đó khỏi danh sách, hoặc hủy danh sách đã duyệt, rồi làm lại.",
        )


def _listed_again(session: Session, number: int) -> int | None:
    """The list on which what came back stands to be paid again, None where there is none: settled
    by an unmatch, it would keep all of that list from being sent."""
    query = (
        select(payroll.c.id)
        .join(payroll_line, payroll_line.c.payroll_id == payroll.c.id)
        .join(instruction, instruction.c.obligation_id == payroll_line.c.obligation_id)
        .join(batch, batch.c.id == instruction.c.batch_id)
        .where(instruction.c.id == number, payroll.c.id > batch.c.payroll_id)
        .where(payroll.c.state.not_in((CLOSED, VOID)))
    )
    return session.scalar(query.order_by(payroll.c.id))


def _claimed_back(session: Session, number: int) -> bool:
    """Whether the month that the payment paid was found to be paid too much."""
    due, more = obligation.c, overpayment.c
    query = (
        select(more.id)
        .join(obligation, (due.person_id == more.person_id) & (due.programme == more.programme)
              & (due.component == more.component) & (due.period == more.month))
        .join(instruction, instruction.c.obligation_id == due.id)
        .where(instruction.c.id == number, more.amount > 0)
    )  # fmt: skip
    return session.scalar(query.limit(1)) is not None


def _money_is_there(session: Session, line: Row[Any]) -> None:
    promised = released_totals(session).get(line.contract_id, 0)
    free = purse_of(session, cell_of(line)).free - promised
    if free < line.amount:
        raise Refused(
            f"Tiền này đã giải ngân, chỉ còn {format_vnd(max(free, 0))} chưa dùng.",
            "Chờ tiền khác của Kho bạc về, hoặc hủy lô chưa gửi, rồi bỏ ghép.",
        )
