"""Officers and their one-time codes.

A code is bound to what it confirms by the server: the act stores the digest, count and total
that the officer saw, with the time step of the code, which the database accepts once per
officer: a code that was looked over a shoulder confirms nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyotp
from cryptography.exceptions import InvalidTag
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.access.tables import act, officer
from app.errors import Conflict, Forbidden, InputError, NotFound
from app.privacy import Keyring
from app.reference.citizen_id import is_well_formed
from ledger.bulk import insert_one
from ledger.schema import moment_text

TOTP_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What an officer confirms: the step, the digest of what was shown, its count and total."""

    step: str
    digest: str
    things: int
    total: int


def add_officer(
    session: Session,
    keyring: Keyring,
    username: str,
    name: str,
    citizen_id: str,
    secret: str,
) -> int:
    """Enrol one human being; a second account for the same ID is refused by the database.

    Raises InputError when the ID is not 12 digits (an ID written otherwise would pass for
    another human being), Conflict for a second account.
    """
    if not is_well_formed(citizen_id):
        raise InputError("Số định danh phải có đúng 12 chữ số.", "Ví dụ 097180990001, viết liền.")
    key = keyring.index("officer.citizen_id", citizen_id)
    cipher = keyring.encrypt("officer.totp_secret", key, secret)
    row: dict[str, object] = {
        "username": username,
        "name": name,
        "person_key": key,
        "totp_secret": cipher,
    }
    row["citizen_key"] = keyring.index("person.citizen_id", citizen_id)
    try:
        return insert_one(session, officer, **row)
    except IntegrityError as error:
        raise Conflict(
            f"{name} đã có tài khoản khác (một người chỉ có một tài khoản).",
            "Dùng tài khoản đang có, hoặc khoá tài khoản cũ.",
        ) from error


def officer_named(session: Session, username: str) -> int:
    """The id of an officer. Raises NotFound."""
    found = session.scalar(select(officer.c.id).where(officer.c.username == username))
    if found is None:
        raise NotFound(f"Không có cán bộ nào tên đăng nhập “{username}”.", "Kiểm tra --officer.")
    return int(found)


def confirm(
    session: Session,
    keyring: Keyring,
    officer_id: int,
    code: str,
    now: datetime,
    what: Confirmation,
) -> int:
    """Check the one-time code and record the act; gives its id.

    Raises Forbidden for a wrong code, Conflict for a code that was used before.
    """
    row = session.execute(select(officer).where(officer.c.id == officer_id)).one_or_none()
    if row is None or row.disabled_at is not None:
        raise Forbidden("Tài khoản không dùng được.", "Liên hệ người quản trị.")
    if not pyotp.TOTP(_secret(keyring, row)).verify(code, for_time=now):
        raise Forbidden(
            "Mã xác thực không đúng.",
            "Nhập 6 chữ số đang hiện trong ứng dụng mã xác thực, ví dụ 123456.",
        )
    values = {
        "step": what.step,
        "officer_id": officer_id,
        "timecode": int(now.timestamp()) // TOTP_SECONDS,
        "digest": what.digest,
        "things": what.things,
        "total": what.total,
        "acted_at": now,
    }
    return _write_act(session, {**values, "seal": act_seal(keyring, values)})


def _secret(keyring: Keyring, row: Any) -> str:
    """The seed of an officer's codes; one that was copied from another account opens nothing."""
    try:
        return keyring.decrypt("officer.totp_secret", row.person_key, row.totp_secret)
    except InvalidTag as error:
        raise Forbidden(
            "Khoá mã xác thực không thuộc về tài khoản này.", "Báo kiểm toán; lập lại khoá."
        ) from error


def act_seal(keyring: Keyring, values: Mapping[str, Any]) -> str:
    """The keyed digest over an act's columns: step, officer, time, digest, count and total."""
    moment = moment_text(values["acted_at"])
    names = ("step", "officer_id", "timecode", "digest", "things", "total")
    return keyring.index("act", "|".join([*(str(values[name]) for name in names), moment]))


def _write_act(session: Session, values: dict[str, object]) -> int:
    used = select(act.c.id).where(
        act.c.officer_id == values["officer_id"], act.c.timecode == values["timecode"]
    )
    if session.scalar(used) is not None:
        raise Conflict("Mã xác thực này đã dùng rồi.", "Chờ mã mới (tối đa 30 giây) rồi nhập lại.")
    return insert_one(session, act, **values)
