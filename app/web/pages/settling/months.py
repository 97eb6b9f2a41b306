"""Closing a month: the identity of every cell, what is in the way, signed by two of finance."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, request, url_for

from app.disbursement.settling import months
from app.disbursement.settling.statements_due import late
from app.disbursement.settling.terms import TERMS_IN, TERMS_OUT
from app.web.access import guarded
from app.web.paging import paging
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting
from app.web.reading import terms
from app.web.reading.settling import names
from app.web.second import both
from app.web.site import opened, site
from app.web.typed import is_month, month

pages = Blueprint("closing_month", __name__, url_prefix="/closing-month")
SIZE = 100


@pages.get("")
@guarded("releaser", "auditor")
def index() -> str:
    """What closing the month would write down, or what is in its way."""
    return _page(EMPTY)


@pages.post("")
@guarded("releaser")
def close_it() -> Answer:
    """Two close the month whose figures they read."""

    def work(act: Act) -> Done:
        act.require(period="editing.month_missing")
        period, two = month(act, "period"), both(act)
        count = months.close(act.session, act.keyring, two, act.get("digest"), period, act.now)
        said = act.say("settling.month_closed", month=f"{period[5:]}/{period[:4]}", n=count)
        return Done(url_for("closings.index", period=period), said)

    return acting(work, _page, holds_writers=True)


def _page(form: Form) -> str:
    with opened(as_one=True) as page:
        asked, now = request.form.get("period", ""), site().clock.now()
        period = asked if is_month(asked) else page.period
        signed = months.closed(page.session, period)
        # A month that is closed is not computed again: the page of closings tells what was written.
        found = None if signed else months.preview(page.session, period, now)
        mine = [one for one in (found.cells.items() if found else ())
                if page.officer.units is None or one[0].unit in page.officer.units]  # fmt: skip
        paged = paging(page.arguments.get("page"), len(mine), SIZE)
        shown = mine[paged.offset : paged.offset + paged.size]
        return page.render(
            "pages/settling/month.html",
            form=form,
            month_shown=period,
            found=found,
            signing=signed,
            rows=shown,
            paging=paged,
            late=late(page.session, now),
            terms_in=TERMS_IN,
            terms_out=TERMS_OUT,
            drill_of=lambda cell: terms.of_month(page, period, asdict(cell)),
            names=names(page.session, (cell.unit for cell, _ in shown)),
        )
