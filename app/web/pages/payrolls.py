"""Payrolls of a month and one payroll with its lines."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from sqlalchemy import Row

from app.benefits.groups import public_name
from app.errors import NotFound
from app.months import previous
from app.payroll.bridge import CAUSES, figures
from app.payroll.bridge_people import Mover, people_of
from app.payroll.bridge_rows import LEAVING
from app.payroll.bridge_sums import bridge_of
from app.payroll.digest import short_code
from app.payroll.returning import REASON_MAX
from app.payroll.seen import shown
from app.payroll.tables import payroll
from app.web.access import SEES, guarded
from app.web.paging import SIZE, Paging, order, paging
from app.web.posting import EMPTY, Form
from app.web.reading import lines as line_reading
from app.web.reading import payrolls as reading
from app.web.reading.rounds import ended_rounds, excluded
from app.web.reading.standing import answered_by, replaced_by, standing
from app.web.site import Page, opened, site

pages = Blueprint("payrolls", __name__)

STATES = ("draft", "submitted", "checked", "approved", "closed", "void")
KINDS = ("monthly", "staff", "difference", "follow_up", "campaign")


@pages.get("/payrolls")
@guarded(*SEES)
def index() -> str:
    """The payrolls of a month, filtered and sorted; with `cause`, one row of the bridge."""
    with opened() as page:
        cause = page.arguments.get("cause")
        cause = cause if cause in CAUSES else None
        mine = page.officer.within_units(payroll.c.unit_code)
        where = [*reading.conditions(page.period, page.arguments), mine]
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
@guarded(*SEES)
def show(payroll_id: int) -> str:
    """One payroll: total, steps, bridge, flags, approvals and its lines by change."""
    return payroll_page(payroll_id, EMPTY)


def payroll_page(payroll_id: int, form: Form) -> str:
    """The page of a payroll, with what the officer who looks may decide and what he typed."""
    with opened() as page:
        found = one_of_his(page, payroll_id)
        sent = reading.batches(page.session, payroll_id)
        return page.render(
            "pages/payroll.html",
            form=form,
            found=found,
            code=short_code(found.digest) if found.digest else "",
            place=reading.place(found.area_code),
            methods=reading.by_method(page.session, payroll_id),
            done=reading.steps_done(page.session, found, sent),
            step_names=reading.STEPS,
            steps=bridge_of(page.session, payroll.c.id == payroll_id),
            previous=previous(found.period),
            flags=reading.flags(page.session, payroll_id),
            answers=reading.answers(page.session, payroll_id),
            approvals=reading.approvals(page.session, payroll_id),
            batches=sent,
            public_name=public_name,
            **_decision(page, found),
            **_lines(page, found),
        )


def one_of_his(page: Page, payroll_id: int) -> Row[Any]:
    """The payroll, if it is of a unit of the officer who looks. Raises NotFound."""
    found = reading.one(page.session, payroll_id)
    if found is None:
        raise NotFound(page.say("payrolls.none"))
    page.officer.require_unit(found.unit_code)
    return found


def _decision(page: Page, found: Row[Any]) -> dict[str, Any]:
    """What the payroll waits for, what is open to him, and the rounds that lie behind it."""
    who = page.officer.officer_id
    mine = standing(page.session, found, who, site().clock.now())
    return {
        "mine": mine,
        "longest": REASON_MAX,
        "told": shown(page.session, [found.id]) if mine.may_decide else None,
        "seen": answered_by(page.session, found.id, who) if mine.may_decide else (),
        "rounds": ended_rounds(page.session, found.id),
        "off": excluded(page.session, found.id),
        "replaced": replaced_by(page.session, found.id),
    }


def _lines(page: Page, found: Row[Any]) -> dict[str, Any]:
    """The people behind a row of the bridge, or the lines chosen by the query string: changes
    unless another choice is named."""
    cause = page.arguments.get("cause", "")
    if cause in CAUSES[1:]:
        return _movers(page, found, cause)
    asked = page.arguments.get("lines", "")
    default = "changes" if found.kind in ("monthly", "staff") else "all"
    choice = asked if asked in line_reading.CHOICES else default
    ordered = order(page.arguments.get("sort"), line_reading.COLUMNS, "line")
    named = page.arguments.get("q", "")
    summary = line_reading.summary(page.session, found, choice, named)
    paged: Paging = paging(page.arguments.get("page"), summary.lines)
    rows = line_reading.listed(page.session, found, choice, ordered, paged, named)
    return {
        "cause": "",
        "choice": choice,
        "gone": _gone(page, found) if choice == "changes" and paged.number == 1 else (),
        "summary": summary,
        "order": ordered,
        "paging": paged,
        "rows": rows,
    }


def _gone(page: Page, found: Row[Any]) -> list[tuple[str, int, list[Mover]]]:
    """Who stands on the list no more: by cause, how many and the first of them."""
    of, left = figures(page.session, found.id), SIZE
    rows: list[tuple[str, int, list[Mover]]] = []
    for cause in (one for one in LEAVING if one in of and left):
        some = list(people_of(page.session, found.id, cause, first=0, count=left))
        left -= len(some)
        rows.append((cause, of[cause][0], some))
    return rows


def _movers(page: Page, found: Row[Any], cause: str) -> dict[str, Any]:
    people, amount = figures(page.session, found.id).get(cause, (0, 0))
    paged = paging(page.arguments.get("page"), people)
    movers = people_of(page.session, found.id, cause, first=paged.offset, count=paged.size)
    return {
        "cause": cause,
        "summary": line_reading.Summary(people, amount),
        "paging": paged,
        "movers": list(movers),
    }
