"""The month whose lists come next, and what stands of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.access.viewer import Viewer
from app.clock import local_date
from app.months import month_of, shift
from app.payroll.states import VOID
from app.payroll.tables import MONTH_LISTS, payroll
from app.units.tables import paying_unit, programme


def next_period(session: Session, now: datetime) -> str:
    """The month after the last one with lists; of an empty house the next month."""
    last = session.scalar(select(func.max(payroll.c.period)).where(payroll.c.kind.in_(MONTH_LISTS)))
    return shift(last or month_of(local_date(now)), 1)


def lists_of(session: Session, whose: Viewer, period: str) -> list[Row[Any]]:
    """The month's own lists of an officer's units, by unit and programme."""
    return list(
        session.execute(
            select(payroll, paying_unit.c.name.label("unit_name"),
                   programme.c.name.label("programme_name"))
            .join(paying_unit, paying_unit.c.code == payroll.c.unit_code)
            .join(programme, programme.c.code == payroll.c.programme)
            .where(payroll.c.period == period, payroll.c.kind.in_(MONTH_LISTS))
            .where(payroll.c.state != VOID, whose.within_units(payroll.c.unit_code))
            .order_by(paying_unit.c.sort_key, payroll.c.programme, payroll.c.id)
        )
    )  # fmt: skip
