"""What the registers of others say of a commune's people, and what has to be mended for it."""

from __future__ import annotations

from flask import Blueprint

from app.checks.contracts import CONTRACTS
from app.checks.told import how_many_wrong, people_of, queue, requests, shares
from app.web.access import SEES, guarded
from app.web.pages.cases.tabs import tabs
from app.web.paging import paging
from app.web.place import chosen, communes, name_of
from app.web.site import opened

pages = Blueprint("outside", __name__, url_prefix="/outside")

REQUESTS_SHOWN = 10


@pages.get("")
@guarded(*SEES)
def index() -> str:
    """The share of a commune's people that each register knows, and the differences."""
    with opened() as page:
        area, areas = chosen(page), page.officer.areas
        if not area:
            return page.render("pages/cases/outside.html", area="", areas=communes(page),
                               tabs=tabs(page, "outside"))  # fmt: skip
        paged = paging(page.arguments.get("page"), how_many_wrong(page.session, area, areas))
        wrong = queue(page.session, area, paged.size, areas=areas, skip=paged.offset)
        people = people_of(page.session, area)
        found = {one: shares(page.session, one, area, people) for one in CONTRACTS}
        asked = requests(page.session, REQUESTS_SHOWN, area)
        return page.render(
            "pages/cases/outside.html",
            area=area,
            areas=communes(page),
            name_of=name_of,
            shares=found,
            contracts=CONTRACTS,
            rows=list(wrong),
            paging=paged,
            requests=asked,
            tabs=tabs(page, "outside"),
        )
