"""Reminders before the list is locked: who has payrolls of the month waiting for his act.

A reminder is a row, once for each day of the rule, step and officer; how many wait now is asked
anew. Nobody is told of people, groups or amounts here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session

from app.access.role_tables import role_grant
from app.access.roles import in_force
from app.access.tables import officer
from app.payroll.approval_tables import approval, payroll_round, payroll_step
from app.payroll.duties import APPROVE, CHECK, UNIT
from app.payroll.states import DRAFT, WAITING
from app.payroll.tables import payroll
from app.schedule.tables import reminder
from app.units.tables import programme
from ledger.bulk import written
from ledger.schema import Moment


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
    for step, waiting in _waiting(now):
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


def tasks(session: Session, officer_id: int, now: datetime) -> list[Task]:
    """What waits for an officer now, month by month, with the moments he was reminded of it."""
    reminded: dict[tuple[str, str], list[datetime]] = {}
    query = select(reminder).where(reminder.c.officer_id == officer_id).order_by(reminder.c.id)
    for row in session.execute(query):
        reminded.setdefault((row.period, row.step), []).append(row.recorded_at)
    found = [
        Task(row.period, step, row.payrolls, tuple(reminded.get((row.period, step), ())))
        for step, waiting in _waiting(now)
        for row in session.execute(waiting.where(officer.c.id == officer_id))
    ]
    return sorted(found, key=lambda one: one.period)


def due_to(
    officer_id: int | BindParameter[int], duty: str, now: datetime | BindParameter[datetime]
) -> Select[int]:
    """The ids of the payrolls that wait for this act ('submit', 'check', 'approve') of an officer;
    what else may keep him from one of them is looked at when he acts."""
    waiting = dict(_waiting(now))[duty].where(officer.c.id == officer_id)
    return waiting.with_only_columns(payroll.c.id).group_by(None).distinct()


def _waiting(now: datetime | BindParameter[datetime]) -> Iterator[tuple[str, Select[Any]]]:
    """For each act: officers who may do it now, and how many payrolls of each month wait for it."""
    draft = and_(role_grant.c.role == "maker", payroll.c.state == DRAFT)
    here = role_grant.c.unit_code.in_((payroll.c.unit_code, ""))
    yield "submit", _officers(now).where(draft, here)
    for duty in (CHECK, APPROVE):
        yield duty, _officers(now).join(payroll_step, _due_step(duty)).where(*_outsiders())


def _officers(now: datetime | BindParameter[datetime]) -> Select[Any]:
    """(month, officer, payrolls): with the grants in force that reach a payroll's programme."""
    grant = role_grant.c
    reaches = or_(grant.department == "", grant.department == programme.c.department)
    within = or_(grant.cap.is_(None), grant.cap >= payroll.c.total)
    count = func.count(payroll.c.id.distinct()).label("payrolls")
    return (
        select(payroll.c.period, officer.c.id, count)
        .select_from(payroll)
        .join(programme, programme.c.code == payroll.c.programme)
        .join(role_grant, and_(reaches, within, in_force(now)))
        .join(officer, officer.c.id == grant.officer_id)
        .where(officer.c.disabled_at.is_(None))
        .group_by(payroll.c.period, officer.c.id)
    )


def _due_step(duty: str) -> ColumnElement[bool]:
    """The step of the present round that is due, where it is of this duty and a grant serves it."""
    step, before = payroll_step.c, payroll_step.alias("before")
    first = ~exists().where(
        before.c.payroll_id == step.payroll_id,
        before.c.round == step.round,
        before.c.ordinal < step.ordinal,
        _lacks(before.c),
    )
    place = or_(
        role_grant.c.unit_code == "",
        and_(step.held_at == UNIT, role_grant.c.unit_code == payroll.c.unit_code),
    )
    present = and_(step.payroll_id == payroll.c.id, step.round == payroll.c.round)
    due = and_(payroll.c.state.in_(WAITING), step.duty == duty, _lacks(step), first)
    return and_(present, due, step.role == role_grant.c.role, place)


def _lacks(step: Any) -> ColumnElement[bool]:
    """Whether fewer have confirmed a step than it asks for."""
    done = (
        select(func.count())
        .where(
            approval.c.payroll_id == step.payroll_id,
            approval.c.round == step.round,
            approval.c.ordinal == step.ordinal,
        )
        .scalar_subquery()
    )
    lacks: ColumnElement[bool] = done < step.quorum
    return lacks


def _outsiders() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Who made a round of the payroll, or acted in the present one, is not asked."""
    made = exists().where(
        payroll_round.c.payroll_id == payroll.c.id, payroll_round.c.maker_id == officer.c.id
    )
    acted = exists().where(
        approval.c.payroll_id == payroll.c.id,
        approval.c.round == payroll.c.round,
        approval.c.officer_id == officer.c.id,
    )
    return ~made, ~acted
