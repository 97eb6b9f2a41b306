"""Files that were loaded: which, by whom, and whether another person accepted them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.tables import officer
from app.takeover.tables import take_over, take_over_acceptance


@dataclass(frozen=True, slots=True)
class Loaded:
    """A stored file: its number, its digest, whether this call stored it, whether accepted."""

    take_over_id: int
    digest: str
    is_new: bool
    accepted: bool


def known(session: Session, digest: str) -> Loaded | None:
    """The loaded file of just this content, None when there is none."""
    row = session.execute(waiting_or_done(take_over.c.digest == digest)).one_or_none()
    if row is None:
        return None
    return Loaded(row.id, row.digest, is_new=False, accepted=row.accepted_at is not None)


def waiting_or_done(*where: Any) -> Any:
    """A SELECT of loaded files with who loaded them and, if so, when they were accepted."""
    done = take_over_acceptance.c
    return (
        select(take_over, officer.c.username, done.officer_id.label("accepted_by"),
               done.accepted_at)
        .join(officer, officer.c.id == take_over.c.loaded_by)
        .outerjoin(take_over_acceptance, done.take_over_id == take_over.c.id)
        .where(*where)
        .order_by(take_over.c.id)
    )  # fmt: skip
