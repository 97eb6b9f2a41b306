"""Telling people that what they complained of was answered: that, and never what it was about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.beneficiaries.reached import is_reached
from app.beneficiaries.tables import person
from app.complaints.states import ANSWERED, TAKEN
from app.complaints.tables import complaint, complaint_step
from app.messaging.outbox import Notice
from app.messaging.states import CASE
from app.messaging.tables import message
from app.privacy import Keyring

LOOKS_BACK = timedelta(days=90)
"""Nobody waits longer for an answer: the law gives thirty days."""
LATEST = timedelta(days=3)
"""An older answer was told by other ways, or is nobody's news."""
_STEPS = 1_000
_TEXT = (
    "Phan anh so {number} cua Ong/Ba da duoc tra loi."
    " Muon nghe cau tra loi, hoac chua dong y, goi {help}"
)


def answers(
    session: Session, keyring: Keyring, help_number: str, now: datetime, most: int
) -> Iterator[Notice]:
    """Notices of answers that no message tells of yet, to people who may be reached."""
    step, before = complaint_step, complaint_step.alias("before")
    event = complaint.c.id * _STEPS + step.c.seq
    taken = exists().where(
        before.c.complaint_id == step.c.complaint_id,
        before.c.seq == step.c.seq - 1,
        before.c.state == TAKEN,
    )
    query = (
        select(complaint.c.id, step.c.seq, person.c.id.label("person_id"), person.c.bound_key,
               person.c.phone_cipher, person.c.phone_key)
        .join(step, step.c.complaint_id == complaint.c.id)
        .join(person, person.c.id == complaint.c.person_id)
        .where(complaint.c.opened_at > now - LOOKS_BACK, step.c.at > now - LATEST,
               step.c.state == ANSWERED, taken, is_reached(),
               ~exists().where(message.c.kind == CASE, message.c.event_id == event))
        .order_by(complaint.c.id, step.c.seq)
        .limit(most)
    )  # fmt: skip
    for row in session.execute(query).all():
        yield _notice(keyring, help_number, row)


def _notice(keyring: Keyring, help_number: str, row: Any) -> Notice:
    phone = keyring.decrypt("person.phone", row.bound_key, row.phone_cipher)
    text = _TEXT.format(number=row.id, help=help_number)
    event = row.id * _STEPS + row.seq
    return Notice(CASE, event, row.person_id, row.phone_key, phone, text=text)
