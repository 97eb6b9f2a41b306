"""What officers of the stage need to act: their ids, their codes, and time going by."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pyotp
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.tables import officer
from app.demo.province import demo_secret
from app.jobs.runtime import Runtime
from app.payroll.tables import payroll

MINUTE = timedelta(minutes=1)


def officer_of(session: Session, username: str) -> int:
    """The id of a training officer."""
    found: int = session.scalars(select(officer.c.id).where(officer.c.username == username)).one()
    return found


def code_at(username: str, now: datetime) -> str:
    """The one-time code that an officer's app shows at a moment."""
    return pyotp.TOTP(demo_secret(username)).at(now)


def tick(runtime: Runtime, step: timedelta = MINUTE) -> datetime:
    """Let some time go by, so that every officer has a new code; gives the new moment."""
    clock: Any = runtime.clock
    clock.advance(step)
    now: datetime = clock.now()
    return now


def unit_of(session: Session, payroll_id: int) -> str:
    """The paying unit of a payroll."""
    found: str = session.scalars(
        select(payroll.c.unit_code).where(payroll.c.id == payroll_id)
    ).one()
    return found
