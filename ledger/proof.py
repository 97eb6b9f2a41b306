"""Proofs that the books are what was written: everything recomputed, nothing believed.

No proof trusts a trigger or a constraint: whoever has the owner's rights can drop those. Each
gives figures, and where it fails the ids of the first offenders. All of it streams; memory
does not grow with the books.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session

from ledger.anchors import Anchor
from ledger.chart import KINDS, Cell, account_row
from ledger.digest import digest_of, lines_text
from ledger.errors import UnknownAccount
from ledger.proof_chain import prove_anchors, prove_chain, prove_closed
from ledger.proof_totals import AccountSums, prove_totals
from ledger.proofs import Offenders, Proof
from ledger.schema import Whole, whole_sum
from ledger.tables import account, entry, entry_seal, posting

__all__ = ["Offenders", "Proof", "verify"]

RANGE_POSTINGS = 100_000
FETCH_ROWS = 5_000


def verify(
    session: Session,
    anchors: Sequence[Anchor] = (),
    public_key: str | None = None,
    *,
    fast: bool = False,
) -> list[Proof]:
    """Every proof of the books, in one reading of them; nothing is written.

    With `public_key` the signatures of the anchors are proved too. `fast` leaves out what
    reads every posting one by one (the digest of each entry, each running balance); sums,
    seals, chain, control totals, closes and anchors are proved all the same.
    """
    return [
        prove_chart(session),
        *prove_entries(session, fast),
        *([] if fast else prove_balances(session)),
        prove_reversals(session),
        prove_chain(session),
        prove_closed(session),
        prove_anchors(session, anchors, public_key),
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


def prove_entries(session: Session, fast: bool = False) -> list[Proof]:
    """Every entry balances and is sealed, its digest is that of its rows, debits = credits.

    And the control totals are the sums of what is chained. One pass; `fast` leaves out the
    digests.
    """
    unbalanced, altered, overall = Offenders(), Offenders(), Offenders()
    entries = postings = debits = credits_ = 0
    sums = AccountSums(session)
    for row in _entries(session, fast):
        entries += row.id is not None
        postings += row.postings or 0
        debits += row.debits or 0
        credits_ += row.credits or 0
        sums.add(row)
        if not _balances(row) or not sums.fits(row):
            unbalanced.add(row.posted_id if row.id is None else row.id)
        if (
            not fast
            and row.lines
            and row.id is not None
            and digest_of(row, row.lines) != row.digest
        ):
            altered.add(row.id)
    for entry_id in session.scalars(_seals_of_nothing()):
        unbalanced.add(entry_id)
    if debits != credits_:
        overall.add(debits - credits_)
    counts = {"entries": entries, "postings": postings}
    return [
        unbalanced.proof("entries_balance", **counts),
        *([] if fast else [altered.proof("digests", **counts)]),
        overall.proof("debits_equal_credits", debits=debits, credits=credits_),
        prove_totals(session, sums),
    ]


def prove_reversals(session: Session) -> Proof:
    """Every reversal is the exact opposite of what it reverses."""
    pairs = session.execute(
        select(entry.c.id, entry.c.reverses_id)
        .where(entry.c.reverses_id.is_not(None))
        .order_by(entry.c.id)
    ).all()
    wrong = Offenders()
    for entry_id, reversed_id in pairs:
        p = posting.c
        old = select(p.account_id, p.item, p.credit, p.debit, func.count())
        old = old.where(p.entry_id == reversed_id)
        old = old.group_by(p.account_id, p.item, p.credit, p.debit)
        new = select(p.account_id, p.item, p.debit, p.credit, func.count())
        new = new.where(p.entry_id == entry_id)
        new = new.group_by(p.account_id, p.item, p.debit, p.credit)
        for one, other in ((old, new), (new, old)):
            if session.execute(one.except_(other).limit(1)).first() is not None:
                wrong.add(entry_id)
                break
    return wrong.proof("reversals", reversals=len(pairs))


def _balances(row: Row[Any]) -> bool:
    """Header, seal and postings are there and agree; one currency, one programme."""
    if row.id is None or row.posted_id is None or row.digest is None:
        return False
    said = (row.sealed_total, row.sealed_total, row.sealed_postings)
    fitting = getattr(row, "fitting", row.postings)
    return said == (row.debits, row.credits, row.postings) and fitting == row.postings


def _entries(session: Session, fast: bool) -> Iterator[Row[Any]]:
    """Every entry with its seal and its postings' sums; None for what is missing.

    Unless `fast`, with their text and the number of those that fit currency and programme.
    """
    low = -(2**62)
    for high in [*session.scalars(_range_ends()), 2**62]:
        yield from session.execute(_range(low, high, fast))
        low = high


def _range_ends() -> Any:
    """Ids of entries that part the books into ranges of about RANGE_POSTINGS."""
    running = cast(func.sum(entry_seal.c.postings).over(order_by=entry_seal.c.entry_id), Whole)
    parts = select(entry_seal.c.entry_id, (running // RANGE_POSTINGS).label("part")).subquery()
    return select(func.max(parts.c.entry_id)).group_by(parts.c.part).order_by(parts.c.part)


def _range(low: int, high: int, fast: bool) -> Any:
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
    sums = _posting_sums(low, high, fast).subquery("sums")
    return select(headers, sums).join_from(
        headers, sums, sums.c.posted_id == headers.c.id, full=True
    )


def _posting_sums(low: int, high: int, fast: bool) -> Any:
    debited = case((posting.c.debit > 0, posting.c.account_id))
    credited = case((posting.c.credit > 0, posting.c.account_id))
    query = (
        select(
            posting.c.entry_id.label("posted_id"),
            whole_sum(posting.c.debit).label("debits"),
            whole_sum(posting.c.credit).label("credits"),
            func.count().label("postings"),
            *(one(debited).label(f"{name}_debited") for name, one in _ENDS),
            *(one(credited).label(f"{name}_credited") for name, one in _ENDS),
        )
        .where(posting.c.entry_id > low, posting.c.entry_id <= high)
        .group_by(posting.c.entry_id)
    )
    if fast:
        return query
    fits = and_(account.c.currency == entry.c.currency, account.c.programme == entry.c.programme)
    return (
        query.add_columns(func.count(case((fits, 1))).label("fitting"))
        .add_columns(lines_text().label("lines"))
        .outerjoin_from(posting, entry, entry.c.id == posting.c.entry_id)
        .outerjoin(account, account.c.id == posting.c.account_id)
    )


_ENDS = (("first", func.min), ("last", func.max))


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
