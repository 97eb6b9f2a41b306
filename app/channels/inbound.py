"""Calls of providers: kept once, encrypted, and given out again in the order they came."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import Row, case, func, select, update
from sqlalchemy.orm import Session

from app.channels.inbound_tables import inbound_event
from app.clock import TIME_ZONE
from app.privacy import Keyring
from ledger.bulk import add_once, written
from ledger.schema import Day

COLUMN = "inbound_event.body"
_BYTES = "latin-1"  # each byte one character, and back


@dataclass(frozen=True, slots=True)
class Call:
    """One call whose signature holds: `stamp` is its moment in Unix seconds, as it was signed."""

    provider: str
    event_id: str
    stamp: str
    signature: str
    body: bytes


def keep(session: Session, keyring: Keyring, call: Call, now: datetime) -> bool:
    """Write a call down, in one statement; False when the same bytes came under the same id.

    The same id with other bytes is another event: which of them is right is for people to say.
    """
    digest = digest_of(keyring, call.body)
    said = f"{call.stamp}\n{call.signature}\n{call.body.decode(_BYTES)}"
    values = {
        "provider": call.provider,
        "event_id": call.event_id,
        "body_digest": digest,
        "body": keyring.encrypt(COLUMN, _row(call.provider, call.event_id, digest), said),
        "received_at": now,
    }
    return add_once(session, inbound_event, values, ("provider", "event_id", "body_digest"))


def digest_of(keyring: Keyring, body: bytes) -> str:
    """A keyed digest of a call's bytes: who has the database alone cannot try accounts on it."""
    return keyring.index(COLUMN, hashlib.sha256(body).hexdigest())


def _row(provider: str, event_id: str, digest: str) -> str:
    return f"{provider}|{event_id}|{digest}"


def providers_waiting(session: Session) -> list[str]:
    """Providers with calls that no file holds yet."""
    query = select(inbound_event.c.provider).where(inbound_event.c.packed_in.is_(None))
    return sorted(session.scalars(query.distinct()))


def waiting(
    session: Session, keyring: Keyring, provider: str, most: int, after: int = 0
) -> Iterator[tuple[int, str, bytes | None]]:
    """(id, event id, bytes) of a provider's calls that no file holds yet, as they came, those
    after the one with this id; no bytes for a call that was changed in the database."""
    event = inbound_event.c
    query = (
        select(event.id, event.event_id, event.body_digest, event.body)
        .where(event.provider == provider, event.packed_in.is_(None), event.id > after)
        .order_by(event.id)
        .limit(most)
        .execution_options(yield_per=100)
    )
    with closing(session.execute(query)) as rows:
        for row in rows:
            bound = _row(provider, row.event_id, row.body_digest)
            yield row.id, row.event_id, _body(keyring, bound, row.body)


def _body(keyring: Keyring, bound: str, cipher: bytes) -> bytes | None:
    try:
        said = keyring.decrypt(COLUMN, bound, cipher)
    except (InvalidTag, ValueError):  # the latter where too little is left of it
        return None
    return said.split("\n", 2)[2].encode(_BYTES)


def packed(session: Session, ids: list[int], file_id: int) -> int:
    """These calls are in a file now; gives how many of them were in none before."""
    return written(
        session,
        update(inbound_event)
        .where(inbound_event.c.id.in_(ids), inbound_event.c.packed_in.is_(None))
        .values(packed_in=file_id),
    )


def counted(session: Session, provider: str = "", since: datetime | None = None) -> list[Row[Any]]:
    """(provider, day, calls, waiting) of every day, in Viet Nam's time, on which one called; with a
    moment of what came since."""
    event = inbound_event.c
    if session.get_bind().dialect.name == "sqlite":
        at = func.date(event.received_at, "+7 hours", type_=Day)
    else:
        at = func.date(func.timezone(TIME_ZONE.key, event.received_at), type_=Day)
    day = at.label("day")
    unpacked = func.sum(case((event.packed_in.is_(None), 1), else_=0)).label("waiting")
    query = (
        select(event.provider, day, func.count().label("calls"), unpacked)
        .group_by(event.provider, day)
        .order_by(event.provider, day)
    )
    if since is not None:
        query = query.where(event.received_at >= since)
    return list(session.execute(query.where(event.provider == provider) if provider else query))
