"""Control totals: what all accounts of a kind in a fund and programme moved, up to a position.

The sealer writes them, one row per kind, fund, programme and currency that the newly chained
entries touched; never updated, proved by `ledger/proof.py`. So a trial balance needs a few
look-ups, however many postings there are, and no writer waits for a total.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, Select, func, insert, literal, select, union_all
from sqlalchemy.orm import Session

from ledger.chart import KINDS
from ledger.schema import Whole, whole_sum
from ledger.tables import account, chain_link, control_total, posting

_KEYS = ("kind", "fund", "programme", "currency")


class Total(NamedTuple):
    """Debits and credits of a kind in a fund and programme, in minor units of the currency."""

    kind: str
    fund: str
    programme: str
    currency: str
    debits: int
    credits: int
    position: int


def carry_totals(session: Session, position: int) -> None:
    """Carry the totals on to the end of the chain, which is `position`.

    Where there are none yet (a database of an earlier version) they begin with the chain.
    """
    known = {one[:4]: one for one in latest_totals(session)}
    low = max((one.position for one in known.values()), default=0)
    rows = []
    for one in session.execute(moved_between(low, position)):
        before = known.get(tuple(one[:4]))
        debits, credits_ = (before.debits, before.credits) if before else (0, 0)
        sums = {"debits": debits + one.debits, "credits": credits_ + one.credits}
        total = Total(**{**one._mapping, **sums, "position": position})
        rows.append(total._asdict())
    if rows:
        session.execute(insert(control_total), rows)


def moved_between(low: int, high: int) -> Select[Any]:
    """What the entries at positions above `low` and up to `high` moved, by key."""
    keys = [account.c[name] for name in _KEYS]
    sums = (
        select(
            posting.c.account_id,
            whole_sum(posting.c.debit).label("debits"),
            whole_sum(posting.c.credit).label("credits"),
        )
        .join_from(chain_link, posting, posting.c.entry_id == chain_link.c.entry_id)
        .where(chain_link.c.position > low, chain_link.c.position <= high)
        .group_by(posting.c.account_id)
        .subquery("sums")
    )
    return (
        select(
            *keys,
            whole_sum(sums.c.debits).label("debits"),
            whole_sum(sums.c.credits).label("credits"),
        )
        .join_from(sums, account, account.c.id == sums.c.account_id)
        .group_by(*keys)
    )


def latest_totals(session: Session) -> list[Total]:
    """The totals as of the end of the chain; a look-up by key for each."""
    places = (
        select(account.c.fund, account.c.programme, account.c.currency)
        .where(account.c.kind == "payable")
        .distinct()
        .subquery("places")
    )
    kinds = _kinds().subquery("kinds")
    total, later = control_total.c, control_total.alias("later")
    last = (
        select(func.max(later.c.position))
        .where(
            later.c.kind == kinds.c.kind,
            later.c.fund == places.c.fund,
            later.c.programme == places.c.programme,
            later.c.currency == places.c.currency,
        )
        .scalar_subquery()
    )
    rows = session.execute(
        select(*(total[name] for name in Total._fields))
        .select_from(places.join(kinds, literal(1, Whole) == 1))
        .join(
            control_total,
            (total.kind == kinds.c.kind)
            & (total.fund == places.c.fund)
            & (total.programme == places.c.programme)
            & (total.currency == places.c.currency)
            & (total.position == last),
        )
    )
    return sorted(Total(*row) for row in rows)


def _kinds() -> CompoundSelect[Any]:
    return union_all(*(select(literal(kind).label("kind")) for kind in KINDS))
