"""Sessions of people: short, for reading only, known by a digest, over when the number changes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, Update, insert, select, update
from sqlalchemy.orm import Session

from app.audit.trail import record
from app.beneficiaries.reached import may_be_answered
from app.beneficiaries.tables import person
from app.self_service.tables import HELPED, KIOSK, PAGE, own_session


class Lasts(NamedTuple):
    """How long a session lasts without a request, and at most."""

    idle: timedelta
    longest: timedelta


LASTS: Mapping[str, Lasts] = {
    PAGE: Lasts(timedelta(minutes=10), timedelta(minutes=30)),
    # A minute, and the twenty seconds in which it is asked whether anybody is still there.
    HELPED: Lasts(timedelta(seconds=90), timedelta(minutes=15)),
    KIOSK: Lasts(timedelta(seconds=90), timedelta(minutes=5)),
}
SEEN_EVERY = timedelta(seconds=15)


class Opened(NamedTuple):
    """Whose session is to be opened: the person, the index of the number the code went to, the
    request, the place, the officer beside the person."""

    person_id: int
    phone_key: str
    request_id: int
    place: str
    helper_id: int | None


def digest_of(session_id: str) -> str:
    """How a session's id stands in the table."""
    return hashlib.sha256(session_id.encode()).hexdigest()


def open_session(session: Session, whose: Opened, session_id: str, now: datetime) -> None:
    """Open a session; one of the same code that is open is over."""
    session.execute(_ending(now, "again").where(own_session.c.request_id == whose.request_id))
    times = {"opened_at": now, "seen_at": now}
    values = {"id_digest": digest_of(session_id), **whose._asdict(), **times}
    session.execute(insert(own_session).values(**values))
    who = f"officer:{whose.helper_id}" if whose.helper_id else f"person:{whose.person_id}"
    by = str(whose.helper_id) if whose.helper_id else "person"
    record(session, now, by, "self:session:open", f"person:{whose.person_id}", whose.place,
           after={"by": who})  # fmt: skip


def session_of(session: Session, session_id: str, now: datetime) -> Row[Any] | None:
    """The live session with this id: not ended, idle or too old, and of a number that is still the
    person's and vouched for. None where there is none."""
    mine = own_session.c
    query = (
        select(own_session)
        .join(person, person.c.id == mine.person_id)
        .where(mine.id_digest == digest_of(session_id), mine.ended_at.is_(None))
        .where(person.c.phone_key == mine.phone_key, may_be_answered())
    )
    found = session.execute(query).one_or_none()
    if found is None:
        return None
    lasts = LASTS[found.place]
    over = found.seen_at <= now - lasts.idle or found.opened_at <= now - lasts.longest
    return None if over else found


def is_due(row: Row[Any], now: datetime) -> bool:
    """Whether it is time to write down that a session was seen."""
    return bool(now - row.seen_at >= SEEN_EVERY)


def seen(session: Session, digest: str, now: datetime) -> None:
    """Write down that a session was used."""
    session.execute(
        update(own_session).where(own_session.c.id_digest == digest).values(seen_at=now)
    )


def end_session(session: Session, digest: str, now: datetime, by: str) -> None:
    """End a session; `by` says why, e.g. 'left'."""
    session.execute(_ending(now, by).where(own_session.c.id_digest == digest))


def _ending(now: datetime, by: str) -> Update:
    return (
        update(own_session)
        .where(own_session.c.ended_at.is_(None))
        .values(ended_at=now, ended_by=by)
    )
