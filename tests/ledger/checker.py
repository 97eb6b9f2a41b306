"""The books read by SQL of our own and judged against the model, past every function of theirs."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.ledger.model import KINDS, Model, Place, period_of

_POSTINGS = """
select e.id, e.programme, e.currency, e.fiscal_year, cast(e.effective_on as text) as day,
       a.path, a.programme as owner, a.currency as coin, p.item, p.debit, p.credit
from entry e join posting p on p.entry_id = e.id join account a on a.id = p.account_id
order by e.id, a.id, p.item
"""
_CHAIN = """
select c.position, c.voucher, c.fiscal_year, c.entry_id, e.fiscal_year as entry_year
from chain_link c join entry e on e.id = c.entry_id order by c.position
"""

Rows = list[Any]


def check_entries(session: Session, model: Model) -> dict[tuple[str, str], Rows]:
    """Every entry balances, is of one programme and currency, and is that of the model.

    Nothing is below zero after any of them, in the order of their ids (a writer alone). Gives the
    rows by programme and period, so that those of a closed period can be held against later ones.
    """
    rows = session.execute(text(_POSTINGS)).all()
    entries: defaultdict[int, Rows] = defaultdict(list)
    periods: defaultdict[tuple[str, str], Rows] = defaultdict(list)
    for row in rows:
        entries[row.id].append(row)
        periods[row.programme, _period(row)].append(row)
    balances: defaultdict[Place, int] = defaultdict(int)
    for entry_id, postings in entries.items():
        _check_entry(entry_id, postings)
        _carry(balances, postings)
    assert {one: _moved(postings) for one, postings in entries.items()} == {
        one: dict(entry.moves) for one, entry in model.entries.items()
    }
    assert {p: by for p, by in balances.items() if by} == {
        place: by for place, by in model.balances.items() if by
    }
    return periods


def check_chain(session: Session) -> list[int]:
    """Positions and, by fiscal year, vouchers without a gap; gives the ids of the entries."""
    vouchers: defaultdict[int, int] = defaultdict(int)
    ids = []
    for place, row in enumerate(session.execute(text(_CHAIN)), 1):
        vouchers[row.fiscal_year] += 1
        assert (row.position, row.voucher) == (place, vouchers[row.fiscal_year])
        assert row.fiscal_year == row.entry_year
        ids.append(row.entry_id)
    assert len(set(ids)) == len(ids)
    return ids


def _check_entry(entry_id: int, postings: Rows) -> None:
    assert len(postings) >= 2, entry_id
    assert sum(row.debit for row in postings) == sum(row.credit for row in postings) > 0
    for row in postings:
        assert min(row.debit, row.credit) == 0 < max(row.debit, row.credit) <= 10**15
        assert (row.owner, row.coin) == (row.programme, row.currency)


def _carry(balances: defaultdict[Place, int], postings: Rows) -> None:
    for row in postings:
        place = (row.path, row.item)
        balances[place] += row.credit - row.debit
        assert KINDS[row.path.split("/")[0]][1] * balances[place] >= 0, (row.id, place)


def _moved(postings: Rows) -> dict[Place, int]:
    return {(row.path, row.item): row.credit - row.debit for row in postings}


def _period(row: Any) -> str:
    return period_of(date.fromisoformat(row.day), row.fiscal_year)
