"""Whose identity at an issuer is whose account: linked and taken back by two others, never found
by a name or an address of mail."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, insert, select
from sqlalchemy.orm import Session

from app.access.granting import REASON_MIN, require_granters
from app.access.identity_tables import officer_identity
from app.access.officers import Confirmation
from app.access.sessions import end_all
from app.access.tables import officer
from app.access.together import Signer, confirm_each, names_of
from app.audit.trail import record
from app.errors import Conflict, InputError, NotFound, Refused
from app.privacy import Keyring

LINK, UNLINK = "link_identity", "unlink_identity"
SUBJECT_MAX = 255
"""OpenID Connect Core 1.0, section 2."""


def subject_key(keyring: Keyring, issuer: str, subject: str) -> str:
    """What stands for a subject of an issuer."""
    return keyring.index("officer_identity.subject", f"{issuer}|{subject}")


def link_identity(
    session: Session,
    keyring: Keyring,
    officer_id: int,
    issuer: str,
    subject: str,
    reason: str,
    signers: Sequence[Signer],
    now: datetime,
) -> int:
    """An administrator and a second person say that a subject of an issuer is this officer; gives
    which turn of his it is, from 1.

    Raises InputError for no subject or reason, Conflict where it is linked already, Refused where
    he is one of the two, NotFound, and as `require_granters` and `confirm` do.
    """
    subject = subject.strip()
    if not 0 < len(subject) <= SUBJECT_MAX:
        raise InputError("Chưa ghi mã định danh ở nơi đăng nhập.", "Ghi --subject đúng từng ký tự.")
    key = subject_key(keyring, issuer, subject)
    holder = session.scalar(_linked().where(officer_identity.c.subject_key == key))
    if holder is not None:
        raise Conflict("Mã định danh này đã gắn với một tài khoản.", "Gỡ ở tài khoản kia trước.")
    return _record(session, keyring, officer_id, key, reason, signers, now)


def unlink_identity(
    session: Session,
    keyring: Keyring,
    officer_id: int,
    reason: str,
    signers: Sequence[Signer],
    now: datetime,
) -> int:
    """Two others take an officer's link back; his sessions end. Raises as `link_identity`."""
    if not is_linked(session, officer_id):
        raise Conflict("Tài khoản này không gắn với nơi đăng nhập nào.", "Không cần gỡ.")
    number = _record(session, keyring, officer_id, "", reason, signers, now)
    end_all(session, officer_id, now, "identity")
    return number


def _record(
    session: Session,
    keyring: Keyring,
    officer_id: int,
    key: str,
    reason: str,
    signers: Sequence[Signer],
    now: datetime,
) -> int:
    reason = " ".join(reason.split())
    if len(reason) < REASON_MIN:
        raise InputError("Chưa ghi lý do.", "Ví dụ --reason “đã xem giấy tờ, gặp mặt”.")
    if officer_id in {one.officer_id for one in signers}:
        raise Refused("Không ai tự gắn hay gỡ cho mình.", "Mời hai người khác cùng ký.")
    if session.scalar(select(officer.c.id).where(officer.c.id == officer_id)) is None:
        raise NotFound("Không có cán bộ này.", "Xem `ansinh officers list`.")
    require_granters(session, signers, now)
    number = 1 + _turns(session, officer_id)
    what = Confirmation(step_of(key), identity_digest(officer_id, number, key, reason), 1, 0)
    joint_id = confirm_each(session, keyring, signers, f"officer:{officer_id}", now, what)
    row = {"officer_id": officer_id, "number": number, "subject_key": key, "reason": reason}
    session.execute(insert(officer_identity).values(**row, joint_id=joint_id, recorded_at=now))
    action = f"access:identity:{'link' if key else 'unlink'}"
    record(session, now, names_of(signers), action, f"officer:{officer_id}", reason)
    return number


def identity_digest(officer_id: int, number: int, key: str, reason: str) -> str:
    """What the two confirm: whose account, which turn of it, which subject, and why."""
    return hashlib.sha256(f"{officer_id}|{number}|{key}|{reason}".encode()).hexdigest()


def step_of(key: str) -> str:
    """The step that is confirmed for a row with this `subject_key`."""
    return LINK if key else UNLINK


def is_linked(session: Session, officer_id: int) -> bool:
    """Whether an officer may come in through an issuer."""
    mine = officer_identity.c
    query = _linked().where(mine.officer_id == officer_id, mine.subject_key != "")
    return session.scalar(query) is not None


def officer_by(session: Session, key: str) -> Row[int, str] | None:
    """(id, username) of the officer whom a subject stands for, None for none."""
    mine = officer_identity.c
    query = select(officer.c.id, officer.c.username).join(
        officer_identity, mine.officer_id == officer.c.id
    )
    return session.execute(query.where(_newest(), mine.subject_key == key)).one_or_none()


def _linked() -> Any:
    return select(officer_identity.c.officer_id).where(_newest())


def _newest() -> ColumnElement[bool]:
    later = officer_identity.alias("later")
    mine = officer_identity.c
    return ~exists().where(
        later.c.officer_id == mine.officer_id, later.c.number > mine.number
    ).correlate(officer_identity)


def _turns(session: Session, officer_id: int) -> int:
    mine = officer_identity.c
    query = select(mine.number).where(mine.officer_id == officer_id)
    return int(session.scalar(query.order_by(mine.number.desc()).limit(1)) or 0)
