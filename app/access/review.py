"""The review of who may do what: officers, roles, last use, numbers shown, roles that do not agree.

A role unused for three months is one to take back. Who makes a list may not approve it, who
approves may not release, and who audits does nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access.tables import act, officer, officer_role
from app.audit.tables import audit_event

IDLE_DAYS = 90
_PAIRS = (("maker", "checker"), ("maker", "approver"), ("checker", "approver"),
          ("approver", "releaser"), ("maker", "releaser"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An officer as the review shows him. `roles` are (role, unit), '' for the whole province;
    `reveals` counts since the day the review looks back to; `conflicts` names roles that do not
    agree; `idle` says that nothing was done for 90 days."""

    username: str
    name: str
    roles: tuple[tuple[str, str], ...]
    disabled: bool
    last_use: datetime | None
    reveals: int
    conflicts: tuple[str, ...]
    idle: bool


def review(session: Session, now: datetime, since: datetime) -> list[Reviewed]:
    """Every officer, by username; four queries."""
    officers = session.execute(select(officer).order_by(officer.c.username)).all()
    roles: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in session.execute(select(officer_role)):
        roles[row.officer_id].append((row.role, row.unit_code))
    used = _last_use(session)
    shown = _reveals(session, since)
    return [
        _reviewed(
            one.username,
            one.name,
            tuple(sorted(roles[one.id])),
            one.disabled_at is not None,
            max((at for at in (used.get(one.username), used.get(str(one.id))) if at), default=None),
            shown.get(one.username, 0),
            now,
        )
        for one in officers
    ]


def _reviewed(
    username: str,
    name: str,
    roles: tuple[tuple[str, str], ...],
    disabled: bool,
    last_use: datetime | None,
    reveals: int,
    now: datetime,
) -> Reviewed:
    idle = not disabled and (last_use is None or last_use < now - timedelta(days=IDLE_DAYS))
    return Reviewed(username, name, roles, disabled, last_use, reveals, _conflicts(roles), idle)


def _conflicts(roles: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """Roles of one person that do not agree, at one unit or where one is for the province."""
    found = [
        f"{one}+{other}"
        for one, other in _PAIRS
        if any(
            unit == place or not unit or not place
            for role, unit in roles
            if role == one
            for also, place in roles
            if also == other
        )
    ]
    held = {role for role, _ in roles}
    if "auditor" in held and len(held) > 1:
        found += [f"auditor+{one}" for one in sorted(held - {"auditor"})]
    return tuple(found)


def _last_use(session: Session) -> dict[str, datetime]:
    """The last act or line of the trail, by username or number of an officer."""
    trail = select(audit_event.c.actor, func.max(audit_event.c.at).label("at"))
    acts = select(act.c.officer_id, func.max(act.c.acted_at).label("at"))
    found = {row.actor: row.at for row in session.execute(trail.group_by(audit_event.c.actor))}
    for row in session.execute(acts.group_by(act.c.officer_id)):
        name = str(row.officer_id)
        found[name] = max(found.get(name, row.at), row.at)
    return found


def _reveals(session: Session, since: datetime) -> dict[str, int]:
    event = audit_event.c
    query = select(event.actor, func.count().label("shown")).where(event.at >= since)
    shown = query.where(event.action.like("%:person:reveal")).group_by(event.actor)
    return {row.actor: row.shown for row in session.execute(shown)}
