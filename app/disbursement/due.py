"""Batches that are due to be built: of approved payrolls, to be paid while a release lives."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.clock import local_date
from app.disbursement.batches import approved_periods, unbuilt
from app.schedule.calendar import calendar_of
from app.schedule.days import RELEASE_DAYS, pay_on
from app.units.lookup import due_days


class Due(NamedTuple):
    """A payroll and a contract that have no batch yet, and the day they are to be paid."""

    payroll_id: int
    contract_id: int
    day: date


def waiting_for_batches(session: Session, now: datetime) -> list[Due]:
    """What is approved and in no batch, each for the due day of its contract; what was approved
    later is for the next banking day."""
    today, calendar, days = local_date(now), calendar_of(session), due_days(session)
    return [
        Due(*pair, pay_on(calendar, period, days[pair[1]], today))
        for period in approved_periods(session)
        for pair in unbuilt(session, period)
    ]


def due(session: Session, now: datetime) -> list[Due]:
    """Those of them that are paid so soon that a release of today lives until then."""
    last = calendar_of(session).add_banking_days(local_date(now), RELEASE_DAYS)
    return [one for one in waiting_for_batches(session, now) if one.day <= last]
