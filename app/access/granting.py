"""Granting roles: by two persons, for twelve months at most, never by or for oneself.

Founding grants make the first officers of an installation: only while no act was ever confirmed,
save for the first two administrators of one that is older than this rule.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, insert, literal, or_, select
from sqlalchemy.orm import Session

from app.access.officers import Confirmation
from app.access.role_tables import (
    EMERGENCY,
    FOUNDING,
    ROLES,
    STANDING,
    role_conflict,
    role_end,
    role_grant,
)
from app.access.roles import held, in_force
from app.access.tables import act
from app.access.together import Signer, confirm_each, names_of
from app.audit.trail import record
from app.errors import Forbidden, InputError, Refused
from app.privacy import Keyring
from app.units.tables import department, paying_unit
from ledger.bulk import insert_one
from ledger.schema import moment_text

LONGEST = timedelta(days=366)
"""Twelve months, leap years too."""
EMERGENCY_LONGEST = timedelta(hours=4)
EMERGENCY_ROLE = "auditor"
"""The one role that may only look."""
SECONDS = ("checker", "approver")
"""Who may grant beside an administrator: those who check or approve for the whole province."""
FOUNDERS = 2
REASON_MIN = 5


@dataclass(frozen=True, slots=True)
class Terms:
    """What is granted: `unit` '' for the whole province, `department` '' for every programme."""

    role: str
    unit: str
    valid_from: datetime
    valid_until: datetime
    department: str = ""
    kind: str = STANDING


def grant_digest(officer_id: int, terms: Terms, lent_id: int | None = None, cap: Any = None) -> str:
    """What the two confirm: every column of the grant but who they are and when."""
    moments = (moment_text(terms.valid_from), moment_text(terms.valid_until))
    parts = (officer_id, terms.role, terms.unit, terms.department, terms.kind, *moments,
             lent_id or "", cap or "")  # fmt: skip
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()


def found(
    session: Session, officer_id: int, roles: Sequence[tuple[str, str]], *begins: datetime
) -> None:
    """Give an officer (role, unit) for twelve months at the start of an installation; more than
    one beginning is for training databases, which are looked at long after their months.

    Raises Refused once anybody has confirmed anything, and as `grant` does.
    """
    for role, unit in roles:
        terms = [Terms(role, unit, at, at + LONGEST, kind=FOUNDING) for at in begins]
        require_sound(session, terms[0], begins[0])
        _require_start(session, role)
        require_no_conflict(session, officer_id, terms[0])
        rows = [{"granted_at": one.valid_from, **columns(officer_id, one)} for one in terms]
        session.execute(insert(role_grant), rows)


def _require_start(session: Session, role: str) -> None:
    if session.scalar(select(func.count()).select_from(act)) == 0:
        return
    admins = select(func.count()).where(role_grant.c.role == "admin")
    if role != "admin" or (session.scalar(admins) or 0) >= FOUNDERS:
        raise Refused(
            "Đã có người xác nhận công việc: quyền chỉ còn do hai người cấp.",
            "Dùng `ansinh officers grant` với hai người ký.",
        )


def grant(
    session: Session,
    keyring: Keyring,
    officer_id: int,
    terms: Terms,
    signers: Sequence[Signer],
    now: datetime,
) -> int:
    """An administrator and a second person grant a role; gives the grant's id.

    Raises Refused for a grant to oneself, forbidden pairs of roles and terms that are too long,
    Forbidden where the two may not grant, InputError, and as `confirm` does.
    """
    require_sound(session, terms, now)
    if officer_id in {one.officer_id for one in signers}:
        raise Refused("Không ai tự cấp quyền cho mình.", "Mời hai người khác cấp.")
    require_granters(session, signers, now, terms.role)
    require_no_conflict(session, officer_id, terms)
    what = Confirmation("grant", grant_digest(officer_id, terms), 1, 0)
    joint_id = confirm_each(session, keyring, signers, f"officer:{officer_id}", now, what)
    number = write_grant(session, officer_id, terms, joint_id, now)
    record(session, now, names_of(signers), "access:role:grant", f"grant:{number}",
           after=columns(officer_id, terms))  # fmt: skip
    return number


def write_grant(
    session: Session, officer_id: int, terms: Terms, joint_id: int, now: datetime, **lent: int
) -> int:
    """Write a grant that two have confirmed; gives its id."""
    values = columns(officer_id, terms)
    return insert_one(session, role_grant, joint_id=joint_id, granted_at=now, **values, **lent)


def columns(officer_id: int, terms: Terms) -> dict[str, Any]:
    """The terms as columns of `role_grant`."""
    return {
        "officer_id": officer_id,
        "role": terms.role,
        "unit_code": terms.unit,
        "department": terms.department,
        "kind": terms.kind,
        "valid_from": terms.valid_from,
        "valid_until": terms.valid_until,
    }


def require_sound(session: Session, terms: Terms, now: datetime) -> None:
    """Raise InputError for an unknown role, unit or department, Refused for a term too long."""
    if terms.role not in ROLES:
        raise InputError(f"Không có vai trò “{terms.role}”.", f"Dùng: {', '.join(ROLES)}.")
    _known(session, paying_unit.c.code, terms.unit, "đơn vị")
    _known(session, department.c.code, terms.department, "ngành")
    if not now - timedelta(minutes=1) <= terms.valid_from < terms.valid_until:
        raise InputError("Thời hạn không đúng.", "Bắt đầu từ bây giờ trở đi, kết thúc sau đó.")
    longest = EMERGENCY_LONGEST if terms.kind == EMERGENCY else LONGEST
    if terms.valid_until > now + longest:
        told = "4 giờ" if terms.kind == EMERGENCY else "12 tháng"
        raise Refused(f"Quyền chỉ được cấp tối đa {told}.", "Rút ngắn --until; cấp lại khi hết.")
    if terms.kind == EMERGENCY and terms.role != EMERGENCY_ROLE:
        raise Refused("Quyền khẩn cấp chỉ được xem.", f"Dùng vai trò {EMERGENCY_ROLE}.")


def _known(session: Session, column: Any, code: str, word: str) -> None:
    if code and session.scalar(select(column).where(column == code)) is None:
        raise InputError(f"Không có {word} mã “{code}”.", "Kiểm tra lại mã.")


def require_granters(
    session: Session, signers: Sequence[Signer], now: datetime, role: str = ""
) -> None:
    """Raise Forbidden unless one is an administrator, and the other one too or a checker or
    approver of the whole province. Where no administrator is left, two of the latter make one."""
    both = {one.officer_id for one in signers}
    admins = {one for one in both if held(session, one, ("admin",), "", now)}
    # What is borrowed is lent for payrolls, not for giving rights.
    others = {
        one for one in both if any(had.cap is None for had in held(session, one, SECONDS, "", now))
    }
    orphaned = role == "admin" and not _any_admin(session, now)
    if both - admins - others or not (admins or orphaned):
        raise Forbidden(
            "Cấp quyền cần một quản trị viên và một người thứ hai: quản trị viên khác, hoặc người"
            " kiểm tra hay duyệt của toàn tỉnh.",
            "Mời đúng người cùng ký.",
        )


def _any_admin(session: Session, now: datetime) -> bool:
    query = select(role_grant.c.id).where(role_grant.c.role == "admin", in_force(now))
    return session.scalars(query).first() is not None


def require_no_conflict(session: Session, officer_id: int, terms: Terms) -> None:
    """Raise Refused where the officer holds a role that does not agree, in the same time."""
    if terms.kind == EMERGENCY:
        return
    mine, pair = role_grant.c, role_conflict.c
    over = exists().where(role_end.c.grant_id == mine.id, role_end.c.ended_at <= terms.valid_from)
    row = session.execute(
        select(mine.role, mine.unit_code, mine.valid_until, pair.why)
        .join(role_conflict, or_(
            (pair.role == mine.role) & (pair.other == terms.role),
            (pair.other == mine.role) & (pair.role == terms.role)))
        .where(mine.officer_id == officer_id, mine.kind != EMERGENCY, ~over)
        .where(mine.valid_from < terms.valid_until, mine.valid_until > terms.valid_from)
        .where(or_(pair.reach == "everywhere", mine.unit_code.in_(("", terms.unit)),
                   literal(terms.unit) == ""))
    ).first()  # fmt: skip
    if row is not None:
        raise Refused(
            f"Vai trò “{terms.role}” xung đột với “{row.role}” ({row.unit_code or 'toàn tỉnh'},"
            f" đến {row.valid_until:%d/%m/%Y}). {row.why}",
            "Kết thúc vai trò kia trước (`ansinh officers end`), hoặc giao cho người khác.",
        )
