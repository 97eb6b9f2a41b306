"""How the end of a budget year stands: the days that matter, every place, what is in the way."""

from __future__ import annotations

from flask import Blueprint, request

from app.clock import local_date
from app.disbursement.year_end.figures import money_figures
from app.disbursement.year_end.obstacles import obstacles
from app.disbursement.year_end.plan import plan
from app.disbursement.year_end.text import opening_rows
from app.errors import NotFound
from app.web.access import guarded
from app.web.catalogue import say
from app.web.pages.books.journal import kind_name
from app.web.paging import paging
from app.web.reading.settling import names
from app.web.site import Page, asked_language, opened, site
from ledger.years import opening_balances
from reconciliation.years import closed_years

pages = Blueprint("year_end", __name__, url_prefix="/year-end")
YEARS = range(2000, 2200)
ACCOUNTS = 100


def year_asked() -> int:
    """The budget year in the address, this one where none is named.

    Raises NotFound for what is no year of four digits.
    """
    asked = request.args.get("year", "")
    named = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else 0
    year = named if asked else local_date(site().clock.now()).year
    if year not in YEARS:
        raise NotFound(say(asked_language(), "settling.no_year"))
    return year


@pages.get("")
@guarded("releaser", "auditor")
def index() -> str:
    """The plan of a year as the books stand; each act that it asks for has a page of its own."""
    with opened(as_one=True) as page:
        year, now = year_asked(), site().clock.now()
        found = plan(page.session, year, now, money_figures(page.session, year))
        his = (one for one in found.cells.items() if _is_his(page, one[0].unit))
        # Where something has to be done stands first; the order stays otherwise.
        cells = sorted(his, key=lambda one: not (one[1].to_return or one[1].treasury))
        paged = paging(page.arguments.get("page"), len(cells))
        shown = cells[paged.offset : paged.offset + paged.size]
        decided = [one for one in found.decisions if _is_his(page, one.cell.unit)]
        places = (*(cell.unit for cell, _ in shown), *(one.cell.unit for one in decided))
        return page.render(
            "pages/settling/year.html",
            year=year,
            found=found,
            rows=shown,
            paging=paged,
            decisions=decided,
            is_closed=year in closed_years(page.session),
            obstacles=obstacles(page.session, year, now),
            names=names(page.session, places),
        )


@pages.get("/opening")
@guarded("releaser", "auditor")
def opening() -> str:
    """What a year begins with, account by account: just what the year before ended with."""
    with opened(as_one=True) as page:
        year = year_asked()
        rows = opening_rows(opening_balances(page.session, year))
        mine = [one for one in rows if not one["unit"] or _is_his(page, str(one["unit"]))]
        paged = paging(page.arguments.get("page"), len(mine), ACCOUNTS)
        shown = mine[paged.offset : paged.offset + paged.size]
        return page.render(
            "pages/settling/opening.html",
            kind_name=kind_name,
            year=year,
            rows=shown,
            paging=paged,
            debit=sum(int(one["debit"]) for one in mine),
            credit=sum(int(one["credit"]) for one in mine),
            is_closed=year - 1 in closed_years(page.session),
            names=names(page.session, (str(one["unit"]) for one in shown)),
        )


def _is_his(page: Page, unit: str) -> bool:
    units = page.officer.units
    return units is None or unit in units
