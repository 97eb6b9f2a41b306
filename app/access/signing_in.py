"""Signing in: first the password, then the one-time code; what is wrong is counted.

A name that is not here is answered as one that is, after as long. After five wrong passwords for a
name, or twenty from an address, there is a wait of 2^n seconds, up to 15 minutes. Whether there is
a wait is looked at again after the password was compared, for one try of a name at a time: however
many are tried at once, no more than in a row.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Row, delete, func, insert, select
from sqlalchemy.orm import Session

from app.access.codes import FREE_FAILURES, LONGEST_WAIT, require_open
from app.access.identities import SUBJECT_MAX, officer_by, subject_key
from app.access.officers import Confirmation, confirm
from app.access.sessions import digest_of, end_session, open_session
from app.access.sign_in_tables import PASSWORD, sign_in_failure
from app.audit.trail import record
from app.errors import Forbidden, Remembered
from app.privacy import Keyring

STEP = "sign_in"
KEPT_FOR = timedelta(days=1)
ADDRESS_FREE = 20


@dataclass(frozen=True, slots=True)
class Browser:
    """Where somebody signs in from: his browser's name, his address, the bucket of the latter."""

    agent: str
    address: str
    bucket: int


def who_key(keyring: Keyring, username: str) -> str:
    """What stands for a typed name where wrong passwords are counted."""
    return keyring.index("sign_in.name", username.strip().lower())


def require_no_wait(session: Session, who: str, browser: Browser, now: datetime) -> None:
    """Raise Forbidden while a name or an address must wait."""
    of, since = sign_in_failure.c, now - KEPT_FOR
    _wait(session, of.who == who, FREE_FAILURES, since, now)
    _wait(session, of.bucket == browser.bucket, ADDRESS_FREE, since, now)


def _wait(session: Session, mine: Any, free: int, since: datetime, now: datetime) -> None:
    of = sign_in_failure.c
    query = select(func.count(), func.max(of.failed_at)).where(mine, of.failed_at > since)
    count, last = session.execute(query).one()
    if count < free:
        return
    seconds = min(2 ** min(count - free + FREE_FAILURES, 20), LONGEST_WAIT)
    again = last + timedelta(seconds=seconds)
    if now < again:
        left = int((again - now).total_seconds()) + 1
        raise Forbidden(f"Đã nhập sai nhiều lần. Chờ {left} giây rồi thử lại.")


def with_password(
    session: Session,
    keyring: Keyring,
    username: str,
    found: int | None,
    session_id: str,
    browser: Browser,
    now: datetime,
) -> None:
    """Open a session that waits for its code; `found` is the officer whose password was right, None
    where it was wrong. Raises Remembered then, Forbidden while there is a wait."""
    who = who_key(keyring, username)
    with session.info["apart"](f"sign_in:{who}") as alone:
        require_no_wait(alone, who, browser, now)
        if found is None:
            raise Remembered(
                "Tên đăng nhập hoặc mật khẩu chưa đúng.",
                "Kiểm tra bàn phím tiếng Việt và phím Caps Lock rồi nhập lại.",
                partial(remember, who, browser.bucket, now),
            )
    session.execute(delete(sign_in_failure).where(sign_in_failure.c.who == who))
    open_session(session, found, session_id, now, agent=browser.agent, address=browser.address,
                 stage=PASSWORD)  # fmt: skip


def remember(who: str, bucket: int, now: datetime, session: Session) -> None:
    """Write down that something was wrong for a name, from an address; old rows go."""
    of = sign_in_failure.c
    session.execute(delete(sign_in_failure).where(of.failed_at <= now - KEPT_FOR))
    session.execute(insert(sign_in_failure).values(who=who, bucket=bucket, failed_at=now))


def with_code(
    session: Session, keyring: Keyring, waiting: Row[Any], code: str, session_id: str, now: datetime
) -> str:
    """End the session that waits and open the one that counts, with an id of its own; gives its
    digest. Raises as `confirm` does."""
    digest = digest_of(session_id)
    officer_id = int(waiting.officer_id)
    what = Confirmation(STEP, sign_in_digest(officer_id, digest), 1, 0)
    act_id = confirm(session, keyring, officer_id, code, now, what)
    end_session(session, officer_id, waiting.id_digest, now, "code")
    open_session(session, officer_id, session_id, now, agent=waiting.agent,
                 address=waiting.address, act_id=act_id)  # fmt: skip
    record(session, now, str(officer_id), "access:session:open", f"officer:{officer_id}")
    return digest


def with_identity(
    session: Session,
    keyring: Keyring,
    issuer: str,
    subject: str,
    session_id: str,
    browser: Browser,
    now: datetime,
) -> str:
    """Open a session for the officer whom a subject of an issuer stands for; gives its digest. No
    code of his was right: what signs asks for one as ever.

    Raises Forbidden while there is a wait and where his account or factor is closed; Remembered for
    a subject that two have not linked.
    """
    found = officer_by(session, subject_key(keyring, issuer, subject))
    who = who_key(keyring, found.username if found else f"{issuer}|{subject}")
    with session.info["apart"](f"sign_in:{who}") as alone:
        require_no_wait(alone, who, browser, now)
        if found is None:
            raise Remembered(
                f"Chưa có tài khoản cán bộ nào gắn với mã định danh “{subject[:SUBJECT_MAX]}”.",
                "Đưa mã này cho hai người quản trị để gắn, hoặc đăng nhập bằng mật khẩu.",
                partial(remember, who, browser.bucket, now),
            )
    require_open(session, keyring, found.id, now)
    digest = open_session(session, found.id, session_id, now, agent=browser.agent,
                          address=browser.address)  # fmt: skip
    record(session, now, str(found.id), "access:session:open", f"officer:{found.id}", issuer)
    return digest


def sign_in_digest(officer_id: int, digest: str) -> str:
    """What the code at sign-in is bound to: whose session, and which."""
    return hashlib.sha256(f"{officer_id}|{digest}".encode()).hexdigest()
