"""What could not be paid and is carried over: since which month, how long, and what comes next.

The obligation stays the same, only the attempt is new (C5). People are counted, not named.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, func, select, union
from sqlalchemy.orm import Session

from app.benefits.tables import obligation
from app.clock import local_date
from app.disbursement.failed import FAILED_OUTCOME
from app.disbursement.states import CANCELLED
from app.disbursement.tables import FAILED_STATES, batch, instruction, outcome
from app.months import month_of, months_between
from app.units.tables import contract
from ledger.chart import Cell
from ledger.schema import whole_sum

UNCOLLECTED = 3
"""Months not collected after which a pause is proposed (Circular 02/2021/TT-BLDTBXH art. 2)."""


@dataclass(frozen=True, slots=True)
class Unpaid:
    """Payments of one month and cell that are owed again: how many, đồng, and for how many months
    by now, the month of the list being the first."""

    cell: Cell
    period: str
    method: str
    months: int
    count: int
    amount: int

    @property
    def next_step(self) -> str:
        """What is done about them."""
        if self.method != "cash":
            return "sửa tài khoản hoặc chuyển sang tiền mặt, rồi lập bảng bổ sung"
        if self.months >= UNCOLLECTED:
            return f"không lĩnh {UNCOLLECTED} tháng: xem xét đề nghị tạm dừng"
        return "đưa vào danh sách tháng sau"


def unpaid(
    session: Session, now: datetime, where: tuple[ColumnElement[bool], ...] = ()
) -> list[Unpaid]:
    """What is owed again and on no list that has left, by cell and month; oldest first."""
    c, i, later = contract.c, instruction.c, instruction.alias("later")
    again = select(later.c.id).where(later.c.replaces_id == i.id)
    keys = (c.fund, c.programme, c.unit_code, c.provider, obligation.c.period, i.method)
    rows = session.execute(
        select(*keys, func.count(), whole_sum(i.amount))
        .select_from(instruction)
        .join(batch, batch.c.id == i.batch_id)
        .join(contract, c.id == batch.c.contract_id)
        .join(obligation, obligation.c.id == i.obligation_id)
        .where(i.id.in_(_failed()), i.state.in_(FAILED_STATES), ~again.exists(), *where)
        .group_by(*keys)
        .order_by(obligation.c.period, c.unit_code, c.programme, c.provider, i.method)
    )
    today = month_of(local_date(now))
    return [
        Unpaid(Cell(*row[:4]), row[4], row[5], _months(row[4], today), row[6], int(row[7]))
        for row in rows
    ]


def _failed() -> CompoundSelect[Any]:
    """What failed at a provider, and what was cancelled with its batch: few among all."""
    told = select(outcome.c.instruction_id).where(FAILED_OUTCOME)
    cancelled = (
        select(instruction.c.id)
        .join(batch, batch.c.id == instruction.c.batch_id)
        .where(batch.c.state == CANCELLED)
    )
    return union(told, cancelled)


def _months(first: str, today: str) -> int:
    """How many months by now, the first included; one for a list of a month still to come."""
    return max(len(months_between(first, today)), 1)
