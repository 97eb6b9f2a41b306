"""The review of who may do what: officers, roles, last use, numbers shown, roles that do not agree.

A role unused for three months is one to take back; one that runs out within thirty days is to be
granted anew, or its holder stands before a closed door.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

from sqlalchemy import Text, cast, func, select
from sqlalchemy.orm import Session

from app.access.conflicts import CONFLICTS
from app.access.role_tables import EMERGENCY, ROLES, role_grant
from app.access.roles import in_force
from app.access.tables import act, officer
from app.audit.tables import audit_event
from app.audit.words import dictionary

IDLE_DAYS = 90
WARN_DAYS = 30
_REACH = {frozenset((row["role"], row["other"])): row["reach"] for row in CONFLICTS}


@dataclass(frozen=True, slots=True, order=True)
class HeldRole:
    """A role in force, '' for the whole province and for every department; `until` is the end of
    its last grant that joins on without a gap."""

    role: str
    unit: str
    department: str
    kind: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An officer as the review shows him. `roles` are those in force now; `reveals` counts since
    the day the review looks back to; `conflicts` names roles that do not agree; `expiring` those
    that run out within 30 days; `idle` says that nothing was done for 90 days."""

    username: str
    name: str
    roles: tuple[HeldRole, ...]
    disabled: bool
    last_use: datetime | None
    reveals: int
    conflicts: tuple[str, ...]
    expiring: tuple[str, ...]
    idle: bool


def review(session: Session, now: datetime, since: datetime) -> list[Reviewed]:
    """Every officer, by username; five queries."""
    officers = session.execute(select(officer).order_by(officer.c.username)).all()
    roles = roles_held(session, now)
    used = _last_use(session)
    shown = _reveals(session, since)
    return [
        _reviewed(
            one.username,
            one.name,
            tuple(sorted(roles[one.id])),
            one.disabled_at is not None,
            used.get(one.id),
            shown.get(one.username, 0),
            now,
        )
        for one in officers
    ]


def roles_held(session: Session, now: datetime) -> dict[int, list[HeldRole]]:
    """What every officer holds now, each role once with the end of what joins on."""
    c = role_grant.c
    later: dict[tuple[int, str, str, str], list[tuple[datetime, datetime]]] = defaultdict(list)
    for row in session.execute(select(role_grant).where(c.valid_from > now)):
        key = (row.officer_id, row.role, row.unit_code, row.department)
        later[key].append((row.valid_from, row.valid_until))
    found: dict[int, dict[tuple[str, ...], HeldRole]] = defaultdict(dict)
    for row in session.execute(select(role_grant).where(in_force(now))):
        place = (row.role, row.unit_code, row.department)
        until = _joined(row.valid_until, later[(row.officer_id, *place)])
        known = found[row.officer_id].get(place)
        if known is None or known.until < until:
            found[row.officer_id][place] = HeldRole(*place, row.kind, until)
    return defaultdict(list, {one: list(held.values()) for one, held in found.items()})


def _joined(until: datetime, later: Sequence[tuple[datetime, datetime]]) -> datetime:
    for begins, ends in sorted(later):
        if begins <= until:
            until = max(until, ends)
    return until


def _reviewed(
    username: str,
    name: str,
    roles: tuple[HeldRole, ...],
    disabled: bool,
    last_use: datetime | None,
    reveals: int,
    now: datetime,
) -> Reviewed:
    idle = not disabled and (last_use is None or last_use < now - timedelta(days=IDLE_DAYS))
    soon = now + timedelta(days=WARN_DAYS)
    expiring = tuple(one.role for one in roles if one.until <= soon)
    return Reviewed(
        username, name, roles, disabled, last_use, reveals, _conflicts(roles), expiring, idle
    )


def _conflicts(roles: tuple[HeldRole, ...]) -> tuple[str, ...]:
    """Roles of one person that do not agree, at one unit or where one is for the province."""
    found = set()
    lasting = [one for one in roles if one.kind != EMERGENCY]
    for one, other in combinations(lasting, 2):
        reach = _REACH.get(frozenset((one.role, other.role)))
        if reach == "everywhere" or (
            reach == "unit" and (one.unit == other.unit or not one.unit or not other.unit)
        ):
            found.add("+".join(sorted((one.role, other.role), key=ROLES.index)))
    return tuple(sorted(found))


def _last_use(session: Session) -> dict[int, datetime]:
    """The last act or line of the trail of every officer, by number; each by its index, however
    long the trail is."""
    event, who = audit_event.c, officer.c
    names = (who.username, cast(who.id, Text))
    lines = [select(func.max(event.at)).where(event.actor == name) for name in names]
    acts = select(func.max(act.c.acted_at)).where(act.c.officer_id == who.id)
    parts = [one.correlate(officer).scalar_subquery() for one in (*lines, acts)]
    rows = session.execute(select(who.id, *parts))
    found = {number: [at for at in moments if at is not None] for number, *moments in rows}
    return {number: max(moments) for number, moments in found.items() if moments}


def _reveals(session: Session, since: datetime) -> dict[str, int]:
    event = audit_event.c
    query = select(event.actor, func.count().label("shown")).where(event.at >= since)
    kinds = [one for one in dictionary() if one.endswith(":person:reveal")]
    shown = query.where(event.action.in_(kinds)).group_by(event.actor)
    return {row.actor: row.shown for row in session.execute(shown)}
