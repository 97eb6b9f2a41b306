"""Payrolls of a month and one payroll with its lines."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from sqlalchemy import Row

from app.benefits.groups import public_name
from app.errors import NotFound
from app.months import previous
from app.payroll.bridge import CAUSES
from app.payroll.digest import short_code
from app.payroll.tables import payroll
from app.web.paging import Paging, order, paging
from app.web.reading import lines as line_reading
from app.web.reading import overview as overview_reading
from app.web.reading import payrolls as reading
from app.web.site import Page, opened

pages = Blueprint("payrolls", __name__)

STATES = ("draft", "submitted", "checked", "approved", "closed", "void")
KINDS = ("monthly", "follow_up", "campaign")


@pages.get("/payrolls")
def index() -> str:
    """The payrolls of a month, filtered and sorted; with `cause`, one row of the bridge."""
    with opened() as page:
        cause = page.arguments.get("cause")
        cause = cause if cause in CAUSES else None
        where = reading.conditions(page.period, page.arguments)
        total = reading.totals(page.session, where, cause)
        paged = paging(page.arguments.get("page"), total.payrolls)
        ordered = order(page.arguments.get("sort"), reading.COLUMNS, "unit")
        return page.render(
            "pages/payrolls.html",
            total=total,
            rows=reading.listed(page.session, where, cause, ordered, paged),
            paging=paged,
            order=ordered,
            cause=cause,
            programmes=reading.programmes(page.session),
            states=STATES,
            kinds=KINDS,
        )


@pages.get("/payrolls/<key:payroll_id>")
def show(payroll_id: int) -> str:
    """One payroll: total, steps, bridge, flags, approvals and its lines by change."""
    with opened() as page:
        found = reading.one(page.session, payroll_id)
        if found is None:
            raise NotFound(page.say("payrolls.none"))
        sent = reading.batches(page.session, payroll_id)
        return page.render(
            "pages/payroll.html",
            found=found,
            code=short_code(found.digest) if found.digest else "",
            place=reading.place(found.area_code),
            methods=reading.by_method(page.session, payroll_id),
            done=reading.steps_done(page.session, found, sent),
            step_names=reading.STEPS,
            steps=overview_reading.bridge_of(page.session, payroll.c.id == payroll_id),
            previous=previous(found.period),
            flags=reading.flags(page.session, payroll_id),
            approvals=reading.approvals(page.session, payroll_id),
            batches=sent,
            public_name=public_name,
            **_lines(page, found),
        )


def _lines(page: Page, found: Row[Any]) -> dict[str, Any]:
    """The lines chosen by the query string: changes unless another choice is named."""
    asked = page.arguments.get("lines", "")
    gone = asked in line_reading.GONE
    default = "changes" if found.kind == "monthly" else "all"
    choice = asked if gone or asked in line_reading.CHOICES else default
    columns = line_reading.GONE_COLUMNS if gone else line_reading.COLUMNS
    ordered = order(page.arguments.get("sort"), columns, "name" if gone else "line")
    if gone:
        summary = line_reading.gone_summary(page.session, found, choice)
    else:
        summary = line_reading.summary(page.session, found, choice)
    paged: Paging = paging(page.arguments.get("page"), summary.lines)
    read = line_reading.gone if gone else line_reading.listed
    rows = read(page.session, found, choice, ordered, paged)
    return {
        "choice": choice,
        "gone": gone,
        "summary": summary,
        "order": ordered,
        "paging": paged,
        "rows": rows,
    }
