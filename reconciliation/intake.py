"""Taking files in: raw bytes first, kept for ever under their hash; the same file once."""

from __future__ import annotations

import hashlib
import shutil
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from ledger.files import keep_names
from reconciliation.entry_keys import READER
from reconciliation.tables import inbound_file, repeated_file

File = tuple[int, str, str, str]
"""A file that came: id, provider, name, sha256."""


def stored_path(store: Path, sha256: str) -> Path:
    """Where the raw bytes of a file lie."""
    return store / sha256[:2] / sha256


def keep(store: Path, source: Path, sha256: str) -> Path:
    """Put a fetched file into the store (moved, once); its name is on the disk then."""
    target = stored_path(store, sha256)
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        shutil.move(source, target)
        keep_names(target.parent)
        keep_names(store)
    return target


def arriving(store: Path, provider: str) -> Path:
    """The folder in which a provider's files are written before they are kept.

    What providers send names people and accounts in clear: nobody else on the machine reads it.
    """
    store.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = store / "arriving" / provider
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def is_as_received(store: Path, sha256: str) -> bool:
    """Whether the raw bytes of a file still lie in the store, unchanged."""
    path = stored_path(store, sha256)
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256


def receive(
    session: Session, provider: str, name: str, sha256: str, size_bytes: int, now: datetime
) -> bool:
    """Record a file that is safely stored; False when these bytes came before."""
    known = session.scalar(
        select(inbound_file.c.id).where(
            inbound_file.c.provider == provider, inbound_file.c.sha256 == sha256
        )
    )
    if known is not None:
        _repeated(session, known, name, now)
        return False
    session.execute(
        insert(inbound_file).values(
            provider=provider,
            name=name,
            sha256=sha256,
            size_bytes=size_bytes,
            received_at=now,
            state="received",
            why="",
            reader=READER,
        )
    )
    return True


def _repeated(session: Session, file_id: int, name: str, now: datetime) -> None:
    original = session.scalar(select(inbound_file.c.name).where(inbound_file.c.id == file_id))
    seen = session.scalar(
        select(repeated_file.c.id).where(
            repeated_file.c.file_id == file_id, repeated_file.c.name == name
        )
    )
    if name != original and seen is None:
        session.execute(insert(repeated_file).values(file_id=file_id, name=name, received_at=now))


def waiting(session: Session, state: str) -> list[File]:
    """Files in a state, in the order they came."""
    rows = session.execute(
        select(inbound_file.c.id, inbound_file.c.provider, inbound_file.c.name,
               inbound_file.c.sha256)
        .where(inbound_file.c.state == state)
        .order_by(inbound_file.c.id)
    )  # fmt: skip
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def take(session: Session, file_id: int, state: str) -> bool:
    """Take a file for this unit of work alone; False when it is in that state no more."""
    query = select(inbound_file.c.id).where(
        inbound_file.c.id == file_id, inbound_file.c.state == state
    )
    return session.scalar(query.with_for_update()) is not None


def unapplied(session: Session, provider: str) -> int:
    """How many files of a provider are here whose lines are not judged yet; those in quarantine
    are not among them."""
    query = (
        select(func.count())
        .select_from(inbound_file)
        .where(inbound_file.c.provider == provider)
        .where(inbound_file.c.state.in_(("received", "read")))
    )
    return int(session.scalar(query) or 0)
