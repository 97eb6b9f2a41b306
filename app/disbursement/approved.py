"""Whether a batch is still what was approved and released, looked at before its file is made.

The file says what the instructions say, the instructions what the lines of the payroll say, and
the lines what the approvers confirmed: bank, account, holder, amount and all.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select, true
from sqlalchemy.orm import Session

from app.beneficiaries.history_tables import destination_mark
from app.disbursement.states import CANCELLED
from app.disbursement.tables import instruction
from app.errors import Refused
from app.payroll.approval_tables import approval, payroll_round, payroll_step
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
    confirmed = session.execute(select(payroll).where(payroll.c.id == row.payroll_id)).one()
    if confirmed.state not in (APPROVED, CLOSED):
        raise Refused(f"Bảng {row.payroll_id} của lô {row.id} không còn được duyệt.", _STOP)
    if changed(session, {row.payroll_id: confirmed.digest}) or _differs(session, confirmed):
        raise Refused(f"Bảng {row.payroll_id} của lô {row.id} đã bị sửa sau khi duyệt.", _STOP)
    if session.scalar(short_of_persons().where(payroll.c.id == row.payroll_id)) is not None:
        raise Refused(f"Bảng {row.payroll_id} của lô {row.id} chưa đủ người duyệt.", _STOP)
    if session.scalars(_erased(row)).first() is not None:
        raise Refused(f"Lô {row.id} có người đã xoá dữ liệu.", _STOP)
    other = session.scalars(unlike_their_lines(instruction.c.batch_id == row.id)).first()
    if other is not None or not _is_whole(session, row):
        raise Refused(f"Lô {row.id} không còn khớp với bảng {row.payroll_id} đã duyệt.", _STOP)


def _erased(row: Row[Any]) -> Select[Any]:
    """Destinations of the batch that were erased: their mark stands for them in a proof, and must
    stand for no account that anybody is paid into."""
    return (
        select(destination_mark.c.destination_id)
        .join(instruction, instruction.c.destination_id == destination_mark.c.destination_id)
        .where(instruction.c.batch_id == row.id)
    )


def _differs(session: Session, told: Row[Any]) -> bool:
    """Whether a payroll says of itself something else than its last round, or than its lines."""
    made = payroll_round.c
    last = session.execute(
        select(made.maker_id, made.digest, made.lines, made.total)
        .where(made.payroll_id == told.id, made.round == told.round)
    ).one_or_none()  # fmt: skip
    lines = _figures(session, payroll_line.c.amount, payroll_line.c.payroll_id == told.id)
    says = (told.maker_id, told.digest, told.lines, told.total)
    return last is None or tuple(last) != says or lines != (told.lines, told.total)


def short_of_persons() -> Select[tuple[int]]:
    """Payrolls whose last round has no steps, or one that too few persons confirmed."""
    step, mine = (
        payroll_step,
        (payroll_step.c.payroll_id == payroll.c.id) & (payroll_step.c.round == payroll.c.round),
    )
    persons = (
        select(func.count(func.distinct(approval.c.officer_id)))
        .where(approval.c.payroll_id == step.c.payroll_id, approval.c.round == step.c.round)
        .where(approval.c.ordinal == step.c.ordinal, approval.c.digest == payroll.c.digest)
        .correlate(step, payroll)
        .scalar_subquery()
    )
    short = select(step.c.ordinal).where(mine, persons < step.c.quorum).correlate(payroll)
    some = select(step.c.ordinal).where(mine).correlate(payroll)
    return select(payroll.c.id).where(or_(~some.exists(), short.exists())).order_by(payroll.c.id)


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
    contract, and says itself how many and how much they are; a cancelled one is none, for its
    obligation may stand on another list by now."""
    lines = (payroll_line.c.payroll_id == row.payroll_id,
             payroll_line.c.contract_id == row.contract_id)  # fmt: skip
    approved = _figures(session, payroll_line.c.amount, *lines)
    mine = (instruction.c.batch_id == row.id, instruction.c.state != CANCELLED)
    built = _figures(session, instruction.c.amount, *mine)
    return approved == built == (row.lines, row.total)


def _figures(
    session: Session, amount: ColumnElement[Any], *which: ColumnElement[bool]
) -> tuple[int, int]:
    count, total = session.execute(
        select(func.count(), func.coalesce(whole_sum(amount), 0)).where(*which)
    ).one()
    return count, int(total)
