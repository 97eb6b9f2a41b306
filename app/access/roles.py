"""Whether an officer may do a thing now: the grants in force, read from the database each time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from app.access.role_tables import DELEGATED, EMERGENCY, role_end, role_grant
from app.access.tables import officer
from app.errors import Forbidden, Refused
from app.units.tables import programme as programmes
from ledger.money import format_vnd
from ledger.schema import Moment


class Grant(NamedTuple):
    """The grant by which an officer acts; `cap` in đồng for a role that is lent, else None."""

    id: int
    role: str
    unit_code: str
    kind: str
    cap: int | None

    def require_within(self, amount: int) -> None:
        """Raise Refused where one payroll is above what a borrowed role covers; đồng."""
        if self.cap is not None and amount > self.cap:
            raise Refused(
                f"Quyền được giao thay chỉ đến {format_vnd(self.cap)} mỗi bảng; bảng này"
                f" {format_vnd(amount)}.",
                "Chờ người có quyền trở lại, hoặc nhờ người khác có quyền.",
            )


def in_force(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """The condition on `role_grant` that a grant counts at this moment."""
    mine, lent, under = role_grant.c, role_grant.alias("lent"), role_grant.alias("under")
    return and_(
        _running(mine, now),
        ~exists().where(lent.c.lent_id == mine.id, _running(lent.c, now)),
        or_(
            mine.kind != DELEGATED,
            exists().where(under.c.id == mine.lent_id, _running(under.c, now)),
        ),
    )


def _running(c: Any, now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Begun, not run out, not ended, and its holder's account is not off."""
    ended = exists().where(role_end.c.grant_id == c.id, role_end.c.ended_at <= now)
    off = exists().where(officer.c.id == c.officer_id, officer.c.disabled_at.is_not(None))
    return and_(c.valid_from <= now, c.valid_until > now, ~ended, ~off.correlate_except(officer))


def reaches(programme: str | BindParameter[str]) -> ColumnElement[bool]:
    """The condition on `role_grant` that a grant counts for a programme; with '', where no one
    programme is at hand, only grants that no department limits."""
    family = select(programmes.c.department).where(programmes.c.code == programme)
    mine = role_grant.c.department
    return or_(mine == "", mine == family.scalar_subquery())


def held(
    session: Session,
    officer_id: int,
    roles: Sequence[str],
    unit: str | None,
    now: datetime,
    programme: str = "",
) -> list[Grant]:
    """The grants of an officer for these roles at a unit; one's own before what is borrowed.

    With `unit` None a role at any unit will do. A role limited to a department counts only where
    a programme of that department is named; what is granted in an emergency opens no act at all, it
    only lets one see (`app/access/scope.py`).
    """
    asked = {"officer": officer_id, "roles": list(roles), "now": now, "programme": programme}
    places = [] if unit is None else [unit, ""]
    rows = session.execute(_grants(unit is None), {**asked, "places": places})
    found = [Grant(*row) for row in rows]
    return sorted(found, key=lambda one: (one.cap is not None, -(one.cap or 0), one.id))


@cache
def _grants(anywhere: bool) -> Select[Any]:
    """The grants of an officer in force, put together once: it is asked at every act."""
    c, now = role_grant.c, bindparam("now", type_=Moment())
    query = select(c.id, c.role, c.unit_code, c.kind, c.cap).where(
        c.officer_id == bindparam("officer"),
        c.role.in_(bindparam("roles", expanding=True)),
        c.kind != EMERGENCY,
        in_force(now),
    )
    if not anywhere:
        query = query.where(c.unit_code.in_(bindparam("places", expanding=True)))
    return query.where(reaches(bindparam("programme")))


def holds_at(session: Session, officer_id: int, unit: str, now: datetime) -> bool:
    """Whether an officer holds any role at just this unit now."""
    c = role_grant.c
    query = select(c.id).where(c.officer_id == officer_id, c.unit_code == unit, in_force(now))
    return session.scalars(query).first() is not None


def require_on(session: Session, officer_id: int) -> None:
    """Raise Forbidden where the officer's account is off."""
    if session.scalar(select(officer.c.disabled_at).where(officer.c.id == officer_id)) is not None:
        raise Forbidden("Tài khoản này đã bị khoá.", "Liên hệ người quản trị.")


def require_role(
    session: Session, officer_id: int, role: str, unit: str, now: datetime, programme: str = ""
) -> Grant:
    """The grant by which the officer holds the role for this unit (or for the province) now.

    Raises Forbidden without one, or for an account that is off.
    """
    found = held(session, officer_id, (role,), unit, now, programme)
    if not found:
        require_on(session, officer_id)
        raise Forbidden(
            f"Cán bộ không có quyền “{role}” {_place(unit, programme)}.",
            "Nhờ người có quyền thực hiện; xem ai có quyền gì bằng `ansinh officers list`.",
        )
    return found[0]


def _place(unit: str, programme: str) -> str:
    """'ở đơn vị 01273 cho chương trình pension'."""
    place = f"ở đơn vị {unit}" if unit else "cho toàn tỉnh"
    return f"{place}, chương trình {programme}" if programme else place


def require_one_of(
    session: Session,
    officer_id: int,
    roles: Sequence[str],
    unit: str | None,
    now: datetime,
    programme: str = "",
) -> Grant:
    """The grant by which the officer holds one of the roles for this unit or the province now;
    with None a role at any unit will do. Raises Forbidden without one."""
    found = held(session, officer_id, roles, unit, now, programme)
    if not found:
        require_on(session, officer_id)
        raise Forbidden(
            f"Cán bộ không có quyền nào trong số: {', '.join(roles)}.",
            "Nhờ người có quyền thực hiện.",
        )
    return found[0]
