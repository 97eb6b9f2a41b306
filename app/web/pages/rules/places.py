"""Paying units and their communes, and communes that were merged."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy import select

from app.reference.areas import commune
from app.text import fold
from app.units.tables import area_change, paying_unit
from app.web.access import guarded
from app.web.pages.rules.tabs import LOOKS, tabs
from app.web.paging import paging
from app.web.place import name_of
from app.web.site import opened

pages = Blueprint("places", __name__, url_prefix="/places")


@pages.get("")
@guarded(*LOOKS)
def index() -> str:
    """Units by name, found without accents; merged communes with the decree and the month."""
    with opened() as page:
        u, words = paying_unit.c, fold(page.arguments.get("q", "")).split()
        rows = [
            row
            for row in page.session.execute(select(paying_unit).order_by(u.kind.desc(), u.sort_key))
            if all(word in fold(f"{row.name} {row.code}") for word in words)
        ]
        paged = paging(page.arguments.get("page"), len(rows))
        merged = select(area_change).order_by(area_change.c.from_period, area_change.c.old_code)
        return page.render(
            "pages/rules/places.html",
            tabs=tabs(page, "places"),
            rows=rows[paged.offset : paged.offset + paged.size],
            paging=paged,
            merged=page.session.execute(merged).all(),
            commune=commune,
            name_of=name_of,
        )
