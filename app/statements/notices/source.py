"""What a source of events is, and what every event tells of its person.

Each source is read by id, a chunk at a time, from where its mark stands. Only rows that tell
something final are read: outcomes with their evidence, batches that left, lists that are approved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Text, exists, literal, select
from sqlalchemy.orm import Session

from app.beneficiaries.reached import is_reached
from app.beneficiaries.tables import person
from app.disbursement.reasons import reason_of
from app.messaging.outbox import Notice
from app.messaging.tables import message, message_mark
from app.messaging.wishes import NO_AMOUNTS, wishes
from app.messaging.words import Facts
from app.payroll.tables import payroll, payroll_line
from app.privacy import Keyring
from app.units.tables import paying_unit

LOOKS_BACK = timedelta(days=45)
"""Batches and lists older than this are nobody's news."""
NOTHING = literal("", Text)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Events of one reading: their rows, how far it came, and whether nothing is left."""

    rows: Sequence[Row[Any]]
    last_id: int
    done: bool


@dataclass(frozen=True, slots=True)
class Source:
    """Where events of one kind come from. `newest` is where reading begins on the first day, None
    while that cannot be said; each of `subjects` (batches, lists; 0 for all) is read on its own;
    `read` gives the next chunk of a subject after an id, None when there is nothing yet."""

    kind: str
    newest: Callable[[Session], int | None]
    subjects: Callable[[Session, date], Sequence[int]]
    read: Callable[[Session, int, int, int], Chunk | None]


def notices_of(keyring: Keyring, rows: Sequence[Row[Any]]) -> Iterator[Notice]:
    """The events of a chunk, each once, with the phone in clear."""
    seen = set()
    for row in rows:
        if (key := (row.kind, row.event_id)) not in seen:
            seen.add(key)
            yield _notice(keyring, row)


def _notice(keyring: Keyring, row: Row[Any]) -> Notice:
    facts = Facts(
        unit=row.unit_name,
        name=row.name,
        amount=row.amount,
        tail=row.tail,
        day=row.day,
        month=row.period,
        todo=reason_of(row.evidence, row.reason).reason_class.value if row.reason else "",
        hides_amount=bool(row.hides_amount),
    )
    phone = keyring.decrypt("person.phone", row.bound_key, row.phone_cipher)
    return Notice(row.kind, row.event_id, row.person_id, row.phone_key, phone, facts)


def whom(*columns: ColumnElement[Any]) -> Select[Any]:
    """Events of lines of payrolls with person and unit; `columns` name the event, its kind, amount,
    tail, day, period, evidence and reason."""
    return (
        select(
            *columns,
            person.c.id.label("person_id"),
            person.c.name,
            person.c.bound_key,
            person.c.phone_cipher,
            person.c.phone_key,
            paying_unit.c.name.label("unit_name"),
            wishes(person.c.id, NO_AMOUNTS).label("hides_amount"),
        )
        .select_from(payroll_line)
        .join(payroll, payroll.c.id == payroll_line.c.payroll_id)
        .join(paying_unit, paying_unit.c.code == payroll.c.unit_code)
        .join(person, person.c.id == payroll_line.c.person_id)
        .where(is_reached())
    )


def untold(kind: Any, event_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether no message tells of this event yet."""
    return ~exists().where(message.c.kind == kind, message.c.event_id == event_id)


def unread(kind: str, subject: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a batch or list came after the first day of messages and is not read to its end."""
    began = select(message_mark.c.last_id).where(
        message_mark.c.kind == kind, message_mark.c.subject == 0
    )
    over = exists().where(
        message_mark.c.kind == kind, message_mark.c.subject == subject, message_mark.c.is_done == 1
    )
    return (subject > began.scalar_subquery()) & ~over


def next_chunk(session: Session, query: Select[Any], size: int, after: int) -> Chunk:
    """The next rows of a subject whose rows all exist already; `query` is ordered by event."""
    rows = session.execute(query.limit(size)).all()
    return Chunk(rows, rows[-1].event_id if rows else after, done=len(rows) < size)
