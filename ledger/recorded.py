"""What the books had recorded by a moment, for whoever proves other figures against them.

By `recorded_at` and not by the day an entry takes effect: what was said at a moment rested on what
was written by then.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, select

from ledger.schema import whole_sum
from ledger.tables import account, entry, entry_seal, posting


def select_items(kind: str, until: datetime, owing: Collection[str]) -> Select[Any]:
    """(item, owed, balance) of every item of a kind of account, in minor units.

    `owed` is credits less debits by the recipes of `owing` alone, `balance` by every recipe.
    """
    change = posting.c.credit - posting.c.debit
    owed = case((entry.c.kind.in_(sorted(owing)), change), else_=0)
    return (
        select(
            posting.c.item,
            whole_sum(owed).label("owed"),
            whole_sum(change).label("balance"),
        )
        .join_from(posting, account, account.c.id == posting.c.account_id)
        .join(entry, entry.c.id == posting.c.entry_id)
        .where(account.c.kind == kind, posting.c.item != 0, entry.c.recorded_at <= until)
        .group_by(posting.c.item)
    )


def select_entries(until: datetime) -> Select[Any]:
    """(id, recipe, source, total) of every entry recorded by then; total in minor units."""
    return (
        select(entry.c.id, entry.c.kind.label("recipe"), entry.c.source, entry_seal.c.total)
        .join(entry_seal, entry_seal.c.entry_id == entry.c.id)
        .where(entry.c.recorded_at <= until)
    )
