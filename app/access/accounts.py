"""Officers as a list to be searched, and how one of them signs in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app.access.link_tables import enrolment_link, enrolment_link_use
from app.access.recovery import left
from app.access.review import WARN_DAYS, HeldRole, roles_held
from app.access.sign_in_tables import officer_password
from app.access.tables import officer
from app.errors import NotFound
from app.text import fold, sort_key

OFF, EXPIRING, WITHOUT = "off", "expiring", "without"
STATES = (EXPIRING, WITHOUT, OFF)


class Account(NamedTuple):
    """An officer with the roles that count for him now."""

    officer_id: int
    username: str
    name: str
    is_off: bool
    roles: tuple[HeldRole, ...]

    def expiring(self, now: datetime) -> list[HeldRole]:
        """The roles that run out within 30 days and are not granted anew."""
        return [one for one in self.roles if one.until <= now + timedelta(days=WARN_DAYS)]


class Entry(NamedTuple):
    """How an officer comes in: when his password was set (None: never), how many recovery codes
    are left, and until when a link that waits for him counts (None: no such link)."""

    password_set: datetime | None
    codes_left: int
    link_until: datetime | None


def accounts(session: Session, now: datetime) -> list[Account]:
    """Every officer, in the order of Vietnamese names; three queries."""
    roles = roles_held(session, now)
    found = [
        Account(row.id, row.username, row.name, row.disabled_at is not None,
                tuple(sorted(roles[row.id])))
        for row in session.execute(select(officer))
    ]  # fmt: skip
    return sorted(found, key=lambda one: (sort_key(one.name), one.username))


def matching(
    found: Sequence[Account], now: datetime, words: str = "", role: str = "", state: str = ""
) -> list[Account]:
    """Those whose name or user name holds every word (accents do not matter), who hold a role, and
    who are in a state of `STATES`; '' leaves a condition out."""
    wanted = fold(words).split()
    return [
        one
        for one in found
        if all(word in fold(f"{one.name} {one.username}") for word in wanted)
        and (not role or any(had.role == role for had in one.roles))
        and (not state or _is(one, state, now))
    ]


def _is(one: Account, state: str, now: datetime) -> bool:
    if state == OFF:
        return one.is_off
    if state == WITHOUT:
        return not one.roles and not one.is_off
    return state == EXPIRING and bool(one.expiring(now))


def officer_row(session: Session, officer_id: int) -> Any:
    """An officer by number: nothing of his that is secret. Raises NotFound."""
    c = officer.c
    query = select(c.id, c.username, c.name, c.disabled_at).where(c.id == officer_id)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound("Không có cán bộ này.", "Xem danh sách cán bộ.")
    return row


def entry_of(session: Session, officer_id: int, now: datetime) -> Entry:
    """How an officer comes in now; three queries."""
    set_at = select(func.max(officer_password.c.set_at))
    mine, used = enrolment_link.c, enrolment_link_use.c
    newest = (
        select(mine.valid_until, exists().where(used.link_id == mine.id).label("is_used"))
        .where(mine.officer_id == officer_id)
        .order_by(mine.id.desc())
        .limit(1)
    )
    link = session.execute(newest).one_or_none()
    waits = link is not None and not link.is_used and link.valid_until > now
    return Entry(
        session.scalar(set_at.where(officer_password.c.officer_id == officer_id)),
        left(session, officer_id),
        link.valid_until if link is not None and waits else None,
    )
