"""What two finance officers sign at a year's end: what is handed back, and the year itself."""

from __future__ import annotations

from flask import Blueprint, url_for

from app.disbursement.year_end.dating import require_over
from app.disbursement.year_end.figures import money_figures
from app.disbursement.year_end.handing_back import accept
from app.disbursement.year_end.obstacles import obstacles
from app.disbursement.year_end.plan import plan
from app.disbursement.year_end.settling import FEE, preview, settle
from app.errors import Refused
from app.web.access import guarded
from app.web.pages.settling.year import year_asked
from app.web.paging import paging
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting
from app.web.reading.settling import names
from app.web.second import both
from app.web.site import opened, site
from ledger.money import format_vnd
from reconciliation.years import closed_years

pages = Blueprint("year_signing", __name__, url_prefix="/year-end")
SIZE = 100


@pages.get("/return")
@guarded("releaser")
def return_form() -> str:
    """What two are about to accept as owed to the Treasury, place by place."""
    return _return_page(EMPTY)


@pages.post("/return")
@guarded("releaser")
def return_it() -> Answer:
    """Two accept what the plan that they read hands back."""

    def work(act: Act) -> Done:
        two, year = both(act), year_asked()
        done = accept(act.session, act.keyring, two, act.get("digest"), year, act.now)
        said = act.say("year_end.accepted", amount=format_vnd(done.total), n=len(done.lines))
        told = said if done.lines else act.say("year_end.nothing_due")
        return Done(url_for("year_end.index", year=year), told)

    return acting(work, _return_page)


@pages.get("/settle")
@guarded("releaser")
def settle_form() -> str:
    """What settling the year would post, or what is in its way."""
    return _settle_page(EMPTY)


@pages.post("/settle")
@guarded("releaser")
def settle_it() -> Answer:
    """Two settle the year whose figures they read, and close it for ever."""

    def work(act: Act) -> Done:
        two, year = both(act), year_asked()
        done = settle(act.session, act.keyring, two, act.get("digest"), year, act.now)
        said = act.say("year_end.settled", amount=format_vnd(done.total), year=year)
        before = act.say("year_end.settled_before", year=year)
        return Done(url_for("year_end.opening", year=year + 1), said if done.is_new else before)

    return acting(work, _settle_page, holds_writers=True)


def _return_page(form: Form) -> str:
    with opened(as_one=True) as page:
        page.officer.require_everything()
        year = year_asked()
        found = plan(page.session, year, site().clock.now(), money_figures(page.session, year))
        paged = paging(page.arguments.get("page"), len(found.due), SIZE)
        shown = found.due[paged.offset : paged.offset + paged.size]
        return page.render(
            "pages/settling/year_return.html",
            form=form,
            year=year,
            found=found,
            rows=shown,
            paging=paged,
            total=sum(one.amount for one in found.due),
            too_early=_too_early(year),
            names=names(page.session, (one.cell.unit for one in shown)),
        )


def _too_early(year: int) -> str:
    """Why nothing of the year can be handed back yet, '' once it is over."""
    try:
        require_over(year, site().clock.now())
    except Refused as error:
        return error.on_page
    return ""


def _settle_page(form: Form) -> str:
    with opened(as_one=True) as page:
        page.officer.require_everything()
        year = year_asked()
        found = preview(page.session, year)
        paged = paging(page.arguments.get("page"), len(found.lines), SIZE)
        shown = found.lines[paged.offset : paged.offset + paged.size]
        return page.render(
            "pages/settling/year_settle.html",
            form=form,
            year=year,
            found=found,
            rows=shown,
            paging=paged,
            fee=FEE,
            total=sum(one.amount for one in found.lines),
            obstacles=obstacles(page.session, year, site().clock.now()),
            is_closed=year in closed_years(page.session),
            names=names(page.session, (one.cell.unit for one in shown)),
        )
