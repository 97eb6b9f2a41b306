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

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.access.codes import check_code
from app.access.tables import act, officer
from app.errors import Conflict, InputError, NotFound
from app.privacy import Keyring
from app.reference.citizen_id import is_well_formed
from ledger.bulk import insert_one
from ledger.schema import moment_text


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

    Raises Conflict for a code that was used before, and as `check_code` does.
    """
    timecode = check_code(session, keyring, officer_id, code, now, what.step)
    values = {
        "step": what.step,
        "officer_id": officer_id,
        "timecode": timecode,
        "digest": what.digest,
        "things": what.things,
        "total": what.total,
        "acted_at": now,
    }
    return _write_act(session, {**values, "seal": act_seal(keyring, values)})


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
