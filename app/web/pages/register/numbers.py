"""Phone numbers that do not exist: whose they are, to be asked for the right one."""

from __future__ import annotations

from flask import Blueprint

from app.beneficiaries.masks import masked_phone
from app.beneficiaries.reached import how_many_unreachable, unreachable_in
from app.web.access import guarded
from app.web.paging import paging
from app.web.place import chosen, communes, name_of
from app.web.site import opened

pages = Blueprint("numbers", __name__)
ROLES = ("maker", "checker")


@pages.get("/people/numbers")
@guarded(*ROLES)
def index() -> str:
    """The people of a commune whose number a gateway called non-existent."""
    with opened() as page:
        area = chosen(page)
        total = how_many_unreachable(page.session, [area]) if area else 0
        paged = paging(page.arguments.get("page"), total)
        rows = unreachable_in(page.session, area, paged.size, paged.offset) if total else []
        return page.render("pages/register/numbers.html", area=area, rows=rows, paging=paged,
                           areas=communes(page), name_of=name_of,
                           masked=masked_phone)  # fmt: skip
