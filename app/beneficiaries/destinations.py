"""Changing a destination: a new version takes its place; a bad account is banned.

Two persons, and evidence in words (bank letter, passbook, name check). What each kind must
fulfil stands in `kinds`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, exists, func, insert, or_, select, update
from sqlalchemy.orm import Session

from app.audit.trail import record
from app.beneficiaries.bans import stands
from app.beneficiaries.cooling import KNOWN, LETTER, usable_from
from app.beneficiaries.history_tables import person_change
from app.beneficiaries.kinds import MOBILE, POST, NewAccount, Owner, checked, refuse_forbidden
from app.beneficiaries.near import refuse_near
from app.beneficiaries.order_of_use import again, put_first
from app.beneficiaries.staging import account_index
from app.beneficiaries.tables import banned_account, destination, enrolment, person, repair
from app.errors import Conflict, NotFound, Refused
from app.months import shift
from app.privacy import Keyring
from ledger.bulk import insert_one


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
    proof: str = LETTER,
) -> int:
    """Replace a person's destination; gives the new version's id.

    `ban` is the reason for which the old account may never be used again, "" when it may; `proof`
    (`cooling.PROOFS`) says what the evidence is and so how long the new one waits.
    Raises Refused for one person in both roles, for an officer near the person, and for what
    `kinds.checked` forbids, InputError as it does, NotFound, Conflict for an account that is
    banned or another person's.
    """
    _two_persons(proposed_by, confirmed_by, evidence)
    refuse_near(session, (proposed_by, confirmed_by), person_id)
    owner = person_row(session, person_id)
    old = session.execute(
        select(destination).where(destination.c.id == owner.destination_id)
    ).one_or_none()
    account = checked(new, owner_of(session, keyring, owner))
    if ban and old is not None and old.method == "account":
        _ban(session, old.account_key, ban, now)
    number = _insert(session, keyring, owner, account, now)
    who = (proposed_by, confirmed_by)
    _moved(session, owner, old, number, evidence, *who, now,
           KNOWN if account.kind == POST else proof)  # fmt: skip
    return number


def use_again(
    session: Session,
    person_id: int,
    version: int,
    evidence: str,
    proposed_by: int,
    confirmed_by: int,
    now: datetime,
) -> int:
    """Put an earlier destination of a person first again; gives the id of its new version.

    Raises as `repair_destination` does.
    """
    _two_persons(proposed_by, confirmed_by, evidence)
    refuse_near(session, (proposed_by, confirmed_by), person_id)
    owner = person_row(session, person_id)
    old = session.execute(select(destination).where(destination.c.id == owner.destination_id)).one()
    chosen = destination_version(session, person_id, version)
    refuse_banned(session, chosen.account_key)
    refuse_forbidden(chosen.kind, programmes_of(session, person_id))
    number = again(session, {person_id: chosen}, {}, "order", now)[person_id]
    _moved(session, owner, old, number, evidence, proposed_by, confirmed_by, now, KNOWN)
    return number


def _two_persons(proposed_by: int, confirmed_by: int, evidence: str) -> None:
    if proposed_by == confirmed_by:
        raise Refused("Đổi tài khoản cần hai người khác nhau.", "Mời người thứ hai xác nhận.")
    if not evidence.strip():
        raise Refused("Đổi nơi nhận tiền phải có lý do.", "Ghi đơn đề nghị, giấy của ngân hàng…")


def person_row(session: Session, person_id: int) -> Row[Any]:
    """A person of the register. Raises NotFound."""
    row = session.execute(select(person).where(person.c.id == person_id)).one_or_none()
    if row is None or row.merged_into_id is not None or row.erased_at is not None:
        raise NotFound(f"Không có người hưởng AS-{person_id:06}.", "Kiểm tra lại mã người hưởng.")
    return row


def destination_version(session: Session, person_id: int, version: int) -> Row[Any]:
    """A version of a person's destination. Raises NotFound."""
    row = session.execute(
        select(destination).where(
            destination.c.person_id == person_id, destination.c.version == version
        )
    ).one_or_none()
    if row is None:
        raise NotFound(
            f"Người này không có nơi nhận tiền số {version}.", "Xem: ansinh accounts order."
        )
    return row


def owner_of(session: Session, keyring: Keyring, row: Row[Any]) -> Owner:
    """What the checks of a kind need to know of a person."""
    phone = ""
    if row.phone_cipher is not None:
        phone = keyring.decrypt("person.phone", row.bound_key, row.phone_cipher)
    return Owner(phone, row.phone_owner == "self", programmes_of(session, row.id))


def own_phone(session: Session, row: Row[Any], actor: str, now: datetime) -> None:
    """Keep that a person was asked and the phone number is the own one."""
    if row.phone_owner == "self":
        return
    told = {"field": "phone_owner", "old": row.phone_owner, "new": "self", "source": "person"}
    kept = {"person_id": row.id, "recorded_at": now, "recorded_by": actor}
    session.execute(insert(person_change).values(**told, **kept))
    session.execute(update(person).where(person.c.id == row.id).values(phone_owner="self"))


def programmes_of(session: Session, person_id: int) -> tuple[str, ...]:
    """The programmes that pay a person, or did until last month: the money may be on its way."""
    seen = session.scalar(select(func.max(enrolment.c.seen_period)))
    rows = session.scalars(
        select(enrolment.c.programme)
        .where(enrolment.c.person_id == person_id)
        .where(
            or_(
                enrolment.c.stop_period.is_(None),
                enrolment.c.stop_period >= (shift(seen, -1) if seen else ""),
            )
        )
        .distinct()
    )
    return tuple(sorted(rows))


def refuse_banned(session: Session, account_key: str) -> None:
    """Raise Conflict when an account may not be used any more."""
    banned = session.scalar(
        select(banned_account.c.reason)
        .where(banned_account.c.account_key == account_key, stands())
        .limit(1)
    )
    if banned is not None:
        raise Conflict(f"Tài khoản này đã bị loại: {banned}.", "Nhập tài khoản khác.")


def _ban(session: Session, account_key: str, reason: str, now: datetime) -> None:
    known = session.scalar(
        select(banned_account.c.account_key)
        .where(banned_account.c.account_key == account_key, stands())
        .limit(1)
    )
    if known is None:
        values = {"account_key": account_key, "reason": reason, "banned_at": now}
        session.execute(insert(banned_account).values(values))


def _insert(
    session: Session, keyring: Keyring, owner: Row[Any], new: NewAccount, now: datetime
) -> int:
    is_cash = new.kind == POST
    key = "" if is_cash else account_index(keyring, new.bank_bin, new.account)
    refuse_banned(session, key)
    if new.kind == MOBILE:
        _refuse_shared(session, key, owner.id)
    version = session.scalar(
        select(func.max(destination.c.version)).where(destination.c.person_id == owner.id)
    )
    cipher = keyring.encrypt("destination.account", owner.bound_key, new.account)
    values = {
        "person_id": owner.id,
        "version": (version or 0) + 1,
        "method": "cash" if is_cash else "account",
        "kind": new.kind,
        "bank_bin": new.bank_bin,
        "account_key": key,
        "account_cipher": None if is_cash else cipher,
        "account_tail": new.account[-4:],
        "holder": new.holder or owner.name,
        "source": "repair",
        "recorded_at": now,
    }
    return insert_one(session, destination, **values)


def _refuse_shared(session: Session, account_key: str, person_id: int) -> None:
    """A mobile money account is one person's: another person may not be paid into it."""
    other = person.alias("other")
    taken = session.scalar(
        select(
            exists()
            .where(destination.c.account_key == account_key)
            .where(other.c.destination_id == destination.c.id, other.c.id != person_id)
        )
    )
    if taken:
        raise Conflict(
            "Tài khoản tiền di động này đang nhận tiền cho người khác.",
            "Mỗi người một tài khoản tại mỗi nơi cung cấp: hỏi lại số điện thoại.",
        )


def _moved(
    session: Session,
    owner: Row[Any],
    old: Row[Any] | None,
    number: int,
    evidence: str,
    proposed_by: int,
    confirmed_by: int,
    now: datetime,
    proof: str,
) -> None:
    """Let the person use the new version, and keep who decided it and why."""
    put_first(session, {owner.id: number})
    session.execute(
        update(person)
        .where(person.c.id == owner.id)
        .where(
            exists().where(destination.c.id == number, destination.c.method == "account"),
        )
        .values(still_cash="")
    )
    if old is not None:
        session.execute(
            insert(repair).values(
                person_id=owner.id,
                old_destination_id=old.id,
                new_destination_id=number,
                evidence=evidence,
                proposed_by=proposed_by,
                confirmed_by=confirmed_by,
                repaired_at=now,
                proof=proof,
                usable_from=usable_from(proof, now),
            )
        )
    record(
        session,
        now,
        f"{proposed_by},{confirmed_by}",
        "register:destination:repair",
        f"person:{owner.id}",
        before={"destination": None if old is None else old.id},
        after={"destination": number},
    )
