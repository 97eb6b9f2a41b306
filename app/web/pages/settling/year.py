"""How the end of a budget year stands: the days that matter, figures, what is in the way."""

from __future__ import annotations

from flask import Blueprint

from app.clock import local_date
from app.disbursement.year_end.figures import money_figures
from app.disbursement.year_end.obstacles import obstacles
from app.disbursement.year_end.plan import plan
from app.errors import NotFound
from app.web.access import guarded
from app.web.reading.settling import names
from app.web.site import opened, site
from reconciliation.years import closed_years

pages = Blueprint("year_end", __name__, url_prefix="/year-end")


@pages.get("")
@guarded("releaser", "auditor")
def index() -> str:
    """The plan of a year as the books stand; only shown, signed for on the command line."""
    with opened(as_one=True) as page:
        now = site().clock.now()
        asked = page.arguments.get("year", "")
        year = int(asked) if asked.isdigit() and len(asked) == 4 else local_date(now).year
        if not 2000 <= year < 2200:
            raise NotFound(page.say("settling.no_year"))
        found = plan(page.session, year, now, money_figures(page.session, year))
        return page.render(
            "pages/settling/year.html",
            year=year,
            found=found,
            is_closed=year in closed_years(page.session),
            obstacles=obstacles(page.session, year, now),
            names=names(page.session, (cell.unit for cell in found.cells)),
        )
