"""Who looks: an officer with the roles he holds now, and what of the province is his to see.

A role without a unit, or at a department, is for the whole province. Who grants roles, answers the
hotline, or helps people look, sees nobody and no money by that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from app.access.role_tables import SEES, role_grant
from app.access.roles import in_force
from app.access.tables import officer
from app.errors import Forbidden, NotFound
from app.units.tables import paying_unit


@dataclass(frozen=True, slots=True)
class Viewer:
    """An officer; `areas` and `units` are codes of communes and of paying units, None for all."""

    officer_id: int
    username: str
    name: str
    roles: frozenset[str]
    areas: frozenset[str] | None
    units: frozenset[str] | None

    def is_one_of(self, *roles: str) -> bool:
        """Whether he holds one of these roles, at whatever unit."""
        return not self.roles.isdisjoint(roles)

    def within_areas(self, column: ColumnElement[str]) -> ColumnElement[bool]:
        """The condition that a commune's code is his."""
        return true() if self.areas is None else column.in_(sorted(self.areas))

    def within_units(self, column: ColumnElement[str]) -> ColumnElement[bool]:
        """The condition that a paying unit's code is his."""
        return true() if self.units is None else column.in_(sorted(self.units))

    def sees_area(self, code: str) -> bool:
        """Whether a commune is his."""
        return self.areas is None or code in self.areas

    @property
    def sees_everything(self) -> bool:
        """Whether the whole province is his."""
        return self.units is None

    def require_everything(self) -> None:
        """Raise Forbidden where only some units are his: a bank's file, or what waits with a
        provider, is about all of them."""
        if not self.sees_everything:
            raise Forbidden("Trang này dành cho cán bộ của cả tỉnh.", "Hỏi tài chính cấp tỉnh.")

    def require_area(self, code: str) -> None:
        """Raise NotFound for a commune that is not his: what lies outside is not even confirmed."""
        if not self.sees_area(code):
            raise NotFound("Không có trong địa bàn của bạn.", "Kiểm tra lại địa chỉ trang.")

    def require_unit(self, code: str) -> None:
        """Raise NotFound for a paying unit that is not his."""
        if self.units is not None and code not in self.units:
            raise NotFound("Không có ở đơn vị của bạn.", "Kiểm tra lại địa chỉ trang.")


def viewer(session: Session, officer_id: int, now: datetime) -> Viewer:
    """The officer as he may look now; two queries."""
    who = session.execute(
        select(officer.c.username, officer.c.name).where(officer.c.id == officer_id)
    ).one()
    held = session.execute(
        select(role_grant.c.role, role_grant.c.unit_code, paying_unit.c.area_code,
               paying_unit.c.kind)
        .outerjoin(paying_unit, paying_unit.c.code == role_grant.c.unit_code)
        .where(role_grant.c.officer_id == officer_id, in_force(now))
    ).all()  # fmt: skip
    seeing = [one for one in held if one.role in SEES]
    everywhere = any(one.unit_code == "" or one.kind == "department" for one in seeing)
    return Viewer(
        officer_id,
        who.username,
        who.name,
        frozenset(one.role for one in held),
        None if everywhere else frozenset(one.area_code for one in seeing),
        None if everywhere else frozenset(one.unit_code for one in seeing),
    )
