"""The chain over all entries: one order, gapless voucher numbers, running control totals.

An entry carries its digest from the start. The sealer, one at a time, gives each sealed
entry a position, the next voucher number of its fiscal year and a link: SHA-256 of
`previous link|position|fiscal year|voucher|entry digest`. Whoever changes, removes, inserts
or reorders an entry breaks the links behind it; whoever rewrites or cuts the whole chain
contradicts the anchors (`ledger/anchors.py`), which the database cannot reach.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, insert, or_, select, text
from sqlalchemy.orm import Session

from ledger.schema import moment_text
from ledger.tables import chain_link, closed_period, entry, entry_seal
from ledger.totals import carry_totals

GENESIS = "0" * 64
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Head:
    """The last link: how many entries the chain holds, and the digest over all of them."""

    position: int
    link: str


@dataclass(frozen=True, slots=True)
class Voucher:
    """An entry as a voucher; `number` is its number in the fiscal year, None until it is sealed
    into the chain. `total` is the whole entry in minor units."""

    entry_id: int
    key: str
    recipe: str
    effective_on: date
    fiscal_year: int
    number: int | None
    total: int


def link_of(previous: str, position: int, fiscal_year: int, voucher: int, digest: str) -> str:
    """The link of an entry behind the link `previous`."""
    text_ = f"{previous}|{position}|{fiscal_year}|{voucher}|{digest}"
    return hashlib.sha256(text_.encode()).hexdigest()


def head(session: Session) -> Head:
    """The last link, or position 0 and zeros when nothing is sealed yet."""
    last = session.execute(
        select(chain_link.c.position, chain_link.c.link)
        .order_by(chain_link.c.position.desc())
        .limit(1)
    ).one_or_none()
    return Head(last.position, last.link) if last else Head(0, GENESIS)


def seal_chain(session: Session, limit: int = BATCH) -> int:
    """Append at most `limit` entries that are not in the chain yet; gives how many.

    Only committed entries are seen, oldest id first; one that commits later with a lower id
    simply comes later in the chain.
    """
    alone(session)
    waiting = _waiting(session, limit)
    last = head(session)
    link = last.link
    vouchers = _last_vouchers(session, {row.fiscal_year for row in waiting})
    rows = []
    for position, row in enumerate(waiting, start=last.position + 1):
        vouchers[row.fiscal_year] += 1
        voucher = vouchers[row.fiscal_year]
        link = link_of(link, position, row.fiscal_year, voucher, row.digest)
        rows.append(
            {
                "position": position,
                "entry_id": row.id,
                "fiscal_year": row.fiscal_year,
                "voucher": voucher,
                "link": link,
            }
        )
    if rows:
        session.execute(insert(chain_link), rows)
        carry_totals(session, last.position + len(rows))
    return len(rows)


def seal_all(session: Session) -> int:
    """Append every entry that is not in the chain yet; gives how many."""
    sealed = 0
    while added := seal_chain(session):
        sealed += added
    return sealed


def voucher_of(
    session: Session, entry_ids: Iterable[int] = (), keys: Iterable[str] = ()
) -> dict[int, Voucher]:
    """The vouchers of these entries, named by id or by key, by entry id; unknown ones are left
    out. One query."""
    rows = session.execute(
        select(
            entry.c.id,
            entry.c.key,
            entry.c.kind,
            entry.c.effective_on,
            entry.c.fiscal_year,
            chain_link.c.voucher,
            entry_seal.c.total,
        )
        .join_from(entry, entry_seal, entry_seal.c.entry_id == entry.c.id)
        .outerjoin(chain_link, chain_link.c.entry_id == entry.c.id)
        .where(or_(entry.c.id.in_(list(entry_ids)), entry.c.key.in_(list(keys))))
        .order_by(entry.c.id)
    )
    return {row.id: Voucher(*row) for row in rows}


def closed_digests(session: Session) -> list[str]:
    """Digest over the first n closed periods in the order of closing, for n from 0 on.

    An anchor pins one, so that nobody opens a closed month again unseen.
    """
    rows = session.execute(select(closed_period).order_by(closed_period.c.number))
    digest = hashlib.sha256()
    digests = [digest.hexdigest()]
    for one in rows:
        moment = moment_text(one.closed_at)
        digest.update(f"{one.programme}|{one.period}|{one.position}|{moment}\n".encode())
        digests.append(digest.hexdigest())
    return digests


def alone(session: Session) -> None:
    """One sealer at a time, of this chain or of one beside it; on SQLite a writer is alone anyway.
    Readers are not held up."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("select hold_chain()"))


def _waiting(session: Session, limit: int) -> Sequence[Any]:
    return session.execute(
        select(entry.c.id, entry.c.fiscal_year, entry_seal.c.digest)
        .join_from(entry_seal, entry, entry.c.id == entry_seal.c.entry_id)
        .outerjoin(chain_link, chain_link.c.entry_id == entry_seal.c.entry_id)
        .where(chain_link.c.entry_id.is_(None))
        .order_by(entry_seal.c.entry_id)
        .limit(limit)
    ).all()


def _last_vouchers(session: Session, years: set[int]) -> defaultdict[int, int]:
    last: defaultdict[int, int] = defaultdict(int)
    for year in years:
        query = select(func.max(chain_link.c.voucher)).where(chain_link.c.fiscal_year == year)
        last[year] = session.scalar(query) or 0
    return last
