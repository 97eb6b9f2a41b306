"""How recoveries stand: decided, paid back, written off, still open, and late by the plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from app.benefits.tables import recovery_decision, recovery_receipt
from app.disbursement.recovery_tables import recovery_plan, recovery_write_off
from app.errors import NotFound
from app.months import month_of, months_between
from ledger.schema import whole_sum


@dataclass(frozen=True, slots=True)
class Standing:
    """One decision, VND. `late`: what the plan wanted by today and has not come."""

    decision_id: int
    number: str
    person_id: int
    programme: str
    unit_code: str
    amount: int
    repaid: int
    written_off: int
    monthly: int
    late: int

    @property
    def still_open(self) -> int:
        """What is still to be recovered."""
        return self.amount - self.repaid - self.written_off


def decision_of(session: Session, number: int) -> Row[Any]:
    """A decision to recover by its row number. Raises NotFound."""
    query = select(recovery_decision).where(recovery_decision.c.id == number)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound(
            f"Không có quyết định thu hồi số {number}.", "Xem `ansinh benefits recoveries`."
        )
    return row


def still_open(session: Session, decision_id: int) -> int:
    """What is still to be recovered under a decision, in VND."""
    of = decision_of(session, decision_id)
    gone = sum(
        int(session.scalar(_sum_of(one).where(one.c.decision_id == decision_id)) or 0)
        for one in (recovery_receipt, recovery_write_off)
    )
    return int(of.amount) - gone


def _sum_of(table: Any) -> Select[Any]:
    return select(func.coalesce(whole_sum(table.c.amount), 0))


def standings(session: Session, today: date) -> list[Standing]:
    """Every decision, oldest first."""
    repaid, gone = (_by_decision(session, one) for one in (recovery_receipt, recovery_write_off))
    plans = {
        row.decision_id: row
        for row in session.execute(select(recovery_plan).order_by(recovery_plan.c.id))
    }
    rows = session.execute(select(recovery_decision).order_by(recovery_decision.c.id))
    return [
        _standing(row, repaid.get(row.id, 0), gone.get(row.id, 0), plans.get(row.id), today)
        for row in rows
    ]


def _by_decision(session: Session, table: Any) -> dict[int, int]:
    total = whole_sum(table.c.amount).label("total")
    query = select(table.c.decision_id, total).group_by(table.c.decision_id)
    return {row.decision_id: int(row.total) for row in session.execute(query)}


def _standing(row: Row[Any], repaid: int, gone: int, plan: Row[Any] | None, on: date) -> Standing:
    late = 0
    if plan is not None and plan.first_period <= month_of(on):
        due = plan.monthly * len(months_between(plan.first_period, month_of(on)))
        before = row.amount - plan.amount  # what had come when the plan was made
        late = max(min(due, plan.amount) + before - repaid - gone, 0)
    return Standing(
        row.id, row.number, row.person_id, row.programme, row.unit_code, row.amount, repaid, gone,
        0 if plan is None else plan.monthly, late,
    )  # fmt: skip
