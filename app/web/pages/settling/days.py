"""Closing a day of bank accounts: what is ready, what is missing, signed by one of finance."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, request, url_for

from app.access.together import Signer
from app.clock import local_date
from app.disbursement.settling.bank_days import close_days, day_drafts
from app.errors import AnSinhError
from app.web.access import guarded
from app.web.paging import paging
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting
from app.web.reading.settling import chosen, names
from app.web.site import Page, opened, site
from app.web.typed import day_of

pages = Blueprint("closing_days", __name__, url_prefix="/closing-days")
SIZE = 100


@pages.get("")
@guarded("releaser", "auditor")
def index() -> str:
    """Every account with a statement of a day, or that should have one."""
    return _page(EMPTY)


@pages.post("")
@guarded("releaser")
def close_it() -> Answer:
    """Close the day of every account that is ready; the others stay open and say why."""

    def work(act: Act) -> Done:
        act.require(day="settling.day_missing", code="form.code_missing")
        day = day_of(act.get("day"))
        signer = Signer(act.officer.officer_id, act.code)
        where = chosen(act.officer, {"provider": act.get("provider")})
        done = close_days(act.session, act.keyring, signer, day, act.now, where)
        said = act.say("settling.days_closed", day=f"{day:%d/%m/%Y}", closed=len(done.closed),
                       left=len(done.left))  # fmt: skip
        address = url_for("closing_days.index", day=f"{day:%d/%m/%Y}")
        return Done(address, said)

    return acting(work, _page, about="day", holds_writers=True)


def _page(form: Form) -> str:
    with opened(as_one=True) as page:
        day, found, wrong = _drafts(page)
        ready = [one for one in found if not one.missing]
        paged = paging(page.arguments.get("page"), len(found), SIZE)
        shown = sorted(found, key=lambda one: not one.missing)
        shown = shown[paged.offset : paged.offset + paged.size]
        return page.render(
            "pages/settling/days.html",
            form=form,
            day_shown=day,
            rows=shown,
            ready=len(ready),
            left=len(found) - len(ready),
            balance=sum(one.balance for one in ready),
            wrong=wrong,
            paging=paged,
            names=names(page.session, (one.cell.unit for one in shown)),
        )


def _drafts(page: Page) -> tuple[date, list, str]:  # type: ignore[type-arg]
    """The day asked for, yesterday if none was, its accounts, and what is wrong with it."""
    now = site().clock.now()
    asked = request.values.get("day", "")
    day = local_date(now) - timedelta(days=1)
    try:
        day = day_of(asked) if asked else day
        where = chosen(page.officer, page.arguments)
        return day, day_drafts(page.session, day, now, where), ""
    except AnSinhError as error:
        return day, [], error.on_page
