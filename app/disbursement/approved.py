"""Whether a batch is still what was approved and released, looked at before its file is made.

The file says what the instructions say, the instructions what the lines of the payroll say, and
the lines what the approvers confirmed: bank, account, holder, amount and all.
"""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Row,
    Select,
    bindparam,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from app.beneficiaries.history_tables import destination_mark
from app.disbursement.states import CANCELLED
from app.disbursement.tables import batch, instruction
from app.errors import Refused
from app.payroll.approval_tables import approval, payroll_round, payroll_step
from app.payroll.digest import changed
from app.payroll.states import APPROVED, CLOSED
from app.payroll.tables import payroll, payroll_line
from ledger.schema import whole_sum

_SAME = ("obligation_id", "destination_id", "method", "amount")
# Asked of every batch: the statements are built once.
_PAYROLL: BindParameter[int] = bindparam("payroll_id")
_CONTRACT: BindParameter[int] = bindparam("contract_id")
_BATCH: BindParameter[int] = bindparam("batch_id")
_STOP = "Dừng lô, giữ nguyên dữ liệu và báo kiểm toán."


def require_as_approved(session: Session, row: Row[Any]) -> None:
    """Refuse a batch whose payroll, lines or instructions are not those that were confirmed.

    Raises Refused, which names what differs and tells to stop.
    """
    of = {"payroll_id": row.payroll_id, "contract_id": row.contract_id, "batch_id": row.id}
    confirmed = session.execute(select(payroll).where(payroll.c.id == row.payroll_id)).one()
    if confirmed.state not in (APPROVED, CLOSED):
        raise Refused(f"Bảng {row.payroll_id} của lô {row.id} không còn được duyệt.", _STOP)
    if changed(session, {row.payroll_id: confirmed.digest}) or _differs(session, confirmed):
        raise Refused(f"Bảng {row.payroll_id} của lô {row.id} đã bị sửa sau khi duyệt.", _STOP)
    if session.scalar(_short(), of) is not None:
        raise Refused(f"Bảng {row.payroll_id} của lô {row.id} chưa đủ người duyệt.", _STOP)
    if session.scalars(_erased(), of).first() is not None:
        raise Refused(f"Lô {row.id} có người đã xoá dữ liệu.", _STOP)
    other = session.scalars(_unlike(), of).first()
    if other is not None or not _is_whole(session, row, of):
        raise Refused(f"Lô {row.id} không còn khớp với bảng {row.payroll_id} đã duyệt.", _STOP)


@cache
def _short() -> Select[tuple[int]]:
    return short_of_persons().where(payroll.c.id == _PAYROLL)


@cache
def _unlike() -> Select[Any]:
    return unlike_their_lines(instruction.c.batch_id == _BATCH)


@cache
def _erased() -> Select[Any]:
    """Destinations of the batch that were erased: their mark stands for them in a proof, and must
    stand for no account that anybody is paid into."""
    return (
        select(destination_mark.c.destination_id)
        .join(instruction, instruction.c.destination_id == destination_mark.c.destination_id)
        .where(instruction.c.batch_id == _BATCH)
    )


def _differs(session: Session, told: Row[Any]) -> bool:
    """Whether a payroll says of itself something else than its last round, or than its lines."""
    made = payroll_round.c
    last = session.execute(
        select(made.maker_id, made.digest, made.lines, made.total)
        .where(made.payroll_id == told.id, made.round == told.round)
    ).one_or_none()  # fmt: skip
    lines = _counted(session, _of_payroll(), {"payroll_id": told.id})
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


def _is_whole(session: Session, row: Row[Any], of: dict[str, int]) -> bool:
    """Whether the batch and those beside it have an instruction for every line of their payroll
    that goes to their contract, and it says itself how many and how much its own are; a cancelled
    one is none, for its obligation may stand on another list by now."""
    approved, built = _counted(session, _of_contract(), of), _counted(session, _of_batches(), of)
    return approved == built and _counted(session, _of_batch(), of) == (row.lines, row.total)


@cache
def _of_payroll() -> Select[Any]:
    return _figures(payroll_line.c.amount, payroll_line.c.payroll_id == _PAYROLL)


@cache
def _of_contract() -> Select[Any]:
    return _of_payroll().where(payroll_line.c.contract_id == _CONTRACT)


@cache
def _of_batch() -> Select[Any]:
    return _built().where(instruction.c.batch_id == _BATCH)


@cache
def _of_batches() -> Select[Any]:
    theirs = select(batch.c.id).where(
        batch.c.payroll_id == _PAYROLL, batch.c.contract_id == _CONTRACT
    )
    return _built().where(instruction.c.batch_id.in_(theirs))


def _built() -> Select[Any]:
    return _figures(instruction.c.amount, instruction.c.state != CANCELLED)


def _figures(amount: ColumnElement[Any], *which: ColumnElement[bool]) -> Select[Any]:
    figures = select(func.count(), func.coalesce(whole_sum(amount), 0)).where(*which)
    return cast("Select[Any]", figures)


def _counted(session: Session, figures: Select[Any], of: dict[str, int]) -> tuple[int, int]:
    count, total = session.execute(figures, of).one()
    return count, int(total)
