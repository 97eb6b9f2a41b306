"""Repairing a destination: the bad account is banned, a new version takes its place.

Two persons, and evidence in words (bank letter, passbook, name check).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from app.audit.trail import record
from app.beneficiaries.staging import account_index
from app.beneficiaries.tables import banned_account, destination, person, repair
from app.errors import Conflict, Refused
from app.privacy import Keyring
from ledger.bulk import insert_one


@dataclass(frozen=True, slots=True)
class NewAccount:
    """Where the money shall go from now on; an empty account means cash."""

    bank_bin: str
    account: str
    holder: str


def repair_destination(
    session: Session,
    keyring: Keyring,
    person_id: int,
    new: NewAccount,
    evidence: str,
    proposed_by: int,
    confirmed_by: int,
    now: datetime,
    *,
    ban: str = "",
) -> int:
    """Replace a person's destination; gives the new version's id.

    `ban` is the reason for which the old account may never be used again, "" when it may.
    Raises Refused for one person in both roles, Conflict for an account that is banned.
    """
    if proposed_by == confirmed_by:
        raise Refused("Đổi tài khoản cần hai người khác nhau.", "Mời người thứ hai xác nhận.")
    owner = session.execute(select(person).where(person.c.id == person_id)).one()
    old = session.execute(select(destination).where(destination.c.id == owner.destination_id)).one()
    if ban and old.method == "account":
        _ban(session, old.account_key, ban, now)
    number = _insert(session, keyring, owner.id, owner.bound_key, new, now)
    session.execute(update(person).where(person.c.id == person_id).values(destination_id=number))
    session.execute(
        insert(repair).values(
            person_id=person_id,
            old_destination_id=old.id,
            new_destination_id=number,
            evidence=evidence,
            proposed_by=proposed_by,
            confirmed_by=confirmed_by,
            repaired_at=now,
        )
    )
    record(session, now, str(proposed_by), "register:destination:repair", f"person:{person_id}")
    return number


def _ban(session: Session, account_key: str, reason: str, now: datetime) -> None:
    known = session.scalar(
        select(banned_account.c.account_key).where(banned_account.c.account_key == account_key)
    )
    if known is None:
        values = {"account_key": account_key, "reason": reason, "banned_at": now}
        session.execute(insert(banned_account).values(values))


def _insert(
    session: Session,
    keyring: Keyring,
    person_id: int,
    bound_key: str,
    new: NewAccount,
    now: datetime,
) -> int:
    is_cash = not new.account
    key = "" if is_cash else account_index(keyring, new.bank_bin, new.account)
    banned = session.scalar(
        select(banned_account.c.reason).where(banned_account.c.account_key == key)
    )
    if banned is not None:
        raise Conflict(f"Tài khoản này đã bị loại: {banned}.", "Nhập tài khoản khác.")
    version = session.scalar(
        select(func.max(destination.c.version)).where(destination.c.person_id == person_id)
    )
    cipher = keyring.encrypt("destination.account", bound_key, new.account)
    values = {
        "person_id": person_id,
        "version": (version or 0) + 1,
        "method": "cash" if is_cash else "account",
        "kind": "post" if is_cash else "bank",
        "bank_bin": new.bank_bin,
        "account_key": key,
        "account_cipher": None if is_cash else cipher,
        "account_tail": new.account[-4:],
        "holder": new.holder,
        "source": "repair",
        "recorded_at": now,
    }
    return insert_one(session, destination, **values)
