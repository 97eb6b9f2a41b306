"""People on cash, one by one, and why: for some of them at once, tried before it is done."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, request, url_for
from sqlalchemy import select

from app.beneficiaries.reasons import faults_of, set_reasons
from app.beneficiaries.still_cash import REASONS
from app.beneficiaries.tables import person
from app.cashless.worklist import Wanted, how_many, on_cash
from app.clock import local_date
from app.web.access import SEES, guarded
from app.web.paging import paging
from app.web.place import chosen, communes, name_of
from app.web.posting import EMPTY, Act, Answer, Done, Faulty, Form, Problem, acting, typed
from app.web.site import Page, opened
from app.web.typed import numbers_of

pages = Blueprint("on_cash", __name__, url_prefix="/accounts/people")

ALL_MAX = 2_000
"""People of one bulk act."""
NOT_ASKED = "none"
"""What the address says for people whom nobody asked yet."""


@pages.get("")
@guarded(*SEES)
def index() -> str:
    """People of a commune who still take cash, by why."""
    return _page(EMPTY)


@pages.post("/preview")
@guarded("maker")
def preview() -> Answer:
    """Who of those chosen can be given this reason, and who cannot and why; nothing is done."""
    form = Form(typed())
    with opened() as page:
        people = _chosen(page, form)
        if not people or form.get("why") not in REASONS:
            key, field = ("why_missing", "why") if people else ("nobody", "all")
            problem = Problem(field, page.say(f"on_cash.{key}"))
            return _page(Form(form.values, (problem,))), 422
        faults = faults_of(page.session, dict.fromkeys(people, form.get("why")))
        good = [one for one in people if one not in faults]
        return page.render("pages/cashless/preview.html", form=form, good=good, faults=faults,
                           names=_names(page, faults))  # fmt: skip


@pages.post("")
@guarded("maker")
def set_them() -> Answer:
    """Give the people of the preview their reason."""

    def work(act: Act) -> Done:
        numbers = numbers_of(act.all("person"))
        mine = select(person.c.id).where(person.c.id.in_(numbers[:ALL_MAX]))
        people = act.session.scalars(mine.where(act.officer.within_areas(person.c.area_code))).all()
        if act.get("why") not in REASONS or not people:
            raise Faulty([Problem("why", act.say("on_cash.why_missing"))])
        reasons = dict.fromkeys(people, act.get("why"))
        set_reasons(act.session, reasons, "officer", act.officer.username, act.now)
        address = url_for("on_cash.index", area=act.get("area") or None)
        return Done(address, act.say("on_cash.done", n=len(people)))

    return acting(work, _page)


def _wanted(area: str, reason: str, areas: frozenset[str] | None) -> Wanted:
    told = "" if reason == NOT_ASKED else reason
    known = told if reason == NOT_ASKED or told in REASONS else None
    return Wanted(frozenset((area,)) if area else areas, known)


def _chosen(page: Page, form: Form) -> list[int]:
    """The people who are ticked, or everybody who fits the filter; only the officer's own."""
    if form.get("all"):
        area = form.get("area")
        if area:
            page.officer.require_area(area)
        wanted = _wanted(area, form.get("reason"), page.officer.areas)
        rows = on_cash(page.session, wanted, local_date(page.as_of), limit=ALL_MAX)
        return [row.id for row in rows]
    numbers = numbers_of(request.form.getlist("person"))
    query = select(person.c.id).where(person.c.id.in_(numbers[:ALL_MAX]))
    return list(page.session.scalars(query.where(page.officer.within_areas(person.c.area_code))))


def _names(page: Page, people: Iterable[int]) -> dict[int, str]:
    query = select(person.c.id, person.c.name).where(person.c.id.in_(list(people)))
    return {row.id: row.name for row in page.session.execute(query)}


def _page(form: Form) -> str:
    with opened() as page:
        area, reason = chosen(page), page.arguments.get("reason", "")
        if form.get("area") and not area:
            area = form.get("area")
            page.officer.require_area(area)
        today, areas = local_date(page.as_of), page.officer.areas
        if not area and areas is None:
            return page.render("pages/cashless/people.html", form=form, area="", rows=[],
                               reason="", areas=communes(page), reasons=REASONS)  # fmt: skip
        wanted = _wanted(area, reason, areas)
        paged = paging(page.arguments.get("page"), how_many(page.session, wanted, today))
        rows = on_cash(page.session, wanted, today, limit=paged.size, skip=paged.offset)
        return page.render("pages/cashless/people.html", form=form, area=area, rows=rows,
                           paging=paged, reason=reason, areas=communes(page), reasons=REASONS,
                           name_of=name_of, may=page.officer.is_one_of("maker"),
                           all_max=ALL_MAX)  # fmt: skip
