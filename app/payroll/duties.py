"""Which step of a round is due, who may take it, and who must not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import Session

from app.access.role_tables import role_grant
from app.access.roles import in_force, reaches, require_role
from app.access.tables import officer
from app.errors import Refused
from app.payroll.approval_tables import approval, payroll_round, payroll_step, payroll_undo
from app.payroll.tables import payroll

CHECK, APPROVE = "check", "approve"
UNIT, PROVINCE = "unit", "province"


class Step(NamedTuple):
    """A step of a round and how many have confirmed it."""

    ordinal: int
    duty: str
    role: str
    held_at: str
    quorum: int
    done: int

    @property
    def is_done(self) -> bool:
        return self.done >= self.quorum


def steps_of_rounds(session: Session, payroll_ids: Iterable[int]) -> dict[int, list[Step]]:
    """The steps of each payroll's present round, in order; one query."""
    done = (
        select(func.count())
        .where(
            approval.c.payroll_id == payroll_step.c.payroll_id,
            approval.c.round == payroll_step.c.round,
            approval.c.ordinal == payroll_step.c.ordinal,
        )
        .scalar_subquery()
    )
    step = payroll_step.c
    rows = session.execute(
        select(step.payroll_id, step.ordinal, step.duty, step.role, step.held_at, step.quorum, done)
        .join(payroll, (payroll.c.id == step.payroll_id) & (payroll.c.round == step.round))
        .where(step.payroll_id.in_(list(payroll_ids)))
        .order_by(step.payroll_id, step.ordinal)
    )
    found: defaultdict[int, list[Step]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(Step(*row[1:]))
    return dict(found)


def due(steps: Sequence[Step]) -> Step | None:
    """The first step that still lacks somebody; None when all are done."""
    return next((one for one in steps if not one.is_done), None)


def is_last(steps: Sequence[Step]) -> bool:
    """Whether the next confirmation is the last one that the round needs."""
    return sum(one.quorum - one.done for one in steps if not one.is_done) == 1


def require_duty(
    session: Session, officer_id: int, step: Step, row: Row[Any], now: datetime
) -> None:
    """Raise Forbidden unless the officer holds the step's role where the ladder asks for it."""
    require_held(session, officer_id, step.role, row, now, step.held_at)


def require_held(
    session: Session, officer_id: int, role: str, row: Row[Any], now: datetime, at: str = UNIT
) -> None:
    """Raise Forbidden unless the officer holds a role for a payroll's unit (or the province) and
    programme now, Refused where he borrowed it for smaller payrolls."""
    unit = row.unit_code if at == UNIT else ""
    grant = require_role(session, officer_id, role, unit, now, row.programme)
    grant.require_within(row.total)


def require_outsider(session: Session, officer_id: int, payroll_ids: Iterable[int]) -> None:
    """Raise Refused for who made any round of these payrolls, or acted in the present one."""
    ids = list(payroll_ids)
    acted = (
        select(approval.c.payroll_id)
        .join(payroll, (payroll.c.id == approval.c.payroll_id)
              & (payroll.c.round == approval.c.round))
        .where(approval.c.payroll_id.in_(ids), approval.c.officer_id == officer_id)
    )  # fmt: skip
    made = select(payroll_round.c.payroll_id).where(
        payroll_round.c.payroll_id.in_([*ids, *_before(session, ids)]),
        payroll_round.c.maker_id == officer_id,
    )
    if session.scalar(acted) is not None or session.scalar(made) is not None:
        raise Refused(
            "Người lập không được duyệt, một người không làm hai bước.",
            "Chuyển cho cán bộ khác có quyền.",
        )


def _before(session: Session, ids: Sequence[int]) -> list[int]:
    """The payrolls that these took the place of."""
    mine = payroll_undo.alias("mine")
    return list(
        session.scalars(
            select(payroll_undo.c.payroll_id)
            .join(mine, mine.c.root_id == payroll_undo.c.root_id)
            .where(mine.c.successor_id.in_(ids))
        )
    )


def who_may(session: Session, step: Step, row: Row[Any], now: datetime) -> list[str]:
    """Names of those who may take a step on a payroll now, by name."""
    places = (row.unit_code, "") if step.held_at == UNIT else ("",)
    out = select(payroll_round.c.maker_id).where(
        payroll_round.c.payroll_id.in_([row.id, *_before(session, [row.id])])
    )
    acted = select(approval.c.officer_id).where(
        approval.c.payroll_id == row.id, approval.c.round == row.round
    )
    mine = role_grant.c
    query = (
        select(officer.c.name)
        .join(role_grant, mine.officer_id == officer.c.id)
        .where(mine.role == step.role, mine.unit_code.in_(places), in_force(now))
        .where(reaches(row.programme))
        .where(or_(mine.cap.is_(None), mine.cap >= row.total), officer.c.disabled_at.is_(None))
        .where(officer.c.id.not_in(out), officer.c.id.not_in(acted))
        .distinct()
    )
    return sorted(session.scalars(query))
