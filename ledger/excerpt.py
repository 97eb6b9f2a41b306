"""A part of the books for somebody who takes it away: whole entries and their place in the chain.

An entry is written for one cell, so the entries of a paying unit hold no other unit's money. Most
stand on an account of the unit; the few recipes that touch only accounts kept for all units
together are told by their items.
The links between the first and the last of them come along with the digests of all entries
in between, of whatever unit: so the part of the chain can be computed again, and a digest
tells nothing about the entry behind it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.orm import Session

from ledger.bulk import chunks
from ledger.chain import GENESIS
from ledger.chart import KINDS
from ledger.digest import header_text
from ledger.recipes import RECIPES
from ledger.tables import account, chain_link, closed_period, entry, entry_seal, posting

FETCH_ROWS = 5_000
IDS_PER_QUERY = 500
MONTH, LIST, BOTH = "month", "list", "both"
# Accounts kept for all units together: there only the item tells whose a posting is.
_SHARED = [kind for kind in KINDS.values() if "unit" not in kind.dimensions]
_OBLIGATIONS = [kind.code for kind in _SHARED if kind.item == "obligation"]
_CASES = [kind.code for kind in _SHARED if kind.item == "case"]
_SUMS = [kind.code for kind in _SHARED if not kind.itemised]
# Recipes that leave no trace on an account of the unit.
_BETWEEN_SHARED = [
    one.name
    for one in RECIPES.values()
    if not {"unit"} & {*KINDS[one.debit].dimensions, *KINDS[one.credit].dimensions}
]


@dataclass(frozen=True, slots=True)
class Choice:
    """Whose entries: those of the month and those of its lists.

    Of the month are entries effective from `first` to `last` on an account of `unit`, on one of
    `items` (a SELECT of its obligations) or on a case of the unit. Of its lists are entries
    caused by one of `sources` or with an id of `ids` (a SELECT), whenever they were effective.
    """

    unit: str
    first: date
    last: date
    items: Select[Any]
    sources: Collection[str]
    ids: Select[Any]


def chosen(session: Session, choice: Choice) -> dict[int, str]:
    """The ids of the entries chosen, in order, each with why: MONTH, LIST or BOTH."""
    month = {number for query in _of_month(choice) for number in session.scalars(query)}
    lists = {
        number
        for some in chunks(sorted(choice.sources), IDS_PER_QUERY)
        for number in session.scalars(select(entry.c.id).where(entry.c.source.in_(some)))
    }
    lists.update(session.scalars(choice.ids))
    why = {(True, False): MONTH, (False, True): LIST, (True, True): BOTH}
    return {one: why[one in month, one in lists] for one in sorted(month | lists)}


def _of_month(choice: Choice) -> Iterator[Select[Any]]:
    """Ids of the unit's entries of the month, a query for each way to tell them."""
    in_month = entry.c.effective_on.between(choice.first, choice.last)
    entries = (
        select(posting.c.entry_id)
        .join_from(posting, entry, entry.c.id == posting.c.entry_id)
        .where(in_month)
        .distinct()
    )
    yield entries.where(posting.c.account_id.in_(_own(choice)))
    between = entries.where(entry.c.kind.in_(_BETWEEN_SHARED))
    yield between.where(*_on(_OBLIGATIONS, choice.items))
    yield between.where(*_on(_CASES, _cases(choice)))


def _own(choice: Choice) -> Select[Any]:
    return select(account.c.id).where(account.c.unit == choice.unit)


def _shared(kinds: Iterable[str]) -> Select[Any]:
    return select(account.c.id).where(account.c.kind.in_(list(kinds)))


def _on(kinds: Iterable[str], items: Select[Any]) -> tuple[ColumnElement[bool], ...]:
    return posting.c.account_id.in_(_shared(kinds)), posting.c.item.in_(items)


def _cases(choice: Choice) -> Select[Any]:
    """Cases that an entry on an account of the unit speaks of, mostly the one that opened them."""
    own, opened = posting.alias("own"), posting.alias("opened")
    entries = select(own.c.entry_id).where(own.c.account_id.in_(_own(choice)))
    on = opened.c.account_id.in_(_shared(_CASES)), opened.c.entry_id.in_(entries)
    return select(opened.c.item).where(*on)


def headers(session: Session, ids: Iterable[int]) -> Iterator[tuple[Row[Any], str]]:
    """Each entry with its seal and its place in the chain (`position`, `voucher` and `link` are
    None until it is sealed), and the first line of its canonical text."""
    for some in chunks(ids, IDS_PER_QUERY):
        rows = session.execute(
            select(
                entry,
                entry_seal.c.postings,
                entry_seal.c.total,
                entry_seal.c.digest,
                chain_link.c.position,
                chain_link.c.voucher,
                chain_link.c.link,
            )
            .join_from(entry, entry_seal, entry_seal.c.entry_id == entry.c.id)
            .outerjoin(chain_link, chain_link.c.entry_id == entry.c.id)
            .where(entry.c.id.in_(some))
            .order_by(entry.c.id)
        )
        for row in rows:
            yield row, header_text(row)


def postings(session: Session, ids: Iterable[int]) -> Iterator[Row[Any]]:
    """Every posting of the entries, by entry and line, with the path of its account."""
    for some in chunks(ids, IDS_PER_QUERY):
        yield from session.execute(
            select(posting, account.c.path)
            .join_from(posting, account, account.c.id == posting.c.account_id)
            .where(posting.c.entry_id.in_(some))
            .order_by(posting.c.entry_id, posting.c.line)
            .execution_options(yield_per=FETCH_ROWS)
        )


class Span(NamedTuple):
    """The first and the last position of a part of the chain, and the link before it."""

    first: int
    last: int
    before: str


def span(session: Session, ids: Iterable[int], until: int = 0) -> Span | None:
    """The part of the chain from the first to the last of the entries, drawn out to `until`.

    None when none of them is sealed into the chain yet.
    """
    positions = [
        number
        for some in chunks(ids, IDS_PER_QUERY)
        for number in session.scalars(
            select(chain_link.c.position).where(chain_link.c.entry_id.in_(some))
        )
    ]
    if not positions:
        return None
    first = min(positions)
    query = select(chain_link.c.link).where(chain_link.c.position == first - 1)
    return Span(first, max(*positions, until), session.scalar(query) or GENESIS)


def links(session: Session, part: Span) -> Iterator[Row[Any]]:
    """Every link of a part of the chain with the digest of its entry, by position."""
    yield from session.execute(
        select(chain_link, entry_seal.c.digest)
        .join_from(chain_link, entry_seal, entry_seal.c.entry_id == chain_link.c.entry_id)
        .where(chain_link.c.position.between(part.first, part.last))
        .order_by(chain_link.c.position)
        .execution_options(yield_per=FETCH_ROWS)
    )


def theirs(choice: Choice) -> Iterator[tuple[ColumnElement[bool], ...]]:
    """Every posting of the unit there ever was: a condition on postings for each way to tell them;
    none meets two."""
    yield (posting.c.account_id.in_(_own(choice)),)
    yield _on(_OBLIGATIONS, choice.items)
    yield _on(_CASES, _cases(choice))
    its_case = posting.alias("its_case")
    entries = select(its_case.c.entry_id).where(
        its_case.c.account_id.in_(_shared(_CASES)), its_case.c.item.in_(_cases(choice))
    )
    yield posting.c.account_id.in_(_shared(_SUMS)), posting.c.entry_id.in_(entries)


def closes(session: Session) -> list[Row[Any]]:
    """Every closed period, with its place in the chain, in the order of closing."""
    c = closed_period.c
    query = select(c.number, c.programme, c.period, c.position, c.closed_at).order_by(c.number)
    return list(session.execute(query))
