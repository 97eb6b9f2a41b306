"""What a pack is about: one paying unit and month, as the selections that all its parts share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from app.benefits.tables import obligation
from app.disbursement.tables import batch, funding_request, instruction, outcome
from app.errors import InputError, NotFound
from app.payroll.tables import payroll
from app.units.tables import contract, paying_unit
from ledger.excerpt import Choice
from ledger.periods import days_of, period_of
from reconciliation.matching import FUNDING
from reconciliation.tables import bank_line, line_match


@dataclass(frozen=True, slots=True)
class Scope:
    """A paying unit's row and a month. `payrolls`, `batches` and `contracts` select ids: the
    lists of the month, their batches, and every contract that the unit ever had."""

    unit: Row[Any]
    period: str
    first: date
    last: date

    @property
    def payrolls(self) -> Select[Any]:
        """Ids of the month's lists, follow-ups included."""
        return select(payroll.c.id).where(
            payroll.c.period == self.period, payroll.c.unit_code == self.unit.code
        )

    @property
    def batches(self) -> Select[Any]:
        """Ids of the batches of those lists."""
        return select(batch.c.id).where(batch.c.payroll_id.in_(self.payrolls))

    @property
    def contracts(self) -> Select[Any]:
        """Ids of the unit's contracts."""
        return select(contract.c.id).where(contract.c.unit_code == self.unit.code)

    @property
    def list_entries(self) -> Select[Any]:
        """Entries of the books that hold an outcome of the month's instructions."""
        return (
            select(outcome.c.entry_id)
            .join(instruction, instruction.c.id == outcome.c.instruction_id)
            .where(instruction.c.batch_id.in_(self.batches))
            .distinct()
        )


def scope_of(session: Session, unit: str, period: str) -> Scope:
    """The unit and the month. Raises NotFound for an unknown unit, InputError for no month.

    What was adjusted in January for the year before stands in the pack of January.
    """
    try:
        first, last = days_of(period)
        period_is_month = period_of(first) == period
    except ValueError:
        period_is_month = False
    if not period_is_month:
        raise InputError(
            f"“{period}” không phải là một tháng.",
            "Ghi như 2026-10; bút toán chỉnh lý nằm trong hồ sơ tháng 1 năm sau.",
        )
    row = session.execute(select(paying_unit).where(paying_unit.c.code == unit)).one_or_none()
    if row is None:
        raise NotFound(f"Không có đơn vị chi “{unit}”.", "Xem mã đơn vị trong danh sách bảng chi.")
    return Scope(row, period, first, last)


def choice_of(session: Session, scope: Scope) -> Choice:
    """Which entries of the books belong to the pack."""
    lists = (f"payroll:{number}" for number in session.scalars(scope.payrolls))
    batches = (f"batch:{number}" for number in session.scalars(scope.batches))
    return Choice(
        unit=scope.unit.code,
        first=scope.first,
        last=scope.last,
        items=select(obligation.c.id).where(obligation.c.unit_code == scope.unit.code),
        sources=(*lists, *batches, *_of_funding(session, scope)),
        ids=scope.list_entries,
    )


def _of_funding(session: Session, scope: Scope) -> list[str]:
    """What proves the arrival of the month's money: the Treasury's slip, or the bank's line."""
    asked = select(funding_request.c.id, funding_request.c.reference).where(
        funding_request.c.period == scope.period,
        funding_request.c.contract_id.in_(scope.contracts),
    )
    rows = session.execute(asked).all()
    booked = session.scalars(
        select(bank_line.c.id)
        .join(line_match, line_match.c.bank_line_id == bank_line.c.id)
        .where(line_match.c.withdrawn_by == 0, line_match.c.verdict == FUNDING)
        .where(line_match.c.target_id.in_([row.id for row in rows]))
    )
    slips = [f"treasury-slip:{row.reference}" for row in rows]
    return [*slips, *(f"bank-line:{number}" for number in booked)]
