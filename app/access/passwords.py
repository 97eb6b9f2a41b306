"""Passwords of officers: long, of any characters, kept as Argon2id only.

Fifteen characters or more, no rule about their kinds, no words of the officer's own (OWASP ASVS
5.0, 6.2; NIST SP 800-63B, 3.1.1). Hashing takes a fifth of a second and 64 MiB: never in a
transaction.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.access.sign_in_tables import officer_password
from app.access.tables import officer
from app.errors import InputError
from app.text import fold

LENGTH_MIN, LENGTH_MAX, DIFFERENT_MIN = 15, 128, 6
TRAINING_PASSWORD = "mật khẩu tập huấn"  # noqa: S105 (known to all, set on training data only)
# The parameters are those of RFC 9106 for a machine with little memory to spare.
_HASHER = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)


def hash_of(password: str) -> str:
    """The password as it is kept; takes a while."""
    return _HASHER.hash(_normal(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether a password is the kept one. Without one it takes as long and is always wrong, so
    that an account that is not here cannot be told from one that is."""
    try:
        _HASHER.verify(kept or _nobodys(), _normal(password))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


@cache
def _nobodys() -> str:
    return _HASHER.hash("nobody")


def _normal(password: str) -> str:
    return unicodedata.normalize("NFC", password)


def require_sound(password: str, username: str, name: str) -> None:
    """Raise InputError for a password that is short, of few characters, or that names its owner."""
    told = _normal(password)
    if not LENGTH_MIN <= len(told) <= LENGTH_MAX:
        raise InputError(
            f"Mật khẩu phải có từ {LENGTH_MIN} đến {LENGTH_MAX} ký tự.",
            "Dùng một câu dễ nhớ với riêng mình; có dấu, có khoảng trắng đều được.",
        )
    plain = fold(told).replace(" ", "")
    own = [fold(one).replace(" ", "") for one in (username, name)]
    if len(set(plain)) < DIFFERENT_MIN or any(one and one in plain for one in own):
        raise InputError(
            "Mật khẩu dễ đoán: quá ít ký tự khác nhau, hoặc có tên của chính mình.",
            "Chọn một câu khác.",
        )


def set_password(session: Session, officer_id: int, kept: str, now: datetime) -> int:
    """Make a hash the officer's password from now on; gives its number."""
    mine = officer_password.c
    query = select(func.coalesce(func.max(mine.number), 0)).where(mine.officer_id == officer_id)
    number = int(session.scalar(query) or 0) + 1
    values = {"officer_id": officer_id, "number": number, "hash": kept, "set_at": now}
    session.execute(insert(officer_password).values(**values))
    return number


def password_of(session: Session, username: str) -> tuple[int, str] | None:
    """(officer, hash) of a name that may sign in; None for one unknown, off or without a
    password."""
    mine = officer_password.c
    row = session.execute(
        select(officer.c.id, mine.hash)
        .join(officer_password, mine.officer_id == officer.c.id)
        .where(officer.c.username == username, officer.c.disabled_at.is_(None))
        .order_by(mine.number.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else (int(row.id), str(row.hash))
