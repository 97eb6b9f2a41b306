"""What gateways told: kept once as it came, encrypted, and read later by a job."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidTag
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.messaging.tables import inbound_message
from app.privacy import Keyring
from ledger.bulk import add_once, written

BODY = "inbound_message.body"
LENGTHS: Mapping[str, int] = {
    "from": 32, "to": 32, "text": 1_000, "status": 32, "why": 200, "channel": 8,
}  # fmt: skip
"""What is kept of each word that a gateway may tell; a longer text is not understood anyway."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A call of a gateway: its kind (`states.HEARD`), the gateway's name of it, and its words.

    A question has `from`, `to` and `text`, and `channel` ("zalo") where it is no SMS; a report
    `status` and `why`, and as its name our name of the message, a colon and the status.
    """

    gateway: str
    kind: str
    name: str
    said: Mapping[str, str]


def keep(session: Session, keyring: Keyring, heard: Heard, now: datetime) -> bool:
    """Write a call down, in one statement; False when one of this name was there already."""
    said = {name: _whole(heard.said.get(name, "")[:most]) for name, most in LENGTHS.items()}
    values = {
        "gateway": heard.gateway,
        "kind": heard.kind,
        "name": heard.name,
        "body_cipher": keyring.encrypt(BODY, _bound(heard), json.dumps(said)),
        "received_at": now,
    }
    return add_once(session, inbound_message, values, ("gateway", "kind", "name"))


def _whole(text: str) -> str:
    """A text that can be written down: JSON may hold half of a sign, which is none."""
    return text.encode(errors="replace").decode()


def _bound(heard: Heard) -> str:
    return f"{heard.gateway}|{heard.kind}|{heard.name}"


def unread(session: Session, after: int, most: int) -> list[int]:
    """Ids of what nobody has read yet, after one, in the order in which it came."""
    query = select(inbound_message.c.id).where(
        inbound_message.c.read_at.is_(None), inbound_message.c.id > after
    )
    return list(session.scalars(query.order_by(inbound_message.c.id).limit(most)))


def opened(session: Session, keyring: Keyring, number: int) -> Heard | None:
    """A call that is unread, held until the end of the work; with no words where it was altered,
    None where somebody read it meanwhile."""
    query = select(inbound_message).where(
        inbound_message.c.id == number, inbound_message.c.read_at.is_(None)
    )
    row = session.execute(query.with_for_update()).one_or_none()
    if row is None:
        return None
    bare = Heard(row.gateway, row.kind, row.name, {})
    try:
        said = json.loads(keyring.decrypt(BODY, _bound(bare), row.body_cipher))
    except (InvalidTag, ValueError):
        return bare
    return Heard(row.gateway, row.kind, row.name, said)


def close(session: Session, number: int, outcome: str, now: datetime) -> bool:
    """A call was read, and this came of it; False when it was read before."""
    mine = update(inbound_message).where(
        inbound_message.c.id == number, inbound_message.c.read_at.is_(None)
    )
    return written(session, mine.values(outcome=outcome, read_at=now)) == 1
