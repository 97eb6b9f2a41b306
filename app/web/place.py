"""Which communes an officer may choose among, and which one a page is about."""

from __future__ import annotations

from sqlalchemy import select

from app.reference.areas import Area, commune, communes_of
from app.text import sort_key
from app.units.tables import paying_unit
from app.web.site import Page


def communes(page: Page) -> list[Area]:
    """The communes that the officer sees, of the provinces that the paying units belong to, by
    name."""
    known = page.session.scalars(select(paying_unit.c.area_code).distinct())
    provinces = {area.province_code for code in known if (area := commune(code)) is not None}
    inside = (area for code in sorted(provinces) for area in communes_of(code))
    found = [area for area in inside if page.officer.sees_area(area.code)]
    return sorted(found, key=lambda one: (one.kind, sort_key(one.name)))


def chosen(page: Page) -> str:
    """The commune asked for (`area`), else the only one the officer has; '' for none or all.

    Raises NotFound for one that is not his.
    """
    asked = page.arguments.get("area", "")
    if asked:
        page.officer.require_area(asked)
        return asked
    mine = page.officer.areas
    return next(iter(mine)) if mine is not None and len(mine) == 1 else ""


def name_of(code: str) -> str:
    """The name of a commune; its code when nobody knows it."""
    found = commune(code)
    return found.name if found else code
