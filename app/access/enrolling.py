"""Enrolling an officer in person: two persons vouch for who he is; only he is shown his seed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from sqlalchemy.orm import Session

from app.access.granting import require_granters
from app.access.officers import Confirmation, add_officer
from app.access.together import Signer, confirm_each, names_of
from app.audit.trail import record
from app.errors import InputError
from app.privacy import Keyring

ISSUER = "An Sinh"
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


@dataclass(frozen=True, slots=True)
class NewOfficer:
    """Who is enrolled: `username` as he will be named, his full name, his own 12-digit ID."""

    username: str
    name: str
    citizen_id: str


def enrol(
    session: Session,
    keyring: Keyring,
    new: NewOfficer,
    secret: str,
    signers: Sequence[Signer],
    now: datetime,
) -> int:
    """An administrator and a second person enrol somebody, who holds no role yet; gives his id.

    Raises InputError, Conflict for one who has an account, and as `require_granters` and `confirm`.
    """
    if _USERNAME.fullmatch(new.username) is None:
        raise InputError(
            "Tên đăng nhập không dùng được.",
            "Ghi 2-40 chữ thường không dấu, số hoặc dấu . _ -, ví dụ lan.nguyen.",
        )
    require_granters(session, signers, now)
    number = add_officer(session, keyring, new.username, new.name, new.citizen_id, secret)
    key = keyring.index("officer.citizen_id", new.citizen_id)
    digest = hashlib.sha256(f"{new.username}|{new.name}|{key}".encode()).hexdigest()
    what = Confirmation("enrol", digest, 1, 0)
    confirm_each(session, keyring, signers, f"officer:{number}", now, what)
    told = {"username": new.username, "name": new.name}
    record(session, now, names_of(signers), "access:officer:enrol", f"officer:{number}", after=told)
    return number


def otpauth(username: str, secret: str) -> str:
    """What the officer's app reads from the square: his name here and the seed."""
    label = quote(f"{ISSUER}:{username}")
    return f"otpauth://totp/{label}?secret={secret}&issuer={quote(ISSUER)}"
