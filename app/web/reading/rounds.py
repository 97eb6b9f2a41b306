"""The earlier rounds of a payroll: who submitted, who confirmed, who ended it and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, select
from sqlalchemy.orm import Session

from app.access.tables import act, officer
from app.beneficiaries.tables import person
from app.payroll.approval_tables import approval, payroll_exclusion, payroll_return, payroll_round
from app.payroll.digest import short_code


@dataclass(frozen=True, slots=True)
class Round:
    """One submission: the row of it, the short code of its list, the confirmations (step, name,
    acted_at) in time's order."""

    row: Any
    code: str
    confirmed: list[Any]


def ended_rounds(session: Session, payroll_id: int) -> list[Round]:
    """The rounds that ended without approval, the newest first."""
    maker, ender = officer.alias("maker"), officer.alias("ender")
    of, end = payroll_round.c, payroll_return.c
    rows = session.execute(
        select(
            of.round, of.digest, of.lines, of.total, of.submitted_at,
            maker.c.name.label("maker_name"), ender.c.name.label("ender_name"),
            end.kind, end.reason, end.returned_at,
        )
        .join(payroll_return, and_(end.payroll_id == of.payroll_id, end.round == of.round))
        .join(maker, maker.c.id == of.maker_id)
        .join(ender, ender.c.id == end.officer_id)
        .where(of.payroll_id == payroll_id)
        .order_by(of.round.desc())
    ).all()  # fmt: skip
    confirmed = _confirmed(session, payroll_id) if rows else {}
    return [Round(row, short_code(row.digest), confirmed.get(row.round, [])) for row in rows]


def _confirmed(session: Session, payroll_id: int) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    rows = session.execute(
        select(approval.c.round, approval.c.step, officer.c.name, act.c.acted_at)
        .join(officer, officer.c.id == approval.c.officer_id)
        .join(act, act.c.id == approval.c.act_id)
        .where(approval.c.payroll_id == payroll_id)
        .order_by(act.c.acted_at, approval.c.ordinal)
    )
    for row in rows:
        found.setdefault(row.round, []).append(row)
    return found


def excluded(session: Session, payroll_id: int) -> list[Row[Any]]:
    """(line, person_id, person_name, amount, reason, name, excluded_at) of the lines taken
    off, the newest first."""
    off = payroll_exclusion.c
    return list(
        session.execute(
            select(off.line, off.person_id, person.c.name.label("person_name"), off.amount,
                   off.reason, officer.c.name, off.excluded_at)
            .join(person, person.c.id == off.person_id)
            .join(officer, officer.c.id == off.officer_id)
            .where(off.payroll_id == payroll_id)
            .order_by(off.act_id.desc(), off.line)
        )
    )  # fmt: skip
