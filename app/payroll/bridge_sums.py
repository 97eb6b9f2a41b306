"""The bridges of many payrolls added up, for whoever looks at a month as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.payroll.bridge import CAUSES
from app.payroll.tables import MONTH_LISTS, bridge, payroll


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the bridge; `amount` is VND, `people` persons it concerns."""

    cause: str
    people: int
    amount: int


def bridge_of(session: Session, *where: Any) -> list[Step]:
    """The bridges of the monthly payrolls that fit, added up by cause, in their order."""
    rows = session.execute(
        select(bridge.c.cause, func.sum(bridge.c.people), func.sum(bridge.c.amount))
        .join(payroll, payroll.c.id == bridge.c.payroll_id)
        .where(*where)
        .group_by(bridge.c.cause)
    )
    found = {row[0]: Step(row[0], int(row[1]), int(row[2])) for row in rows}
    return [found[cause] for cause in CAUSES if cause in found]


def monthly(period: str) -> Any:
    """The condition that a payroll is a monthly one of this month and counts."""
    return and_(
        payroll.c.period == period, payroll.c.kind.in_(MONTH_LISTS), payroll.c.state != "void"
    )
