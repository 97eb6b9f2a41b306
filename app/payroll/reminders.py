"""Reminders before the list is locked: who has payrolls of the month waiting for his act.

A reminder is a row, once for each day of the rule, step and officer; how many wait now is asked
anew. Nobody is told of people, groups or amounts here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, func, insert, literal, or_, select
from sqlalchemy.orm import Session

from app.access.tables import officer, officer_role
from app.payroll.states import CHECKED, DRAFT, SUBMITTED
from app.payroll.tables import payroll
from app.schedule.tables import reminder
from ledger.bulk import written
from ledger.schema import Moment

WAITS_FOR = (
    ("submit", DRAFT, "maker"),
    ("check", SUBMITTED, "checker"),
    ("approve", CHECKED, "approver"),
)
"""Each act, the state of a payroll that waits for it, and the role of whoever may do it."""


class Task(NamedTuple):
    """How many payrolls of a month wait for an act of an officer, and when he was reminded."""

    period: str
    step: str
    payrolls: int
    reminded: tuple[datetime, ...]


def remind(session: Session, slot: str, period: str, now: datetime) -> int:
    """Remind every officer for whom payrolls of the month wait; gives how many reminders are new.

    Called again for the same slot it reminds nobody twice.
    """
    columns = ["slot", "period", "step", "officer_id", "payrolls", "recorded_at"]
    count = 0
    for step, waiting in _waiting():
        told = select(reminder.c.id).where(
            reminder.c.slot == slot,
            reminder.c.step == step,
            reminder.c.officer_id == officer.c.id,
        )
        rows = waiting.where(payroll.c.period == period, ~told.exists()).with_only_columns(
            literal(slot),
            payroll.c.period,
            literal(step),
            officer.c.id,
            func.count(payroll.c.id.distinct()),
            literal(now, Moment),
        )
        count += written(session, insert(reminder).from_select(columns, rows))
    return count


def tasks(session: Session, officer_id: int) -> list[Task]:
    """What waits for an officer now, month by month, with the moments he was reminded of it."""
    reminded: dict[tuple[str, str], list[datetime]] = {}
    query = select(reminder).where(reminder.c.officer_id == officer_id).order_by(reminder.c.id)
    for row in session.execute(query):
        reminded.setdefault((row.period, row.step), []).append(row.recorded_at)
    found = [
        Task(row.period, step, row.payrolls, tuple(reminded.get((row.period, step), ())))
        for step, waiting in _waiting()
        for row in session.execute(waiting.where(officer.c.id == officer_id))
    ]
    return sorted(found, key=lambda one: one.period)


def _waiting() -> Iterator[tuple[str, Select[Any]]]:
    """For each act: officers who may do it, and how many payrolls of each month wait for it."""
    for step, state, role in WAITS_FOR:
        unit = or_(officer_role.c.unit_code == payroll.c.unit_code, officer_role.c.unit_code == "")
        query = (
            select(
                payroll.c.period,
                officer.c.id,
                func.count(payroll.c.id.distinct()).label("payrolls"),
            )
            .join(officer_role, and_(unit, officer_role.c.role == role))
            .join(officer, officer.c.id == officer_role.c.officer_id)
            .where(payroll.c.state == state, officer.c.disabled_at.is_(None))
            .group_by(payroll.c.period, officer.c.id)
        )
        yield step, query
