"""The first person's step: a checked file is stored, and waits for another person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.access.officers import Confirmation, confirm, require_role
from app.access.tables import officer
from app.access.together import Signer
from app.audit.trail import record
from app.privacy import Keyring
from app.takeover.content import Content
from app.takeover.tables import (
    take_over,
    take_over_acceptance,
    take_over_balance,
    take_over_unpaid,
)
from ledger.bulk import insert_one, insert_rows

STEP = "take_over_load"
_PLACE = ("fund", "programme", "unit", "provider")
BALANCE_COLUMNS = ("take_over_id", "line", *_PLACE, "kind", "amount", "note")
UNPAID_COLUMNS = ("take_over_id", "line", *_PLACE, "person_id", "enrolment_id", "period",
                  "component", "amount", "reason")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Loaded:
    """A stored file: its number, its digest, whether this call stored it, whether accepted."""

    take_over_id: int
    digest: str
    is_new: bool
    accepted: bool


def load(
    session: Session,
    keyring: Keyring,
    signer: Signer,
    name: str,
    content: Content,
    now: datetime,
) -> Loaded:
    """A finance officer stores a checked file; the same content again changes nothing.

    Raises Forbidden and Conflict as `confirm` does.
    """
    known = session.execute(waiting_or_done(take_over.c.digest == content.digest)).one_or_none()
    if known is not None:
        return Loaded(known.id, known.digest, False, known.accepted_at is not None)
    require_role(session, signer.officer_id, "releaser", "")
    rows = len(content.balances) + len(content.unpaid)
    what = Confirmation(STEP, content.digest, rows, content.total)
    act_id = confirm(session, keyring, signer.officer_id, signer.code, now, what)
    number = insert_one(
        session,
        take_over,
        digest=content.digest,
        name=name,
        balances_on=content.balances_on,
        balance_rows=len(content.balances),
        balance_total=content.total,
        unpaid_rows=len(content.unpaid),
        unpaid_total=content.unpaid_total,
        loaded_by=signer.officer_id,
        act_id=act_id,
        loaded_at=now,
    )
    _store_rows(session, number, content)
    about = f"take-over:{number}"
    record(session, now, str(signer.officer_id), "take_over:file:load", about, content.digest)
    return Loaded(number, content.digest, is_new=True, accepted=False)


def _store_rows(session: Session, number: int, content: Content) -> None:
    session.execute(
        insert(take_over_balance),
        [
            dict(zip(BALANCE_COLUMNS, (number, row, *_codes(cell), *rest), strict=True))
            for row, cell, *rest in content.balances
        ],
    )
    unpaid = ((number, row, *_codes(cell), *rest) for row, cell, *rest in content.unpaid)
    insert_rows(session, take_over_unpaid, UNPAID_COLUMNS, unpaid)


def _codes(cell: Any) -> tuple[str, str, str, str]:
    return cell.fund, cell.programme, cell.unit, cell.provider


def waiting_or_done(*where: Any) -> Any:
    """A SELECT of loaded files with who loaded them and, if so, when they were accepted."""
    done = take_over_acceptance.c
    return (
        select(take_over, officer.c.username, done.officer_id.label("accepted_by"),
               done.accepted_at)
        .join(officer, officer.c.id == take_over.c.loaded_by)
        .outerjoin(take_over_acceptance, done.take_over_id == take_over.c.id)
        .where(*where)
        .order_by(take_over.c.id)
    )  # fmt: skip
