"""What took long to find out, kept until a job finds it out anew: pages show it with its moment."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.tasks.tables import long_answer

PROOFS = "proofs"
"""The name of the last proofs of everything: a list of proofs as objects."""


class Kept(NamedTuple):
    """An answer as it was found at a moment: what JSON holds."""

    made_at: datetime
    content: Any


def keep(session: Session, name: str, content: Any, now: datetime) -> None:
    """Keep an answer in the place of the one before it."""
    told = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
    values = {"made_at": now, "content": told}
    done: Any = session.execute(
        update(long_answer).where(long_answer.c.name == name).values(**values)
    )
    if not done.rowcount:
        session.execute(insert(long_answer).values(name=name, **values))


def kept(session: Session, names: Iterable[str]) -> dict[str, Kept]:
    """The answers there are, by name."""
    query = select(long_answer).where(long_answer.c.name.in_(list(names)))
    return {row.name: Kept(row.made_at, json.loads(row.content)) for row in session.execute(query)}
