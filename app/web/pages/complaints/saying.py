"""What people say of a month, as official figures: confirmed, sampled, complaints closed."""

from __future__ import annotations

from flask import Blueprint

from app.clock import local_date
from app.indicators.definitions import definition
from app.indicators.said import SIDES, figures_of, said, whole
from app.months import month_of
from app.web.access import SEES, guarded
from app.web.place import name_of
from app.web.site import opened, site
from app.web.typed import is_month, read_month

pages = Blueprint("saying", __name__, url_prefix="/complaints")


@pages.get("/said")
@guarded(*SEES)
def index() -> str:
    """The figures of the communes that the officer sees, together and one by one."""
    with opened() as page:
        asked = read_month(page.arguments.get("period", ""))
        now = site().clock.now()
        period = asked if is_month(asked) else month_of(local_date(now))
        heard = said(page.session, period, now)
        mine = {code: one for code, one in heard.items() if page.officer.sees_area(code)}
        rows = {code: figures_of(one, period, now) for code, one in mine.items()}
        return page.render(
            "pages/complaints/said.html", period=period, rows=rows, name_of=name_of,
            figures=figures_of(whole(mine.values()), period, now), codes=tuple(SIDES),
            definitions={code: definition(code) for code in SIDES},
        )  # fmt: skip
