"""The first person's step: a checked file is stored, and waits for another person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.access.officers import Confirmation, confirm
from app.access.roles import require_role
from app.access.together import Signer
from app.audit.trail import record
from app.privacy import Keyring
from app.takeover.content import Content
from app.takeover.loaded import Loaded, known
from app.takeover.tables import (
    take_over,
    take_over_balance,
    take_over_unpaid,
)
from ledger.bulk import insert_one, insert_rows

STEP = "take_over_load"
_PLACE = ("fund", "programme", "unit", "provider")
BALANCE_COLUMNS = ("take_over_id", "line", *_PLACE, "kind", "amount", "note")
UNPAID_COLUMNS = ("take_over_id", "line", *_PLACE, "person_id", "enrolment_id", "period",
                  "component", "amount", "reason")  # fmt: skip


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
    if before := known(session, content.digest):
        return before
    require_role(session, signer.officer_id, "releaser", "", now)
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
