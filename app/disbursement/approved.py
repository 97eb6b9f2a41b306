"""Whether a batch is still what was approved and released, looked at before its file is made.

The file says what the instructions say, the instructions what the lines of the payroll say, and
the lines what the approvers confirmed: bank, account, holder, amount and all.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select, true
from sqlalchemy.orm import Session

from app.disbursement.tables import instruction
from app.errors import Refused
from app.payroll.digest import changed
from app.payroll.states import APPROVED, CLOSED
from app.payroll.tables import payroll, payroll_line
from ledger.schema import whole_sum

_SAME = ("obligation_id", "destination_id", "method", "amount")
_STOP = "Dừng lô, giữ nguyên dữ liệu và báo kiểm toán."


def require_as_approved(session: Session, row: Row[Any]) -> None:
    """Refuse a batch whose payroll, lines or instructions are not those that were confirmed.

    Raises Refused, which names what differs and tells to stop.
    """
    confirmed = session.execute(
        select(payroll.c.digest, payroll.c.state).where(payroll.c.id == row.payroll_id)
    ).one()
    if confirmed.state not in (APPROVED, CLOSED):
        raise Refused(f"Bảng {row.payroll_id} của lô {row.id} không còn được duyệt.", _STOP)
    if changed(session, {row.payroll_id: confirmed.digest}):
        raise Refused(f"Bảng {row.payroll_id} của lô {row.id} đã bị sửa sau khi duyệt.", _STOP)
    other = session.scalars(unlike_their_lines(instruction.c.batch_id == row.id)).first()
    if other is not None or not _is_whole(session, row):
        raise Refused(f"Lô {row.id} không còn khớp với bảng {row.payroll_id} đã duyệt.", _STOP)


def unlike_their_lines(which: ColumnElement[bool] | None = None) -> Select[Any]:
    """Ids of instructions that are not what their payroll line says."""
    unlike = or_(*(instruction.c[name] != payroll_line.c[name] for name in _SAME))
    return (
        select(instruction.c.id)
        .outerjoin(payroll_line, payroll_line.c.id == instruction.c.payroll_line_id)
        .where(or_(unlike, payroll_line.c.id.is_(None)), true() if which is None else which)
        .order_by(instruction.c.id)
    )


def _is_whole(session: Session, row: Row[Any]) -> bool:
    """Whether the batch has an instruction for every line of its payroll that goes to its
    contract, and says itself how many and how much they are."""
    lines = (payroll_line.c.payroll_id == row.payroll_id,
             payroll_line.c.contract_id == row.contract_id)  # fmt: skip
    approved = _figures(session, payroll_line.c.amount, *lines)
    built = _figures(session, instruction.c.amount, instruction.c.batch_id == row.id)
    return approved == built == (row.lines, row.total)


def _figures(
    session: Session, amount: ColumnElement[Any], *which: ColumnElement[bool]
) -> tuple[int, int]:
    count, total = session.execute(
        select(func.count(), func.coalesce(whole_sum(amount), 0)).where(*which)
    ).one()
    return count, int(total)
