"""Whose people an officer may see: those of the communes where he holds a role.

A role without a unit, or at a department, is for the whole province. Who grants roles sees nobody
by that, nor does a helper; who answers the hotline sees nobody but where the hotline itself asks
for his role.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from app.access.role_tables import SEES, role_grant
from app.access.roles import in_force, reaches
from app.access.tables import officer
from app.errors import Forbidden, NotFound
from app.units.tables import paying_unit


@dataclass(frozen=True, slots=True)
class Scope:
    """An officer and the area codes that are his; None is the whole province."""

    officer_id: int
    username: str
    areas: frozenset[str] | None

    def holds(self, area: str) -> bool:
        """Whether people of this area are his."""
        return self.areas is None or area in self.areas

    def within(self, column: ColumnElement[str]) -> ColumnElement[bool]:
        """The condition on a column of area codes."""
        return true() if self.areas is None else column.in_(sorted(self.areas))

    def require(self, area: str) -> None:
        """Raise NotFound for an area that is not his: what lies outside is not even confirmed."""
        if not self.holds(area):
            raise NotFound(
                "Không có người hưởng này trong địa bàn của cán bộ.",
                "Kiểm tra số người hưởng; người ở xã khác do xã đó xem.",
            )


def scope_of(
    session: Session,
    username: str,
    now: datetime,
    roles: Sequence[str] = (),
    programme: str | None = None,
) -> Scope:
    """The areas of an officer now, of these roles only when any are named, and of those that reach
    a `programme` where one is. People are not of one programme: without it any role counts that
    sees people.

    Raises NotFound for an unknown officer, Forbidden for one who is disabled or has no such role.
    """
    row = session.execute(select(officer).where(officer.c.username == username)).one_or_none()
    if row is None:
        raise NotFound(f"Không có cán bộ nào tên đăng nhập “{username}”.", "Kiểm tra --officer.")
    if row.disabled_at is not None:
        raise Forbidden("Tài khoản này đã bị khoá.", "Liên hệ người quản trị.")
    held = (
        select(role_grant.c.unit_code, paying_unit.c.area_code, paying_unit.c.kind)
        .outerjoin(paying_unit, paying_unit.c.code == role_grant.c.unit_code)
        .where(role_grant.c.officer_id == row.id, in_force(now))
        .where(role_grant.c.role.in_(roles or SEES))
    )
    if programme is not None:
        held = held.where(reaches(programme))
    units = session.execute(held).all()
    if not units:
        raise Forbidden("Cán bộ không có quyền làm việc này.", "Nhờ người có quyền thực hiện.")
    if any(one.unit_code == "" or one.kind == "department" for one in units):
        return Scope(int(row.id), username, None)
    return Scope(int(row.id), username, frozenset(one.area_code for one in units))
