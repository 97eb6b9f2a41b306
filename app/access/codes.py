"""Whether a one-time code is right, by the factor that is live; and how often it was not.

A code counts for its own time step, or for ten seconds longer; on a page as of the moment at which
its request arrived, though it may have waited for its turn. Which step it was is written with
the act, in steps of 30 seconds whatever the token's own: each counts once for a person, for ever.
After five wrong codes in a row there is a wait of 2^n seconds, up to 15 minutes; after fifty only a
new factor, handed over in person, helps (OWASP ASVS 5.0, 6.5; NIST SP 800-63B, 5.2.2).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pyotp
from cryptography.exceptions import InvalidTag
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.access.factor_tables import code_failure, factor, token, token_block
from app.access.tables import act, officer
from app.errors import Forbidden, Remembered
from app.privacy import Keyring

STEP_SECONDS = 30
DRIFT = timedelta(seconds=10)
TYPED_AT = "typed_at"
"""The key of a session's `info`: since when a code lies here to be looked at. Now where unknown."""
WAITED_MAX = timedelta(minutes=2)
"""Nobody waits longer for an answer; a code that was kept longer is an old one."""
FREE_FAILURES, MOST_FAILURES = 5, 50
LONGEST_WAIT = 900
FROZEN_FOR = timedelta(hours=24)
NOT_FROZEN = ("set_hold", "end_role", "sign_in", "step_up", "set_password", "recovery_codes")
"""Steps that stop money, give a role up or are about one's own entry: a new factor may do them at
once."""
_ALGORITHMS: Mapping[str, Callable[..., Any]] = {"SHA1": hashlib.sha1, "SHA256": hashlib.sha256}


@dataclass(frozen=True, slots=True)
class Factor:
    """A live seed in base32 and how its codes look; `since` is None for that of the enrolment."""

    seed: str
    digits: int = 6
    period: int = STEP_SECONDS
    algorithm: str = "SHA1"
    since: datetime | None = None

    def totp(self) -> pyotp.TOTP:
        """What shows the codes."""
        return pyotp.TOTP(
            self.seed, digits=self.digits, digest=_ALGORITHMS[self.algorithm], interval=self.period
        )

    def step_of(self, code: str, now: datetime) -> int | None:
        """The step, counted in 30 seconds, whose code this is at a moment; None for a wrong one."""
        totp = self.totp()
        for at in (now, now - DRIFT):
            if hmac.compare_digest(totp.at(at).encode(), code.encode()):
                return int(at.timestamp()) // self.period * self.period // STEP_SECONDS
        return None


def code_now(session: Session, keyring: Keyring, officer_id: int, now: datetime) -> str:
    """The code that an officer's factor shows at a moment; for training databases alone."""
    row = session.execute(select(officer).where(officer.c.id == officer_id)).one()
    live = live_factor(session, keyring, row)
    return live.totp().at(now)


def check_code(
    session: Session, keyring: Keyring, officer_id: int, code: str, now: datetime, step: str
) -> int:
    """The time step of a right code. Raises Forbidden: for a wrong one (remembered, though the unit
    of work is taken back), while there is a wait, while acts are frozen, without a live factor."""
    live = _usable(session, keyring, officer_id)
    timecode = _looked_at(session, officer_id, live, code, now, step)
    if live.since is not None and now < live.since + FROZEN_FOR and step not in NOT_FROZEN:
        raise Forbidden(
            "Vừa đổi mã xác thực: trong 24 giờ chưa xác nhận được việc này.",
            f"Thử lại sau {live.since + FROZEN_FOR:%H:%M UTC %d/%m}, hoặc nhờ người khác.",
        )
    return timecode


def require_open(session: Session, keyring: Keyring, officer_id: int, now: datetime) -> None:
    """Raise Forbidden where no code of an officer would be looked at now: his account is off, his
    factor is blocked, or there is a wait."""
    live = _usable(session, keyring, officer_id)
    _require_no_wait(session, officer_id, live, now)


def _usable(session: Session, keyring: Keyring, officer_id: int) -> Factor:
    row = session.execute(select(officer).where(officer.c.id == officer_id)).one_or_none()
    if row is None or row.disabled_at is not None:
        raise Forbidden("Tài khoản không dùng được.", "Liên hệ người quản trị.")
    return live_factor(session, keyring, row)


def _looked_at(
    session: Session, officer_id: int, live: Factor, code: str, now: datetime, step: str
) -> int:
    """The step of a right code. One code of an officer is looked at after the other, and a wrong
    one is written before the next: however many are tried at once, no more than in a row."""
    with session.info["apart"](f"code:{officer_id}") as alone:
        _require_no_wait(alone, officer_id, live, now)
        timecode = live.step_of(code, _typed_at(session, now))
        if timecode is None:
            raise Remembered(
                "Mã xác thực không đúng.",
                f"Nhập {live.digits} chữ số đang hiện trong ứng dụng hoặc thẻ, ví dụ 123456.",
                partial(_remember, officer_id, step, now),
            )
    return timecode


def _typed_at(session: Session, now: datetime) -> datetime:
    typed_at: datetime = session.info.get(TYPED_AT, now)
    return max(now - WAITED_MAX, min(now, typed_at))


def _remember(officer_id: int, step: str, now: datetime, session: Session) -> None:
    values = {"officer_id": officer_id, "step": step, "failed_at": now}
    session.execute(insert(code_failure).values(**values))


def live_factor(session: Session, keyring: Keyring, row: Any) -> Factor:
    """The newest factor of an officer's row, else the seed of his enrolment. Raises Forbidden for
    a token that is blocked, and for a seed that was copied from somewhere else."""
    c = factor.c
    query = (
        select(factor, token.c.serial, token.c.seed.label("token_seed"), token.c.digits,
               token.c.period, token.c.algorithm, token_block.c.blocked_at)
        .outerjoin(token, token.c.id == c.token_id)
        .outerjoin(token_block, token_block.c.token_id == c.token_id)
        .where(c.officer_id == row.id)
        .order_by(c.number.desc())
        .limit(1)
    )  # fmt: skip
    newest = session.execute(query).one_or_none()
    if newest is None:
        seed = opened(keyring, "officer.totp_secret", row.person_key, row.totp_secret)
        return Factor(seed)
    if newest.token_id is None:
        about = f"{row.person_key}|{newest.number}"
        return Factor(opened(keyring, "factor.seed", about, newest.seed), since=newest.enrolled_at)
    if newest.blocked_at is not None:
        raise Forbidden("Thẻ mã xác thực đã bị khoá.", "Gặp hai người quản trị để nhận mã mới.")
    seed = opened(keyring, "token.seed", newest.serial, newest.token_seed)
    return Factor(seed, newest.digits, newest.period, newest.algorithm, newest.enrolled_at)


def opened(keyring: Keyring, purpose: str, about: str, cipher: bytes) -> str:
    """A seed in clear. Raises Forbidden for one that belongs to another row."""
    try:
        return keyring.decrypt(purpose, about, cipher)
    except InvalidTag as error:
        raise Forbidden(
            "Khoá mã xác thực không thuộc về tài khoản này.", "Báo kiểm toán; lập lại khoá."
        ) from error


def failures(session: Session, officer_id: int, since: datetime | None) -> tuple[int, Any]:
    """Wrong codes in a row since the last act or the newest factor, and when the last one was."""
    last = session.scalar(select(func.max(act.c.acted_at)).where(act.c.officer_id == officer_id))
    c = code_failure.c
    query = select(func.count(), func.max(c.failed_at)).where(c.officer_id == officer_id)
    for moment in (last, since):
        if moment is not None:
            query = query.where(c.failed_at > moment)
    count, at = session.execute(query).one()
    return int(count), at


def _require_no_wait(session: Session, officer_id: int, live: Factor, now: datetime) -> None:
    count, last = failures(session, officer_id, live.since)
    if count >= MOST_FAILURES:
        raise Forbidden(
            f"Đã nhập sai {MOST_FAILURES} lần liên tiếp: mã xác thực bị khoá.",
            "Gặp hai người quản trị để lập lại mã.",
        )
    if count < FREE_FAILURES:
        return
    again = last + timedelta(seconds=min(2**count, LONGEST_WAIT))
    if now < again:
        wait = int((again - now).total_seconds()) + 1
        raise Forbidden(f"Đã nhập sai {count} lần.", f"Chờ {wait} giây rồi nhập mã mới.")
