"""A month's sample of a commune: its seed published, drawn, printed; what each person says."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for

from app.clock import local_date
from app.complaints.moving import ROLES
from app.complaints.sample_tables import verification_sample
from app.complaints.samples import PAGE, samples
from app.complaints.sampling import DRAWS, draw, draw_of, publish, sample_of
from app.complaints.states import WRONG_AMOUNT
from app.complaints.visiting import (
    NOT_MET,
    RESULTS,
    has_chosen,
    record_visit,
    row_of,
    rows_of,
)
from app.months import month_of, previous
from app.web import typed
from app.web.access import SEES, guarded
from app.web.place import communes, name_of
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting
from app.web.site import Page, kept_language, opened, site

pages = Blueprint("samples", __name__, url_prefix="/complaints/samples")


@pages.get("")
@guarded(*SEES)
def index() -> str:
    """Samples of the officer's communes, and for who may the form that publishes a seed."""
    return _index(EMPTY)


@pages.post("")
@guarded(*DRAWS)
def publish_it() -> Answer:
    """Publish the seed of a month's sample."""

    def work(act: Act) -> Done:
        act.require(area="samples.area_missing", month="samples.month_missing")
        area, period = act.get("area"), typed.month(act, "month")
        act.officer.require_area(area)
        number = publish(act.session, act.officer.officer_id, period, area, act.now)
        return _done(act, number, "samples.published")

    return acting(work, _index, about="month")


@pages.get("/<key:sample_id>")
@guarded(*SEES)
def show(sample_id: int) -> str:
    """One sample: how it was drawn, whom it drew, what they said."""
    return _show(sample_id, EMPTY)


@pages.post("/<key:sample_id>/draw")
@guarded(*DRAWS)
def draw_it(sample_id: int) -> Answer:
    """Draw it by its seed."""

    def work(act: Act) -> Done:
        act.officer.require_area(sample_of(act.session, sample_id).area_code)
        size = draw(act.session, act.officer.officer_id, sample_id, act.now)
        return _done(act, sample_id, "samples.drawn", n=size)

    return acting(work, lambda form: _show(sample_id, form))


@pages.get("/<key:sample_id>/sheet")
@guarded(*ROLES)
def sheet(sample_id: int) -> str:
    """The people who are still to be asked, to be printed and taken along."""
    with opened() as page:
        sample = _sample(page, sample_id)
        rows = rows_of(page.session, sample_id)
        return page.render("pages/complaints/sheet.html", sample=sample, name_of=name_of,
                           rows=[one for one in rows if one.result in (None, NOT_MET)])  # fmt: skip


@pages.get("/<key:sample_id>/rows/<key:ordinal>")
@guarded(*ROLES)
def row(sample_id: int, ordinal: int) -> str:
    """One person of a sample, and what to ask."""
    return _row(sample_id, ordinal, EMPTY)


@pages.post("/<key:sample_id>/rows/<key:ordinal>")
@guarded(*ROLES)
def visit_it(sample_id: int, ordinal: int) -> Answer:
    """Write down what the person says; another amount or none opens a complaint."""

    def work(act: Act) -> Done:
        act.officer.require_area(sample_of(act.session, sample_id).area_code)
        act.require(result="samples.result_missing")
        result = act.get("result")
        amount = typed.amount(act, "amount") if result == WRONG_AMOUNT else None
        who = act.officer.officer_id
        about = (sample_id, ordinal, result, amount, act.now)
        number = record_visit(act.session, act.keyring, who, *about)
        said = "samples.visited_case" if number else "samples.visited"
        return _done(act, sample_id, said, row=ordinal, case=number)

    return acting(work, lambda form: _row(sample_id, ordinal, form), about="result")


def _done(act: Act, sample_id: int, said: str, **more: Any) -> Done:
    address = url_for("samples.show", sample_id=sample_id, lang=kept_language())
    return Done(address, act.say(said, id=sample_id, **more))


def _sample(page: Page, sample_id: int) -> Any:
    sample = sample_of(page.session, sample_id)
    page.officer.require_area(sample.area_code)
    return sample


def _index(form: Form) -> str:
    with opened() as page:
        mine = page.officer.within_areas(verification_sample.c.area_code)
        asked = page.arguments.get("before", "")
        before = int(asked) if typed.is_number(asked) else 0
        rows = samples(page.session, mine, before)
        last = previous(month_of(local_date(site().clock.now())))
        may = page.officer.is_one_of(*DRAWS)
        return page.render("pages/complaints/samples.html", form=form, rows=rows[:PAGE],
                           last=last, before=rows[PAGE - 1].id if len(rows) > PAGE else 0,
                           is_first=not before, may=may, name_of=name_of,
                           areas=communes(page) if may else [])  # fmt: skip


def _show(sample_id: int, form: Form) -> str:
    with opened() as page:
        sample = _sample(page, sample_id)
        drawn = draw_of(page.session, sample_id)
        chose = has_chosen(page.officer.officer_id, sample, drawn)
        return page.render("pages/complaints/sample.html", form=form, sample=sample, drawn=drawn,
                           rows=rows_of(page.session, sample_id), name_of=name_of,
                           not_met=NOT_MET, chose=chose,
                           may_draw=drawn is None and page.officer.is_one_of(*DRAWS),
                           may_visit=page.officer.is_one_of(*ROLES) and not chose)  # fmt: skip


def _row(sample_id: int, ordinal: int, form: Form) -> str:
    with opened() as page:
        sample = _sample(page, sample_id)
        return page.render("pages/complaints/sample_row.html", form=form, sample=sample,
                           one=row_of(page.session, sample_id, ordinal), name_of=name_of,
                           results=RESULTS, not_met=NOT_MET)  # fmt: skip
