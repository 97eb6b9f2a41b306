"""Queueing: events become messages, a chunk at a time, each event once for ever.

Whoever queues a kind holds its mark for the whole unit of work, and moves it on in the same one:
a process that dies leaves nothing behind that is done twice or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from app.clock import local_date
from app.messaging.gsm import parts
from app.messaging.states import AGAIN, ANSWER, ASKED, CODE, QUEUED
from app.messaging.tables import message, message_mark
from app.messaging.terms import Plan, Terms
from app.messaging.words import NO_FACTS, Facts, write
from app.privacy import Keyring
from ledger.bulk import insert_rows

PHONE, TEXT = "message.phone", "message.text"
PATIENCE = timedelta(hours=72)
"""How long a message is tried: a phone may be off for days."""
_PATIENCE = {CODE: timedelta(minutes=5), ANSWER: timedelta(hours=24), AGAIN: timedelta(hours=24)}
PREFIX = 3
_COLUMNS = ("kind", "event_id", "person_id", "phone_key", "phone_cipher", "prefix", "text_cipher",
            "parts", "cost", "state", "queued_at", "try_at", "give_up_at")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Notice:
    """An event to be told: whose, to which number (`phone` in clear, `phone_key` its index).

    `person_id` is None only for the answer to a number that nobody here has. `facts` fill the
    template of the kind; a `text` that is written already (unaccented, one SMS) stands instead.
    """

    kind: str
    event_id: int
    person_id: int | None
    phone_key: str
    phone: str
    facts: Facts = NO_FACTS
    text: str = ""


def queue(
    session: Session, keyring: Keyring, plan: Plan, notices: Iterable[Notice], now: datetime
) -> int:
    """Write and queue the messages of events; gives how many. Parts and cost are counted before.

    Raises what the database raises for an event that was told already.
    """
    terms = plan.of(local_date(now))
    # In UTC, as they are kept: turned once and not for every row.
    at, morning = now.astimezone(UTC), terms.not_before(now).astimezone(UTC)
    rows = (
        _row(keyring, terms, one, one.text or write(one.kind, one.facts, plan.help_number),
             (at, at if one.kind in ASKED else morning, at + _PATIENCE.get(one.kind, PATIENCE)))
        for one in notices
    )  # fmt: skip
    return insert_rows(session, message, _COLUMNS, rows)


def _row(
    keyring: Keyring, terms: Terms, one: Notice, text: str, when: tuple[datetime, ...]
) -> tuple[Any, ...]:
    bound, count = bound_to(one.kind, one.event_id), parts(text)
    phone, words = keyring.encrypt(PHONE, bound, one.phone), keyring.encrypt(TEXT, bound, text)
    who = (one.kind, one.event_id, one.person_id, one.phone_key, phone, one.phone[:PREFIX])
    return (*who, words, count, count * terms.part_price, QUEUED, *when)


def bound_to(kind: str, event_id: int) -> str:
    """What the ciphers of a message are bound to."""
    return f"{kind}:{event_id}"


def opened(keyring: Keyring, row: Row[Any]) -> tuple[str, str]:
    """(phone, text) of a message's row. Raises cryptography's InvalidTag where it was altered."""
    bound = bound_to(row.kind, row.event_id)
    return (
        keyring.decrypt(PHONE, bound, row.phone_cipher),
        keyring.decrypt(TEXT, bound, row.text_cipher),
    )


# ------------------------------------------------------------------ how far events were read
def mark_of(session: Session, kind: str, subject: int = 0) -> int | None:
    """How far a kind's events were read, held until the end of the unit of work; None when their
    reading has not begun or is over."""
    query = select(message_mark.c.last_id).where(*_at(kind, subject), message_mark.c.is_done == 0)
    found = session.scalar(query.with_for_update())
    return None if found is None else int(found)


def begin(session: Session, kind: str, subject: int, last_id: int, now: datetime) -> None:
    """Events of a kind count from those after `last_id`."""
    values = {"kind": kind, "subject": subject, "last_id": last_id, "is_done": 0, "read_at": now}
    session.execute(insert(message_mark).values(values))


def move(
    session: Session, kind: str, subject: int, last_id: int, now: datetime, *, done: bool = False
) -> None:
    """Events up to `last_id` were told or need no telling; with `done` no other will come."""
    values = {"last_id": last_id, "read_at": now, "is_done": int(done)}
    session.execute(update(message_mark).where(*_at(kind, subject)).values(values))


def _at(kind: str, subject: int) -> Iterator[Any]:
    yield message_mark.c.kind == kind
    yield message_mark.c.subject == subject
