"""What one payroll waits for, who must act, and what of it is open to the officer who looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.clock import TIME_ZONE
from app.payroll.approval_tables import payroll_undo
from app.payroll.duties import Step, due, steps_of_rounds, who_may
from app.payroll.ladders import rules_in_force, steps_for
from app.payroll.reminders import due_to
from app.payroll.states import APPROVED, DRAFT, WAITING
from app.payroll.tables import MONTH_LISTS, flag, flag_decision, payroll
from app.payroll.waiting import Waiting, waiting
from app.schedule.locking import locks_at


@dataclass(frozen=True, slots=True)
class Standing:
    """`confirmed` of `needed` confirmations of the round are there; `role` is that of the due step,
    '' for none. `deadline` is when the month's list is fixed, for a list that is not approved."""

    waits: Waiting
    confirmed: int
    needed: int
    role: str
    may_submit: bool
    may_decide: bool
    may_withdraw: bool
    may_undo: bool
    deadline: datetime | None
    days_left: int

    @property
    def is_last(self) -> bool:
        """Whether who confirms now is the last one."""
        return self.waits.last


def standing(session: Session, found: Row[Any], officer_id: int, now: datetime) -> Standing:
    """How a payroll stands for an officer; a fixed number of small queries."""
    (waits,) = waiting(session, [found.id], now)
    steps = steps_of_rounds(session, [found.id]).get(found.id, [])
    step = due(steps) if found.state in WAITING else None
    is_open = found.state in (DRAFT, *WAITING)
    deadline = locks_at(found.period) if is_open and found.kind in MONTH_LISTS else None
    confirmed = sum(min(one.done, one.quorum) for one in steps)
    return Standing(
        waits=waits,
        confirmed=confirmed,
        needed=sum(one.quorum for one in steps),
        role=step.role if step else "",
        may_submit=found.state == DRAFT and _is_due(session, found.id, officer_id, "submit", now),
        may_decide=step is not None and _is_due(session, found.id, officer_id, step.duty, now),
        may_withdraw=found.state in WAITING and found.maker_id == officer_id and not confirmed,
        may_undo=found.state == APPROVED,
        deadline=deadline,
        days_left=_days(now, deadline) if deadline else 0,
    )


def _is_due(session: Session, payroll_id: int, officer_id: int, duty: str, now: datetime) -> bool:
    mine = due_to(officer_id, duty, now).where(payroll.c.id == payroll_id)
    return session.scalar(mine) is not None


def _days(now: datetime, then: datetime) -> int:
    """Whole days of the calendar from now until then, below 0 once it is past."""
    local = now.astimezone(TIME_ZONE)
    late = timedelta(days=1) if local > then and local.date() == then.date() else timedelta(0)
    return (then.date() - local.date() - late).days


def first_names(session: Session, found: Row[Any], now: datetime, but: str) -> list[str]:
    """Who may take the first step of a draft once `but` submits it, by name. Raises Refused where
    no ladder fits the payroll."""
    rule = steps_for(rules_in_force(session, found.period), found)[0]
    step = Step(rule.ordinal, rule.duty, rule.role, rule.held_at, rule.quorum, 0)
    return [name for name in who_may(session, step, found, now) if name != but]


def answered_by(session: Session, payroll_id: int, officer_id: int) -> set[int]:
    """The standing flags of a payroll that an officer answered over their people as they are."""
    same = (flag_decision.c.flag_id == flag.c.id) & (flag_decision.c.digest == flag.c.digest)
    return set(
        session.scalars(
            select(flag.c.id)
            .join(flag_decision, same)
            .where(flag.c.payroll_id == payroll_id, flag.c.gone_at.is_(None))
            .where(flag_decision.c.officer_id == officer_id)
        )
    )


def replaced_by(session: Session, payroll_id: int) -> Any:
    """(payroll_id, successor_id, reason, undone_at) of the undoing that ended or began it."""
    of = payroll_undo.c
    return session.execute(
        select(of.payroll_id, of.successor_id, of.reason, of.undone_at).where(
            (of.payroll_id == payroll_id) | (of.successor_id == payroll_id)
        )
    ).first()
