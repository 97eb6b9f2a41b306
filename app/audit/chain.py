"""The chain over the trail: each line linked to the one before, and the head pinned outside.

A line is written with the act it tells of; the sealer, each minute, gives it a position and a link:
SHA-256 of `previous link|position|canonical text of the line`. Whoever changes, removes or reorders
a line breaks the links behind it; whoever rewrites or cuts the whole chain contradicts the signed
anchors (`ledger/anchors.py`), which name its head beside that of the books.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, func, insert, select
from sqlalchemy.orm import Session

from app.audit.tables import audit_event, audit_link
from ledger.anchors import Anchor, Beside
from ledger.bulk import chunks
from ledger.chain import GENESIS, alone
from ledger.proofs import NAMED, Offenders, Proof
from ledger.schema import moment_text

BATCH = 5_000
FETCH_ROWS = 5_000
NAMES_PER_QUERY = 500


def trail_head(session: Session) -> Beside:
    """How many lines of the trail are linked, and the last link."""
    link = audit_link.c
    query = select(link.position, link.link).order_by(link.position.desc()).limit(1)
    last = session.execute(query).one_or_none()
    return Beside(last.position, last.link) if last else Beside()


def seal_trail(session: Session) -> int:
    """Link every committed line that has no link yet, oldest id first; gives how many."""
    alone(session)
    sealed = 0
    while added := _seal(session):
        sealed += added
    return sealed


def _seal(session: Session) -> int:
    last = trail_head(session)
    link, rows = last.link or GENESIS, []
    for position, row in enumerate(session.execute(_waiting()).all(), start=last.position + 1):
        link = _link(link, position, row)
        rows.append({"position": position, "event_id": row.id, "link": link})
    if rows:
        session.execute(insert(audit_link), rows)
    return len(rows)


def _waiting() -> Select[Any]:
    linked = select(audit_link.c.event_id).where(audit_link.c.event_id == audit_event.c.id)
    return select(audit_event).where(~linked.exists()).order_by(audit_event.c.id).limit(BATCH)


def _link(previous: str, position: int, row: Row[Any]) -> str:
    told = [row.id, moment_text(row.at), row.actor, row.action, row.object, row.detail]
    text = json.dumps([*told, row.before, row.after], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{previous}|{position}|{text}".encode()).hexdigest()


def prove_trail(session: Session, anchors: Sequence[Anchor] = ()) -> Proof:
    """Every link follows from the one before and from its line; every head that was ever anchored
    still stands. Lines that wait for the sealer are counted."""
    broken, link, links = Offenders(), GENESIS, 0
    for row in session.execute(_linked().execution_options(yield_per=FETCH_ROWS)):
        links += 1
        gone = row.id is None
        if gone or (row.position, row.link) != (links, _link(link, links, row)):
            broken.add(row.position)
        # Go on from what is written: so one broken link is named, not all behind it.
        links, link = row.position, row.link
    for anchor in _cut(session, anchors):
        broken.add(f"anchored {anchor.beside} at {anchor.at}")
    lines = session.scalar(select(func.count()).select_from(audit_event)) or 0
    return broken.proof("trail = its chain", links=links, head=link, waiting=lines - links)


def _linked() -> Select[Any]:
    line = audit_link.outerjoin(audit_event, audit_event.c.id == audit_link.c.event_id)
    columns = audit_link.c.position, audit_link.c.link, audit_event
    return select(*columns).select_from(line).order_by(audit_link.c.position)


def _cut(session: Session, anchors: Sequence[Anchor]) -> list[Anchor]:
    """Anchors whose head of the trail is not in the chain at its position."""
    missing: list[Anchor] = []
    pinned = [one for one in anchors if one.beside]
    for batch in chunks(pinned, NAMES_PER_QUERY):
        wanted = [one.beside for one in batch]
        rows = session.execute(select(audit_link).where(audit_link.c.position.in_(wanted)))
        found = {row.position: row.link for row in rows}
        missing += [one for one in batch if found.get(one.beside) != one.beside_link]
    return missing[:NAMED]
