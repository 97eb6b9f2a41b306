"""Providers whose settlement of a month is due, and has not been accepted.

The contract names the day (before the 20th by law); from that day on it is a task of finance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import local_date
from app.disbursement.settling.tables import provider_settlement
from app.disbursement.states import BUILT, CANCELLED, RELEASED
from app.disbursement.tables import batch
from app.months import previous
from app.payroll.tables import payroll
from app.units.tables import contract
from ledger.money import format_number
from ledger.periods import period_of


@dataclass(frozen=True, slots=True)
class Overdue:
    """A provider's settlements of a month that are missing: of how many cells, and what to do."""

    provider: str
    period: str
    cells: int

    @property
    def found(self) -> str:
        """What is missing, in words."""
        return f"chưa chấp nhận quyết toán của {format_number(self.cells)} đơn vị và chương trình"

    @property
    def what(self) -> str:
        """What people do."""
        return (
            f"Đòi danh sách đã chi, chưa chi, chứng từ và tiền thừa của {self.provider}; xem"
            f" `ansinh recon settlements --period {self.period} --provider {self.provider}`."
        )


def overdue(session: Session, now: datetime) -> Iterator[Overdue]:
    """What is missing of this month from its settlement day on, and of the month before."""
    today = local_date(now)
    period = period_of(today)
    for one, until in ((previous(period), 31), (period, today.day)):
        for code, cells in _unsettled(session, one, until):
            yield Overdue(code, one, cells)


def _unsettled(session: Session, period: str, day: int) -> list[tuple[str, int]]:
    """By provider, how many cells were handed a list of the month and are not settled."""
    c, s = contract.c, provider_settlement.c
    settled = select(s.id).where(
        s.period == period, s.fund == c.fund, s.programme == c.programme, s.unit == c.unit_code,
        s.provider == c.provider,
    )  # fmt: skip
    place = (c.fund, c.programme, c.unit_code, c.provider)
    cells = (
        select(*place)
        .join(batch, batch.c.contract_id == c.id)
        .join(payroll, payroll.c.id == batch.c.payroll_id)
        .where(payroll.c.period == period, c.settlement_day <= day, ~settled.exists())
        .where(batch.c.state.not_in((BUILT, RELEASED, CANCELLED)))
        .group_by(*place)
        .subquery("cells")
    )
    query = select(cells.c.provider, func.count()).group_by(cells.c.provider)
    rows = session.execute(query.order_by(cells.c.provider))
    return [(row[0], row[1]) for row in rows]
