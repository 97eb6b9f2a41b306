"""A new factor, handed over in person by two: what came before is dead, wrong codes are forgotten,
and for a day nothing is approved with it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.access.codes import failures
from app.access.factor_tables import factor, token, token_block
from app.access.granting import REASON_MIN, require_granters
from app.access.officers import Confirmation
from app.access.tables import officer
from app.access.together import Signer, confirm_each, names_of
from app.audit.trail import record
from app.clock import TIME_ZONE
from app.errors import InputError, NotFound, Refused
from app.privacy import Keyring


def newest_factor(session: Session, officer_id: int) -> Any:
    """The row of an officer's live factor, None while it is the seed of his enrolment."""
    c = factor.c
    query = select(factor).where(c.officer_id == officer_id).order_by(c.number.desc()).limit(1)
    return session.execute(query).one_or_none()


def factor_in_words(session: Session, officer_id: int) -> str:
    """What an officer's codes come from, since when, and how many were wrong in a row."""
    row = newest_factor(session, officer_id)
    since = None if row is None else row.enrolled_at
    count, _ = failures(session, officer_id, since)
    wrong = f"; nhập sai {count} lần liên tiếp" if count else ""
    if row is None:
        return f"mã từ ứng dụng, từ khi lập tài khoản{wrong}"
    day = f"{row.enrolled_at.astimezone(TIME_ZONE):%d/%m/%Y %H:%M}"
    if row.token_id is None:
        return f"mã từ ứng dụng, lập lại {day}{wrong}"
    query = (
        select(token.c.serial, token_block.c.blocked_at)
        .outerjoin(token_block, token_block.c.token_id == token.c.id)
        .where(token.c.id == row.token_id)
    )
    held = session.execute(query).one()
    blocked = "" if held.blocked_at is None else ", ĐÃ KHOÁ"
    return f"thẻ {held.serial}, giao {day}{blocked}{wrong}"


def re_enrol(
    session: Session,
    keyring: Keyring,
    officer_id: int,
    secret: str,
    reason: str,
    signers: Sequence[Signer],
    now: datetime,
) -> int:
    """Two persons give an officer who stands before them a new seed; gives its number.

    Raises InputError without a reason, and as `hand_over` does.
    """
    reason = " ".join(reason.split())
    if len(reason) < REASON_MIN:
        raise InputError("Chưa ghi lý do.", "Ví dụ --reason “mất điện thoại”.")
    person_key = _person_key(session, officer_id)
    number = _next_number(session, officer_id)
    seed = keyring.encrypt("factor.seed", f"{person_key}|{number}", secret)
    what = Confirmation("re_enrol", factor_digest(officer_id, reason, seed), 1, 0)
    return hand_over(session, keyring, officer_id, {"seed": seed, "reason": reason}, what,
                     signers, now)  # fmt: skip


def factor_digest(officer_id: int, reason: str, seed: bytes) -> str:
    """What is confirmed with a new seed: whose, why, and its cipher."""
    return hashlib.sha256(f"{officer_id}|{reason}|{bytes(seed).hex()}".encode()).hexdigest()


def hand_over(
    session: Session,
    keyring: Keyring,
    officer_id: int,
    values: Mapping[str, Any],
    what: Confirmation,
    signers: Sequence[Signer],
    now: datetime,
) -> int:
    """Write an officer's next factor, which two others confirm; gives its number.

    Raises Refused where he is one of the two, and as `require_granters` and `confirm` do.
    """
    if officer_id in {one.officer_id for one in signers}:
        raise Refused("Không ai tự lập mã xác thực cho mình.", "Mời hai người khác.")
    require_granters(session, signers, now)
    number = _next_number(session, officer_id)
    joint_id = confirm_each(session, keyring, signers, f"officer:{officer_id}", now, what)
    row = {"officer_id": officer_id, "number": number, "joint_id": joint_id, "enrolled_at": now}
    session.execute(insert(factor).values(**row, **values))
    record(session, now, names_of(signers), f"access:officer:{what.step}", f"officer:{officer_id}",
           str(values["reason"]))  # fmt: skip
    return number


def _next_number(session: Session, officer_id: int) -> int:
    newest = newest_factor(session, officer_id)
    return 1 if newest is None else int(newest.number) + 1


def _person_key(session: Session, officer_id: int) -> str:
    found = session.scalar(select(officer.c.person_key).where(officer.c.id == officer_id))
    if found is None:
        raise NotFound("Không có cán bộ này.", "Xem `ansinh officers list`.")
    return str(found)
