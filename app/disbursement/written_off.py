"""What cannot be recovered is written off, by the province only (T22).

A finance officer proposes what is still open of a decision, an approver for the whole province
confirms it; no commune's approver may.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.officers import Confirmation
from app.access.together import Signer, confirm_together
from app.clock import local_date
from app.disbursement.recovery import Recorded, cell_at, digest_of, draft, tell
from app.disbursement.recovery_standing import decision_of, still_open
from app.disbursement.recovery_tables import recovery_write_off
from app.errors import InputError, Refused
from app.privacy import Keyring
from ledger.bulk import insert_one
from ledger.journal import post

WRITE_OFF = "recovery_write_off"
ROLES = ("releaser", "approver")


@dataclass(frozen=True, slots=True)
class WriteOff:
    """The province's decision: of which decision to recover, number, day, signer, why."""

    decision_id: int
    number: str
    decided_on: date
    signer: str
    reason: str


def write_off(
    session: Session, keyring: Keyring, signers: Sequence[Signer], one: WriteOff, now: datetime
) -> Recorded:
    """Write off what is still open of a decision: finance first, then the province's approver.

    Known already: nothing changes. Raises NotFound, InputError, Refused where nothing is open,
    Forbidden without the roles for the whole province.
    """
    of = decision_of(session, one.decision_id)
    if known := _known(session, one):
        return known
    _sound(one, now)
    amount = still_open(session, of.id)
    if amount <= 0:
        raise Refused(f"Quyết định {of.number} đã thu đủ.", "Không còn gì để xoá.")
    digest = write_off_digest(one, amount)
    joint_id = confirm_together(
        session, keyring, signers, f"recovery:{of.id}", now,
        Confirmation(WRITE_OFF, digest, 1, amount), ROLES, programme=of.programme,
    )  # fmt: skip
    cell = cell_at(session, of.programme, of.unit_code)
    header = draft(session, f"write-off:{joint_id}", "write_off", cell, local_date(now), now)
    posted = post(session, header, amount, credit_item=of.joint_id)
    number = insert_one(
        session, recovery_write_off, decision_id=of.id, number=one.number,
        decided_on=one.decided_on, signer=one.signer, reason=one.reason, amount=amount,
        joint_id=joint_id, entry_id=posted.entry_id, recorded_at=now,
    )  # fmt: skip
    tell(session, now, signers, "recovery:write_off:record", f"recovery:{of.id}", digest)
    return Recorded(number, posted.entry_id, amount, is_new=True)


def write_off_digest(one: WriteOff, amount: int) -> str:
    """What the two officers confirm of a write-off."""
    said = (one.decision_id, one.number, one.decided_on.isoformat(), one.signer, one.reason)
    return digest_of(WRITE_OFF, *said, amount)


def _sound(one: WriteOff, now: datetime) -> None:
    told = (one.number, one.signer, one.reason)
    if not all(text.strip() for text in told) or one.decided_on > local_date(now):
        raise InputError(
            "Quyết định xoá thiếu số, người ký, lý do hoặc sai ngày.",
            "Nhập như ghi trên quyết định.",
        )


def _known(session: Session, one: WriteOff) -> Recorded | None:
    w = recovery_write_off.c
    same = (w.decision_id == one.decision_id, w.number == one.number)
    row = session.execute(select(recovery_write_off).where(*same)).one_or_none()
    return Recorded(row.id, row.entry_id, row.amount, is_new=False) if row else None


def write_off_digests(session: Session) -> dict[int, str]:
    """By joint act, the digest that its write-off gives now."""
    found = {}
    for row in session.execute(select(recovery_write_off)):
        one = WriteOff(row.decision_id, row.number, row.decided_on, row.signer, row.reason)
        found[row.joint_id] = write_off_digest(one, row.amount)
    return found
