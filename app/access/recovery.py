"""Ten codes on paper for the day when the telephone or the password is lost; each works once.

A code stands in for one of the two that an officer signs in with, never for both: with his password
for the app, or with a code of the app for the password. It confirms no act: money waits for a new
factor, which two hand over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import Select, exists, func, insert, select
from sqlalchemy.orm import Session

from app.access.link_tables import recovery_code, recovery_use
from app.access.officers import Confirmation, confirm
from app.access.sessions import end_all
from app.access.signing_in import Browser, remember, require_no_wait, who_key
from app.audit.trail import record
from app.errors import Remembered
from app.privacy import Keyring

COUNT, LENGTH, GROUP = 10, 26, 5
"""Codes at a time; signs of a code, of five bits each; signs that stand together on paper."""
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans("OIL", "011")
RENEW = "recovery_codes"


def code_of(dice: Sequence[int]) -> str:
    """A code from 26 numbers of 0 to 31, in groups as it is printed."""
    signs = "".join(SIGNS[one] for one in dice)
    return "-".join(signs[place : place + GROUP] for place in range(0, LENGTH, GROUP))


def _plain(code: str) -> str:
    """A typed code as it is compared: letters that look like digits are these."""
    kept = "".join(one for one in code.upper() if one.isascii() and one.isalnum())
    return kept.translate(_READ_AS)


def _digest(keyring: Keyring, officer_id: int, code: str) -> str:
    return keyring.index("recovery_code", f"{officer_id}|{_plain(code)}")


def keep_codes(
    session: Session, keyring: Keyring, officer_id: int, codes: Sequence[str], now: datetime
) -> None:
    """Make these an officer's recovery codes; those before them are dead."""
    of = recovery_code.c
    newest = select(func.coalesce(func.max(of.batch), 0)).where(of.officer_id == officer_id)
    batch = int(session.scalar(newest) or 0) + 1
    rows = [{"officer_id": officer_id, "batch": batch, "ordinal": place, "made_at": now,
             "digest": _digest(keyring, officer_id, one)}
            for place, one in enumerate(codes, start=1)]  # fmt: skip
    session.execute(insert(recovery_code), rows)
    record(session, now, str(officer_id), "access:recovery:make", f"officer:{officer_id}")


def renew_codes(
    session: Session,
    keyring: Keyring,
    officer_id: int,
    code: str,
    codes: Sequence[str],
    now: datetime,
) -> None:
    """The officer replaces his recovery codes, with a code of his app. Raises as `confirm` does."""
    digest = hashlib.sha256(f"{officer_id}|{RENEW}|{now.isoformat()}".encode()).hexdigest()
    confirm(session, keyring, officer_id, code, now, Confirmation(RENEW, digest, len(codes), 0))
    keep_codes(session, keyring, officer_id, codes, now)


def left(session: Session, officer_id: int) -> int:
    """How many of an officer's codes still work."""
    return len(session.scalars(_live(officer_id)).all())


def _live(officer_id: int) -> Select[tuple[str]]:
    of = recovery_code.c
    newest = select(func.max(of.batch)).where(of.officer_id == officer_id).scalar_subquery()
    mine = select(of.digest).where(of.officer_id == officer_id, of.batch == newest)
    return mine.where(~exists().where(recovery_use.c.digest == of.digest))


def use_code(
    session: Session,
    keyring: Keyring,
    username: str,
    officer_id: int | None,
    code: str,
    purpose: str,
    browser: Browser,
    now: datetime,
) -> None:
    """A recovery code is used up, and every session of the officer ends; `officer_id` is None for a
    name that is not here. Raises Remembered for a wrong code, Forbidden while there is a wait."""
    who = who_key(keyring, username)
    with session.info["apart"](f"sign_in:{who}") as alone:
        require_no_wait(alone, who, browser, now)
        digest = "" if officer_id is None else _digest(keyring, officer_id, code)
        if officer_id is None or digest not in set(alone.scalars(_live(officer_id))):
            raise Remembered(
                "Mã khôi phục không đúng hoặc đã dùng.",
                "Mỗi mã trên tờ giấy dùng một lần; gạch mã đã dùng.",
                partial(remember, who, browser.bucket, now),
            )
    used = {"digest": digest, "purpose": purpose, "used_at": now}
    session.execute(insert(recovery_use).values(**used))
    end_all(session, officer_id, now, "recovery")
    record(session, now, str(officer_id), "access:recovery:use", f"officer:{officer_id}", purpose)
