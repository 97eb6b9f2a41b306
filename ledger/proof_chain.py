"""Proofs of the chain, the control totals, the closes, and the anchors that pin them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ledger.anchors import Anchor, falsely_signed
from ledger.bulk import chunks
from ledger.chain import GENESIS, closed_digests, link_of
from ledger.periods import period_of
from ledger.proofs import NAMED, Offenders, Proof
from ledger.tables import chain_link, closed_day, closed_period, entry, entry_seal, posting
from ledger.triggers import ADJUSTMENT

FETCH_ROWS = 5_000
NAMES_PER_QUERY = 500


def prove_chain(session: Session) -> Proof:
    """Every link follows from the one before and from its entry; positions and vouchers gapless.

    Entries that wait for the sealer are named with the moment they were written.
    """
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
    waiting = session.execute(unchained()).all()
    oldest = min((row.recorded_at for row in waiting), default=None)
    return broken.proof(
        "chain",
        links=links,
        head=link,
        waiting=len(waiting),
        first_waiting=[row.id for row in waiting[:NAMED]],
        oldest_waiting=oldest.isoformat() if oldest else None,
    )


def _links() -> Any:
    return (
        select(chain_link, entry_seal.c.digest, entry.c.fiscal_year.label("entry_year"))
        .outerjoin(entry_seal, entry_seal.c.entry_id == chain_link.c.entry_id)
        .outerjoin(entry, entry.c.id == chain_link.c.entry_id)
        .order_by(chain_link.c.position)
    )


def unchained() -> Any:
    """(id, recorded_at) of the entries that wait for the sealer."""
    linked = select(chain_link.c.entry_id).where(chain_link.c.entry_id == entry.c.id)
    return select(entry.c.id, entry.c.recorded_at).where(~linked.exists()).order_by(entry.c.id)


def prove_closed(session: Session) -> Proof:
    """No entry came into a closed period, or moved an account on a closed day, after the close."""
    c = closed_period.c
    closes = {
        (row.programme, row.period): row.position
        for row in session.execute(select(c.programme, c.period, c.position))
    }
    late, keys = Offenders(), (entry.c.programme, entry.c.fiscal_year, entry.c.effective_on)
    latest = session.execute(
        select(*keys, func.max(chain_link.c.position).label("last"), func.max(entry.c.id))
        .outerjoin_from(entry, chain_link, chain_link.c.entry_id == entry.c.id)
        .group_by(*keys)
    )
    for programme, year, day, last, entry_id in latest:
        periods = (period_of(day), period_of(day, year), f"{year}-{ADJUSTMENT}")
        known = [one for period in periods if (one := closes.get((programme, period), -1)) >= 0]
        closed_at = min(known, default=-1)
        if closed_at >= 0 and (last is None or last > closed_at):
            late.add(entry_id)
    for entry_id in session.scalars(_moved_after_close()):
        late.add(entry_id)
    days = session.scalar(select(func.count()).select_from(closed_day))
    return late.proof("closed_periods", closed=len(closes), days=int(days or 0))


def _moved_after_close() -> Any:
    """Entries on a day that had been closed for one of their accounts when they were written."""
    closed = (
        select(closed_day.c.day)
        .where(closed_day.c.account_id == posting.c.account_id)
        .where(closed_day.c.day >= entry.c.effective_on)
        .where(closed_day.c.closed_at < entry.c.recorded_at)
    )
    return (
        select(entry.c.id)
        .join(posting, posting.c.entry_id == entry.c.id)
        .where(posting.c.account_id.in_(select(closed_day.c.account_id)), closed.exists())
        .order_by(entry.c.id)
        .distinct()
    )


def prove_anchors(
    session: Session, anchors: Sequence[Anchor], public_key: str | None = None
) -> Proof:
    """Every head and every close that was ever anchored still stands, and was signed by us."""
    wrong = Offenders()
    for place in falsely_signed(anchors, public_key) if public_key else ():
        wrong.add(f"line {place}: not signed by this key")
    signed = sum(1 for one in anchors if one.key)
    if public_key and not signed:
        wrong.add("there is a key, and no line that it signed")
    closes = closed_digests(session)
    for batch in chunks(anchors, NAMES_PER_QUERY):
        for anchor in _missing(session, batch):
            wrong.add(anchor.position)
        for anchor in batch:
            if anchor.closed_digest and closes[anchor.closed : anchor.closed + 1] != [
                anchor.closed_digest
            ]:
                wrong.add(f"{anchor.closed} closed periods at {anchor.at}")
    last = anchors[-1].at if anchors else None
    return wrong.proof("anchors", anchors=len(anchors), signed=signed, last=last)


def _missing(session: Session, anchors: Sequence[Anchor]) -> list[Anchor]:
    """Anchors whose head is not in the chain at its position."""
    positions = [anchor.position for anchor in anchors]
    query = select(chain_link.c.position, chain_link.c.link)
    rows = session.execute(query.where(chain_link.c.position.in_(positions)))
    found = {row.position: row.link for row in rows} | {0: GENESIS}
    return [one for one in anchors if found.get(one.position) != one.link]
