"""Setting and clearing holds by people: one sets, two clear, each with a one-time code.

The first of the two only proposes: a row that says what he confirmed. The second, another human
being within a day, confirms the same thing, and the hold is gone. The hold of a restored database
is about more than itself: there both confirm the newest comparison with the bank.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.access.officers import Confirmation, confirm
from app.access.roles import require_one_of
from app.access.tables import act, officer
from app.access.typed_digest import same_page
from app.audit.trail import record
from app.beneficiaries.tables import person
from app.disbursement.comparison import Comparison, content_of
from app.disbursement.holds import (
    AREA,
    GLOBAL,
    LINE_SCOPES,
    RESTORED,
    SCOPES,
    clear_hold,
    hold_of,
    is_set,
    set_hold,
)
from app.disbursement.restored import newest_comparison, standing_restoration
from app.disbursement.tables import hold, hold_clearing, instruction
from app.errors import Conflict, InputError, NotFound, Refused
from app.privacy import Keyring
from app.reference.areas import commune
from app.units.tables import paying_unit, programme, provider
from ledger.bulk import insert_one
from ledger.schema import moment_text

SET, CLEAR = "set_hold", "clear_hold"
MAY_SET = ("releaser", "approver", "checker", "auditor")
MAY_CLEAR = ("releaser", "approver")
MAY_SIGN = ("releaser",)
FIRST_COUNTS_FOR = timedelta(hours=24)
REASON_MAX = 500
ID_DIGITS = 19
_KEYS: dict[str, Any] = {
    "provider": provider.c.code,
    "programme": programme.c.code,
    "unit": paying_unit.c.code,
    "person": person.c.id,
    "instruction": instruction.c.id,
}


@dataclass(frozen=True, slots=True)
class Signed:
    """What a signature did: the hold's number, whether it is cleared, who signs it first."""

    hold_id: int
    cleared: bool
    first_id: int


@dataclass(frozen=True, slots=True)
class Officer:
    """Who acts: id, username, and the code that his application shows."""

    id: int
    username: str
    code: str


def stop(
    session: Session,
    keyring: Keyring,
    who: Officer,
    scope: str,
    key: str,
    reason: str,
    now: datetime,
) -> int:
    """One officer stops money for a scope; gives the hold's id. Any one of them may.

    Raises InputError for an unknown scope or key or a reason that says nothing, Forbidden
    without the role, Conflict when the same hold stands.
    """
    reason = _reason(reason)
    _known(session, scope, key)
    require_one_of(session, who.id, MAY_SET, None, now, _programme(scope, key))
    if is_set(session, scope, key, reason):
        raise Conflict("Lệnh dừng chi này đang có rồi.", "Xem `ansinh hold list`.")
    what = hashlib.sha256(f"{scope}|{key}|{reason}".encode()).hexdigest()
    confirm(session, keyring, who.id, who.code, now, Confirmation(SET, what, 1, 0))
    number = set_hold(session, scope, key, reason, who.username, now)
    record(session, now, who.username, "cli:hold:set", f"hold:{number}", reason)
    return number


def _programme(scope: str, key: str) -> str:
    """The one programme that a hold is about, else ''."""
    return key if scope == "programme" else ""


def _reason(text: str) -> str:
    reason = " ".join(text.split())
    if not 3 <= len(reason) <= REASON_MAX or not reason.isprintable():
        raise InputError(
            f"Lý do dừng chi phải có từ 3 đến {REASON_MAX} ký tự.",
            "Viết một câu cho người đọc sau.",
        )
    return reason


def _known(session: Session, scope: str, key: str) -> None:
    if scope not in SCOPES:
        raise InputError(f"Không có phạm vi “{scope}”.", f"Dùng một trong: {', '.join(SCOPES)}.")
    if scope == GLOBAL and key:
        raise InputError("Dừng toàn bộ thì không có --key.", "Bỏ --key.")
    if scope != GLOBAL and not _is_there(session, scope, key):
        raise InputError(f"Không có {scope} nào mã “{key}”.", "Kiểm tra --key.")


def _is_there(session: Session, scope: str, key: str) -> bool:
    if scope == AREA:
        return commune(key) is not None
    column = _KEYS[scope]
    if scope not in LINE_SCOPES:
        return session.scalar(select(column).where(column == key)) is not None
    # An id is kept as it is compared: no sign, no leading zero.
    is_id = key.isascii() and key.isdecimal() and key[0] != "0" and len(key) < ID_DIGITS
    return is_id and session.scalar(select(column).where(column == int(key))) is not None


def clear(session: Session, keyring: Keyring, who: Officer, number: int, now: datetime) -> Signed:
    """One of the two officers who clear a hold; the second one's signature clears it.

    Raises NotFound, Forbidden without the role, Refused for the hold of a restored database.
    """
    row = hold_of(session, number)
    if (row.scope, row.key) == (GLOBAL, RESTORED):
        raise Refused(
            "Lệnh dừng sau khôi phục không bỏ được bằng lệnh này.",
            "Chạy `ansinh restore compare`, rồi hai người ký bằng `ansinh restore sign`.",
        )
    unit = row.key if row.scope == "unit" else ""
    require_one_of(session, who.id, MAY_CLEAR, unit, now, _programme(row.scope, row.key))
    what = Confirmation(CLEAR, clearing_digest(row), 1, 0)
    return _sign(session, keyring, who, row, what, None, now)


def sign_comparison(
    session: Session, keyring: Keyring, who: Officer, digest: str, now: datetime
) -> Signed:
    """One of the two finance officers who sign the newest comparison after a restore.

    `digest` is what stands on the page he read, at least its first 12 characters. Raises
    NotFound without a comparison, Conflict when it is another one, or the books have moved on.
    """
    asked = standing_restoration(session)
    newest = newest_comparison(session, asked.id)
    if newest is None:
        raise NotFound("Chưa có bảng đối chiếu nào.", "Chạy `ansinh restore compare` trước.")
    same_page(digest, newest.digest)
    if content_of(session, asked) != newest.content:
        raise Conflict(
            "Số liệu đã đổi từ lần đối chiếu cuối.",
            "Chạy lại `ansinh restore compare` rồi đọc lại.",
        )
    require_one_of(session, who.id, MAY_SIGN, "", now)
    value = Comparison(newest.id, newest.digest, newest.content, newest.made_at).value
    what = Confirmation(CLEAR, newest.digest, value["open_batches"], value["open_total"])
    row = hold_of(session, asked.hold_id)
    return _sign(session, keyring, who, row, what, newest.id, now)


def clearing_digest(row: Any, content: str | None = None) -> str:
    """What an officer confirms who clears a hold: the hold's own row, or a comparison's content."""
    if content is not None:
        return hashlib.sha256(content.encode()).hexdigest()
    moment = moment_text(row.set_at)
    told = f"{row.id}|{row.scope}|{row.key}|{moment}|{row.reason}"
    return hashlib.sha256(told.encode()).hexdigest()


def _sign(
    session: Session,
    keyring: Keyring,
    who: Officer,
    row: Row[Any],
    what: Confirmation,
    comparison_id: int | None,
    now: datetime,
) -> Signed:
    act_id = confirm(session, keyring, who.id, who.code, now, what)
    first = _first(session, row.id, what.digest, comparison_id, who.id, now)
    insert_one(session, hold_clearing, hold_id=row.id, comparison_id=comparison_id,
               officer_id=who.id, act_id=act_id, digest=what.digest)  # fmt: skip
    if first is not None:
        clear_hold(session, row.id, first, who.id, now)
    done = "proposed" if first is None else "cleared"
    after = {} if first is None else {"cleared_by": [first, who.id]}
    thing = f"hold:{row.id}"
    record(session, now, who.username, f"cli:hold:{done}", thing, what.digest, after=after)
    return Signed(row.id, first is not None, who.id if first is None else first)


def _first(
    session: Session,
    hold_id: int,
    digest: str,
    comparison_id: int | None,
    officer_id: int,
    now: datetime,
) -> int | None:
    """Another officer who confirmed the very same thing within the last day."""
    one = hold_clearing.c
    same = one.comparison_id.is_not_distinct_from(comparison_id)
    query = (
        select(one.officer_id)
        .join(act, act.c.id == one.act_id)
        .where(one.hold_id == hold_id, one.digest == digest, same, one.officer_id != officer_id)
        .where(act.c.acted_at > now - FIRST_COUNTS_FOR)
        .order_by(one.id.desc())
    )
    return session.scalars(query).first()


def proposals(session: Session, now: datetime) -> dict[int, list[str]]:
    """Usernames of those who have signed each standing hold within the last day, by hold."""
    rows = session.execute(
        select(hold.c.id, officer.c.username)
        .join(hold_clearing, hold_clearing.c.hold_id == hold.c.id)
        .join(act, act.c.id == hold_clearing.c.act_id)
        .join(officer, officer.c.id == hold_clearing.c.officer_id)
        .where(hold.c.cleared_at.is_(None), act.c.acted_at > now - FIRST_COUNTS_FOR)
        .distinct()
        .order_by(hold.c.id, officer.c.username)
    )
    found: dict[int, list[str]] = {}
    for number, username in rows:
        found.setdefault(number, []).append(username)
    return found
