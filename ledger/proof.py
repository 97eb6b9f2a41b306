"""Proofs that the books are what was written: everything recomputed, nothing believed.

No proof trusts a trigger or a constraint: whoever has the owner's rights can drop those. Each
gives figures, and where it fails the ids of the first offenders. All of it streams; memory
does not grow with the books.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session

from ledger.bulk import chunks
from ledger.chain import GENESIS, Anchor, link_of
from ledger.chart import KINDS, Cell, account_row
from ledger.digest import digest_of, posting_text
from ledger.errors import UnknownAccount
from ledger.schema import Whole
from ledger.tables import account, chain_link, entry, entry_seal, posting

RANGE_POSTINGS = 100_000
FETCH_ROWS = 5_000
NAMES_PER_QUERY = 500
NAMED = 5
"""How many offenders a proof names."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof's name, whether it holds, and its figures."""

    name: str
    ok: bool
    figures: dict[str, Any]


@dataclass(slots=True)
class Offenders:
    """Counts what breaks a rule, and keeps the first few."""

    count: int = 0
    first: list[Any] = field(default_factory=list)

    def add(self, which: Any) -> None:
        """One more."""
        self.count += 1
        if len(self.first) < NAMED:
            self.first.append(which)

    def proof(self, name: str, **figures: Any) -> Proof:
        """The proof that there are none."""
        return Proof(name, self.count == 0, {**figures, "broken": self.count, "first": self.first})


def verify(session: Session, anchors: Iterable[Anchor] = ()) -> list[Proof]:
    """Every proof of the books, in one reading of them; nothing is written."""
    return [
        prove_chart(session),
        *prove_entries(session),
        *prove_balances(session),
        prove_chain(session),
        prove_anchors(session, anchors),
    ]


def prove_chart(session: Session) -> Proof:
    """Every account is one that the chart would open: its path, guard and itemising."""
    wrong, rows = Offenders(), session.execute(select(account).order_by(account.c.id)).all()
    for row in rows:
        if not _as_charted(row):
            wrong.add(row.id)
    return wrong.proof("chart", accounts=len(rows))


def _as_charted(row: Row[Any]) -> bool:
    if row.kind not in KINDS:
        return False
    try:
        cell = Cell(row.fund, row.programme, row.unit, row.provider)
    except UnknownAccount:
        return False
    charted = account_row(row.kind, cell, row.currency)
    return all(row._mapping[name] == value for name, value in charted.items())


def prove_entries(session: Session) -> list[Proof]:
    """Every entry balances and is sealed, its digest is that of its rows, debits = credits."""
    unbalanced, altered, overall = Offenders(), Offenders(), Offenders()
    entries = postings = debits = credits_ = 0
    for row in _entries(session):
        entries += row.id is not None
        postings += row.postings or 0
        debits += row.debits or 0
        credits_ += row.credits or 0
        if not _balances(row):
            unbalanced.add(row.posted_id if row.id is None else row.id)
        elif digest_of(row, row.lines) != row.digest:
            altered.add(row.id)
    for entry_id in session.scalars(_seals_of_nothing()):
        unbalanced.add(entry_id)
    if debits != credits_:
        overall.add(debits - credits_)
    return [
        unbalanced.proof("entries_balance", entries=entries, postings=postings),
        altered.proof("digests", entries=entries, postings=postings),
        overall.proof("debits_equal_credits", debits=debits, credits=credits_),
    ]


def _balances(row: Row[Any]) -> bool:
    """Header, seal and postings are there and agree; one currency, one programme."""
    if row.id is None or row.posted_id is None or row.digest is None:
        return False
    said = (row.sealed_total, row.sealed_total, row.sealed_postings, row.sealed_postings)
    return said == (row.debits, row.credits, row.postings, row.fitting)


def _entries(session: Session) -> Iterator[Row[Any]]:
    """Every entry with its seal, its postings' sums and their text; None for what is missing."""
    low = -(2**62)
    for high in [*session.scalars(_range_ends()), 2**62]:
        yield from session.execute(_range(low, high))
        low = high


def _range_ends() -> Any:
    """Ids of entries that part the books into ranges of about RANGE_POSTINGS."""
    running = cast(func.sum(entry_seal.c.postings).over(order_by=entry_seal.c.entry_id), Whole)
    parts = select(entry_seal.c.entry_id, (running // RANGE_POSTINGS).label("part")).subquery()
    return select(func.max(parts.c.entry_id)).group_by(parts.c.part).order_by(parts.c.part)


def _range(low: int, high: int) -> Any:
    """One statement, hence one snapshot: an entry that commits meanwhile is seen whole or not."""
    headers = (
        select(
            entry,
            entry_seal.c.postings.label("sealed_postings"),
            entry_seal.c.total.label("sealed_total"),
            entry_seal.c.digest,
        )
        .outerjoin(entry_seal, entry_seal.c.entry_id == entry.c.id)
        .where(entry.c.id > low, entry.c.id <= high)
        .subquery("headers")
    )
    sums = _posting_sums(low, high).subquery("sums")
    return select(headers, sums).join_from(
        headers, sums, sums.c.posted_id == headers.c.id, full=True
    )


def _posting_sums(low: int, high: int) -> Any:
    fits = and_(account.c.currency == entry.c.currency, account.c.programme == entry.c.programme)
    return (
        select(
            posting.c.entry_id.label("posted_id"),
            cast(func.sum(posting.c.debit), Whole).label("debits"),
            cast(func.sum(posting.c.credit), Whole).label("credits"),
            func.count().label("postings"),
            func.count(case((fits, 1))).label("fitting"),
            posting_text().label("lines"),
        )
        .outerjoin_from(posting, entry, entry.c.id == posting.c.entry_id)
        .outerjoin(account, account.c.id == posting.c.account_id)
        .where(posting.c.entry_id > low, posting.c.entry_id <= high)
        .group_by(posting.c.entry_id)
    )


def _seals_of_nothing() -> Any:
    """Seals whose entry is gone (possible only where foreign keys were switched off)."""
    kept = select(entry.c.id).where(entry.c.id == entry_seal.c.entry_id)
    return select(entry_seal.c.entry_id).where(~kept.exists()).order_by(entry_seal.c.entry_id)


def prove_balances(session: Session) -> list[Proof]:
    """Running balances recomputed for every (account, item), and none on the wrong side."""
    wrong, below = Offenders(), Offenders()
    rows = session.execute(_suspects().execution_options(yield_per=FETCH_ROWS))
    for entry_id, line, is_wrong, is_below in rows:
        if is_wrong:
            wrong.add([entry_id, line])
        if is_below:
            below.add([entry_id, line])
    query = select(func.count()).select_from(posting)
    postings = session.execute(query).scalar_one()
    return [
        wrong.proof("balances_recomputed", postings=postings),
        below.proof("nothing_below_zero", postings=postings),
    ]


def _suspects() -> Any:
    """(entry, line, wrong running balance, wrong side) of every posting that breaks a rule."""
    one = (posting.c.account_id, posting.c.item)
    seq = func.lag(posting.c.seq).over(partition_by=one, order_by=posting.c.seq)
    balance = func.lag(posting.c.balance).over(partition_by=one, order_by=posting.c.seq)
    p = select(
        *posting.c,
        func.coalesce(seq, 0).label("seq_before"),
        func.coalesce(balance, 0).label("before"),
    ).subquery("p")
    carried = and_(
        p.c.seq == p.c.seq_before + 1, p.c.balance == p.c.before + p.c.credit - p.c.debit
    )
    guard, itemised = account.c.guard, account.c.itemised
    below = or_(
        and_(guard == 1, p.c.balance < 0),
        and_(guard == 2, p.c.balance > 0),
        and_(itemised == 0, p.c.item != 0),
        and_(itemised == 1, p.c.item == 0),
    )
    return (
        select(p.c.entry_id, p.c.line, case((carried, 0), else_=1), case((below, 1), else_=0))
        .outerjoin_from(p, account, account.c.id == p.c.account_id)
        .where(or_(~carried, below))
        .order_by(p.c.entry_id, p.c.line)
    )


def prove_chain(session: Session) -> Proof:
    """Every link follows from the one before and from its entry; positions and vouchers gapless."""
    broken, link, links = Offenders(), GENESIS, 0
    vouchers: defaultdict[int, int] = defaultdict(int)
    for row in session.execute(_links().execution_options(yield_per=FETCH_ROWS)):
        links += 1
        vouchers[row.fiscal_year] += 1
        voucher = vouchers[row.fiscal_year]
        expected = link_of(link, links, row.entry_year or 0, voucher, row.digest or "")
        if (row.position, row.voucher, row.link) != (links, voucher, expected):
            broken.add(row.position)
        # Go on from what is written: so one broken link is named, not all behind it.
        links, vouchers[row.fiscal_year], link = row.position, row.voucher, row.link
    waiting = session.execute(_unchained()).all()
    return broken.proof(
        "chain",
        links=links,
        head=link,
        waiting=len(waiting),
        oldest_waiting=waiting[0].recorded_at.isoformat() if waiting else None,
    )


def _links() -> Any:
    return (
        select(chain_link, entry_seal.c.digest, entry.c.fiscal_year.label("entry_year"))
        .outerjoin(entry_seal, entry_seal.c.entry_id == chain_link.c.entry_id)
        .outerjoin(entry, entry.c.id == chain_link.c.entry_id)
        .order_by(chain_link.c.position)
    )


def _unchained() -> Any:
    linked = select(chain_link.c.entry_id).where(chain_link.c.entry_id == entry.c.id)
    return select(entry.c.id, entry.c.recorded_at).where(~linked.exists()).order_by(entry.c.id)


def prove_anchors(session: Session, anchors: Iterable[Anchor]) -> Proof:
    """Every head that was ever anchored is still in the chain, at its position."""
    missing, count = Offenders(), 0
    for batch in chunks(anchors, NAMES_PER_QUERY):
        count += len(batch)
        positions = [anchor.position for anchor in batch]
        query = select(chain_link.c.position, chain_link.c.link)
        query = query.where(chain_link.c.position.in_(positions))
        found = {row.position: row.link for row in session.execute(query)}
        for anchor in batch:
            if anchor.position and found.get(anchor.position) != anchor.link:
                missing.add(anchor.position)
    return missing.proof("anchors", anchors=count)
