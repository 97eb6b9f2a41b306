"""Sessions of the pages: opened at sign-in, known by a digest, over when idle, old or ended."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, insert, select, update
from sqlalchemy.orm import Session

from app.access.sign_in_tables import FULL, web_session
from app.access.tables import officer

LONGEST = timedelta(hours=10)
BETWEEN = timedelta(minutes=5)
"""How long a right password waits for its code."""
SEEN_EVERY = timedelta(minutes=1)
"""A session that was seen so lately is not written down again."""
ONE_FLASH = 500
_TOLD = 200


def digest_of(session_id: str) -> str:
    """How a session's id stands in the table."""
    return hashlib.sha256(session_id.encode()).hexdigest()


def open_session(
    session: Session,
    officer_id: int,
    session_id: str,
    now: datetime,
    *,
    agent: str,
    address: str,
    act_id: int | None = None,
    stage: str = FULL,
    fresh: bool = False,
) -> str:
    """Open a session; gives its digest. `agent` is the browser's own name, cut short; with an act,
    or when it is called `fresh`, a code was right just now."""
    digest = digest_of(session_id)
    is_fresh = fresh or act_id is not None
    times = {"opened_at": now, "seen_at": now, "fresh_at": now if is_fresh else None}
    values = {"id_digest": digest, "officer_id": officer_id, "stage": stage, "act_id": act_id}
    told = {"agent": agent[:_TOLD], "address": address[:_TOLD]}
    session.execute(insert(web_session).values(**values, **times, **told))
    return digest


def live(now: datetime, idle: timedelta) -> ColumnElement[bool]:
    """The condition on `web_session` that it counts: not ended, not idle, not too old, its officer
    not off. One that waits for its code has five minutes."""
    mine = web_session.c
    off = select(officer.c.id).where(
        officer.c.id == mine.officer_id, officer.c.disabled_at.is_not(None)
    )
    return and_(
        mine.ended_at.is_(None),
        mine.seen_at > now - idle,
        mine.opened_at > now - LONGEST,
        (mine.stage == FULL) | (mine.opened_at > now - BETWEEN),
        ~off.exists(),
    )


def session_of(
    session: Session, session_id: str, now: datetime, idle: timedelta, stage: str = FULL
) -> Row[Any] | None:
    """The live session with this id, None where there is none."""
    query = select(web_session).where(web_session.c.id_digest == digest_of(session_id))
    return session.execute(query.where(live(now, idle), web_session.c.stage == stage)).one_or_none()


def officer_of(session: Session, session_id: str) -> int:
    """Whose a session is or was, 0 for none: what is over says so much still."""
    whose = select(web_session.c.officer_id)
    found = session.scalar(whose.where(web_session.c.id_digest == digest_of(session_id)))
    return int(found or 0)


def sessions_of(
    session: Session, officer_id: int, now: datetime, idle: timedelta
) -> Sequence[Row[Any]]:
    """An officer's live sessions, the newest first."""
    mine = web_session.c
    query = select(web_session).where(mine.officer_id == officer_id, mine.stage == FULL)
    return session.execute(query.where(live(now, idle)).order_by(mine.opened_at.desc())).all()


def is_due(row: Row[Any], now: datetime) -> bool:
    """Whether it is time to write down that a session was seen."""
    return bool(now - row.seen_at >= SEEN_EVERY)


def seen(session: Session, digest: str, now: datetime) -> None:
    """Write down that a session was used."""
    session.execute(_of(digest).values(seen_at=now))


def refresh(session: Session, digest: str, now: datetime) -> None:
    """Write down that a code of this session was right just now."""
    session.execute(_of(digest).values(fresh_at=now))


def end_session(session: Session, officer_id: int, digest: str, now: datetime, by: str) -> bool:
    """End a session of an officer; whether there was one. `by` says why, e.g. 'signed_out'."""
    mine = web_session.c
    ending = _of(digest).where(mine.officer_id == officer_id, mine.ended_at.is_(None))
    done: Any = session.execute(ending.values(ended_at=now, ended_by=by))
    return bool(done.rowcount)


def end_all(session: Session, officer_id: int, now: datetime, by: str, but: str = "") -> None:
    """End every session of an officer, that with the digest `but` excepted."""
    mine = web_session.c
    ending = update(web_session).where(mine.officer_id == officer_id, mine.ended_at.is_(None))
    session.execute(ending.where(mine.id_digest != but).values(ended_at=now, ended_by=by))


def put_flash(session: Session, digest: str, text: str) -> None:
    """What the officer's next page tells him, once."""
    session.execute(_of(digest).values(flash=text[:ONE_FLASH]))


def _of(digest: str) -> Any:
    return update(web_session).where(web_session.c.id_digest == digest)
