"""What the restored books say beside what the bank said last: two persons sign it.

The content is made from the database alone and has no moment of its own, so that the same state
has the same digest; when an officer signs it is made again and must still be the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.clock import local_date
from app.disbursement.funding import cell_of
from app.disbursement.money import Purse, purses
from app.disbursement.restored import newest_comparison, standing_restoration
from app.disbursement.states import IN_DOUBT, SENDING, SENT
from app.disbursement.tables import batch, comparison, handed_over
from app.units.tables import contract
from ledger.bulk import insert_one
from reconciliation.lines import newest_balances


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison as it is signed: `content` is canonical JSON, `digest` its SHA-256 in hex."""

    id: int
    digest: str
    content: str
    made_at: datetime

    @property
    def value(self) -> dict[str, Any]:
        """The content as values."""
        found: dict[str, Any] = json.loads(self.content)
        return found


def compare(session: Session, now: datetime) -> Comparison:
    """The comparison of the database as it stands; a new one only where its content is new.

    Raises NotFound when no restored database waits for one.
    """
    asked = standing_restoration(session)
    content = content_of(session, asked)
    newest = newest_comparison(session, asked.id)
    if newest is not None and newest.content == content:
        return Comparison(newest.id, newest.digest, newest.content, newest.made_at)
    digest = hashlib.sha256(content.encode()).hexdigest()
    values = {"restoration_id": asked.id, "digest": digest, "content": content, "made_at": now}
    return Comparison(insert_one(session, comparison, **values), digest, content, now)


def content_of(session: Session, asked: Row[Any]) -> str:
    """The content for a restoration: canonical JSON, the same for the same state."""
    batches = _batches(session, asked.id)
    value = {
        "restoration": _restoration(asked),
        "accounts": _accounts(session),
        "batches": batches,
        "unknown": _unknown(session, asked.id),
        "open_batches": len(batches),
        "open_total": sum(one["total"] for one in batches),
    }
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _restoration(asked: Row[Any]) -> dict[str, Any]:
    names = ("backup", "entries", "lost_entries", "journal", "journal_lines", "journal_unreadable")
    told = {name: getattr(asked, name) for name in (*names, "not_in_journal")}
    moments = {name: _moment(getattr(asked, name)) for name in ("taken_at", "restored_at")}
    return {"number": asked.id, **told, **moments}


def _moment(value: datetime) -> str:
    return value.isoformat(timespec="seconds")


def _accounts(session: Session) -> list[dict[str, Any]]:
    """Every contract's account: the books, the newest balance that its provider stated."""
    money = purses(session)
    stated = {(row.provider, row.account): row for row in newest_balances(session)}
    query = select(contract).order_by(contract.c.provider, contract.c.account)
    return [
        _account(row, money.get(cell_of(row), Purse()), stated.get((row.provider, row.account)))
        for row in session.execute(query).all()
    ]


def _account(row: Row[Any], purse: Purse, stated: Row[Any] | None) -> dict[str, Any]:
    """Amounts in đồng; `difference` is books less bank, None where the bank stated nothing."""
    place = {name: getattr(row, name) for name in ("provider", "account", "programme", "fund")}
    said: dict[str, Any] = {"stated": None, "stated_on": None, "file": None, "sha256": None}
    if stated is not None:
        day = stated.last_day or local_date(stated.received_at)
        said = {"stated": stated.closing, "stated_on": day.isoformat(), "file": stated.name,
                "sha256": stated.sha256}  # fmt: skip
    return {
        **place,
        **said,
        "contract": row.number,
        "unit": row.unit_code,
        "books": purse.held,
        "in_transit": purse.in_transit,
        "suspense": purse.suspense,
        "difference": None if stated is None else purse.held - stated.closing,
    }


def _batches(session: Session, restoration_id: int) -> list[dict[str, Any]]:
    """Batches that have left, or may have, and are not answered; which of them the journal gave."""
    recovered = set(
        session.scalars(
            select(handed_over.c.batch_id).where(
                handed_over.c.restoration_id == restoration_id, handed_over.c.batch_id.is_not(None)
            )
        )
    )
    names = ("id", "state", "lines", "total", "message_id", "file_name", "sha256")
    rows = session.execute(
        select(*(batch.c[name] for name in names), contract.c.provider, contract.c.account)
        .join(contract, contract.c.id == batch.c.contract_id)
        .where(batch.c.state.in_((SENDING, SENT, IN_DOUBT)) | batch.c.id.in_(recovered))
        .order_by(batch.c.id)
    )
    return [{**row._mapping, "from_journal": row.id in recovered} for row in rows]


def _unknown(session: Session, restoration_id: int) -> list[dict[str, Any]]:
    """Files that left by the journal and of which the books know nothing."""
    names = ("name", "sha256", "message_id", "provider", "lines", "total", "at")
    rows = session.execute(
        select(*(handed_over.c[name] for name in names))
        .where(handed_over.c.restoration_id == restoration_id, handed_over.c.batch_id.is_(None))
        .order_by(handed_over.c.ordinal)
    )
    return [{**row._mapping, "at": _moment(row.at)} for row in rows]


def differences(accounts: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The accounts that need a look: a difference, or money moved and no word of the bank."""
    moved = ("books", "in_transit", "suspense")
    return [
        one
        for one in accounts
        if one["difference"] or (one["stated"] is None and any(one[name] for name in moved))
    ]
