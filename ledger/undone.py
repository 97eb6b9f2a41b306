"""What stands of single entries: which of them undo nothing and were not undone."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.tables import entry, posting


def newest_standing(
    session: Session, entry_ids: Iterable[int], recipes: Iterable[str]
) -> int | None:
    """The newest of these entries that follows one of these recipes and stands; None without."""
    undone = entry.alias("undone")
    found = session.scalar(
        select(entry.c.id)
        .where(entry.c.id.in_(list(entry_ids)), entry.c.kind.in_(sorted(recipes)))
        .where(entry.c.reverses_id.is_(None))
        .where(~select(undone.c.id).where(undone.c.reverses_id == entry.c.id).exists())
        .order_by(entry.c.id.desc())
        .limit(1)
    )
    return None if found is None else int(found)


def item_beside(session: Session, entry_id: int) -> int:
    """The one item that an entry of many items has on its other side; 0 for a control total."""
    query = select(posting.c.item).where(posting.c.entry_id == entry_id, posting.c.line == 0)
    return int(session.execute(query).scalar_one())
