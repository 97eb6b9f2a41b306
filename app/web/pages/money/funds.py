"""The money of a month by paying unit, fund and programme: budget, asked, come, released, left."""

from __future__ import annotations

from flask import Blueprint, url_for

from app.disbursement.figures import Figures, figures, total
from app.disbursement.funding import request_of_officer
from app.errors import NotFound
from app.units.tables import contract
from app.web.access import SEES, guarded
from app.web.paging import paging
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting
from app.web.reading import funds as reading
from app.web.site import Page, opened

pages = Blueprint("funds", __name__)
COLUMNS = ("allotment", "approved", "listed", "unspent", "requested", "received", "released",
           "free")  # fmt: skip
ROWS = 25
PARTS = 100


@pages.get("/funds")
@guarded(*SEES)
def index() -> str:
    """Every figure of the month, each a link to what it consists of."""
    return _index(EMPTY)


@pages.get("/funds/of/<figure>")
@guarded(*SEES)
def consists(figure: str) -> str:
    """What one figure consists of: lists, requests, batches or money at a provider."""
    with opened() as page:
        if figure not in reading.FIGURES:
            raise NotFound(page.say("funds.no_figure"))
        asked = page.arguments
        place = (asked.get("unit", ""), asked.get("fund", ""), asked.get("programme", ""))
        if place[0]:
            page.officer.require_unit(place[0])
        found = [one for one in reading.parts(page.session, figure, page.period, place)
                 if page.officer.units is None or one.unit in page.officer.units]  # fmt: skip
        paged = paging(asked.get("page"), len(found), PARTS)
        units, programmes = reading.names(page.session)
        return page.render(
            "pages/money/consists.html", figure=figure, place=place, paging=paged,
            total=sum(one.amount for one in found),
            rows=found[paged.offset : paged.offset + paged.size], units=units,
            programmes=programmes,
        )  # fmt: skip


@pages.get("/funds/requests")
@guarded(*SEES)
def requests() -> str:
    """The month's withdrawal requests: what the Treasury was asked for, and what came."""
    with opened() as page:
        found = reading.requests(page.session, page.period,
                                 page.officer.within_units(contract.c.unit_code))  # fmt: skip
        paged = paging(page.arguments.get("page"), len(found))
        return page.render(
            "pages/money/requests.html", paging=paged,
            rows=found[paged.offset : paged.offset + paged.size],
            asked=sum(one.amount for one in found),
            came=sum(one.amount for one in found if one.received_on),
            waiting=sum(1 for one in found if not one.received_on and one.amount),
        )  # fmt: skip


@pages.get("/funds/requests/<key:request_id>")
@guarded(*SEES)
def request_page(request_id: int) -> str:
    """One request: how its amount came about, and the entry with which its money came."""
    with opened() as page:
        found = reading.one_request(page.session, request_id)
        if found is None:
            raise NotFound(page.say("funds.no_request"))
        page.officer.require_unit(found.unit_code)
        units, programmes = reading.names(page.session)
        return page.render(
            "pages/money/request.html", found=found, units=units, programmes=programmes,
            entry_id=reading.entry_of(page.session, found.reference),
        )  # fmt: skip


@pages.post("/funds/requests")
@guarded("releaser")
def ask() -> Answer:
    """Write the month's withdrawal requests; those that stand already stay as they are."""
    with opened() as page:
        period = page.period

    def work(act: Act) -> Done:
        act.officer.require_everything()
        count = request_of_officer(act.session, period, act.officer.username, act.now)
        said = act.say("funds.asked", count=count) if count else act.say("funds.nothing_to_ask")
        return Done(url_for("funds.requests", period=period), said)

    return acting(work, _index)


def _index(form: Form) -> str:
    with opened() as page:
        found = _mine(page)
        paged = paging(page.arguments.get("page"), len(found), ROWS)
        units, programmes = reading.names(page.session)
        return page.render(
            "pages/money/funds.html", form=form, columns=COLUMNS, paging=paged,
            rows=found[paged.offset : paged.offset + paged.size], whole=total(found),
            units=units, programmes=programmes, funds=reading.fund_names(page.session),
            may=page.officer.is_one_of("releaser") and page.officer.sees_everything,
        )  # fmt: skip


def _mine(page: Page) -> list[Figures]:
    """The figures of the officer's units, narrowed by the form's filters."""
    asked = page.arguments
    found = figures(page.session, page.period, asked.get("unit", ""))
    return [
        one
        for one in found
        if (page.officer.units is None or one.unit in page.officer.units)
        and asked.get("programme", "") in ("", one.programme)
    ]
