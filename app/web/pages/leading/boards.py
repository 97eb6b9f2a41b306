"""Communes compared and what was reached: readiness, league table, goals, figures that changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from flask import Blueprint, url_for

from app.cashless.campaign_kept import campaigns
from app.cashless.campaigns import AREA, TARGET, begin, read_targets
from app.indicators.boards import difference, register
from app.indicators.counted import by_commune
from app.indicators.declared import together
from app.indicators.definitions import definition
from app.indicators.hours import saved
from app.indicators.league import formula
from app.indicators.league import league as rank
from app.indicators.measures import sides
from app.indicators.rates import percent
from app.indicators.readiness import board, criteria, worst
from app.indicators.restated import STATES
from app.indicators.tallies import Tally, added
from app.indicators.targets import reached
from app.web.access import guarded
from app.web.pages.leading.leader import LEADS
from app.web.pages.leading.tabs import tabs
from app.web.paging import paging
from app.web.place import name_of
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting
from app.web.reading.boards import by_day, campaign_asked, level_two_by_day, worst_first
from app.web.site import Page, opened
from app.web.typed import needed_day
from app.web.uploads import as_file, content_of

T = TypeVar("T")

pages = Blueprint("boards", __name__, url_prefix="/leader")
BEGINNERS = ("checker", "approver", "releaser")


@pages.get("/ready")
@guarded(*LEADS)
def ready() -> str:
    """Each commune's readiness by criteria, from red to green."""
    with opened() as page:
        found = board(
            page.session, page.period, _communes(page), register(page.session), page.as_of
        )
        rows = worst_first(_mine(page, found), page.arguments.get("show", ""))
        paged = paging(page.arguments.get("page"), len(rows.shown))
        return page.render(
            "pages/leading/ready.html", tabs=tabs(page, "boards.ready"), rows=rows, paging=paged,
            criteria=criteria(), worst=worst, name_of=name_of,
        )  # fmt: skip


@pages.get("/league")
@guarded(*LEADS)
def league() -> str:
    """The communes by their score; a commune's officer sees its place among all."""
    with opened() as page:
        communes = _communes(page)
        ranked = rank(communes)
        rows = [one for one in ranked if page.officer.sees_area(one.commune)]
        paged = paging(page.arguments.get("page"), len(rows))
        return page.render(
            "pages/leading/league.html", tabs=tabs(page, "boards.league"), paging=paged,
            rows=rows[paged.offset : paged.last], formula=formula(), name_of=name_of,
            of_all=sum(one.place is not None for one in ranked),
            rate=lambda code, which: percent(*sides(communes[code], which)),
        )  # fmt: skip


@pages.get("/goals")
@guarded(*LEADS)
def goals() -> str:
    """Targets and how much of them was reached, a campaign by day, data matched, hours saved."""
    return _goals_page(EMPTY)


@pages.post("/goals")
@guarded(*BEGINNERS)
def begin_campaign() -> Answer:
    """Begin a campaign with its days and the target of each commune, from a file."""

    def work(act: Act) -> Done:
        act.officer.require_everything()
        act.require(name="goals.name_missing")
        first, last = needed_day(act, "first"), needed_day(act, "last")
        named, content = content_of("targets", (".csv", ".xlsx"))
        with as_file(named, content) as path:
            wanted = read_targets(path)
        begin(act.session, act.get("name"), first, last, wanted, act.officer.username, act.now)
        said = act.say("goals.begun", name=act.get("name"), n=len(wanted))
        return Done(url_for("boards.goals"), said)

    return acting(work, _goals_page)


def _goals_page(form: Form) -> str:
    with opened() as page:
        communes = _mine(page, _communes(page))
        people = together(_mine(page, register(page.session)).values())
        chosen = campaign_asked(page)
        days = by_day(page, chosen)
        paged = paging(page.arguments.get("page"), len(days.communes) if days else 0)
        return page.render(
            "pages/leading/goals.html", tabs=tabs(page, "boards.goals"),
            targets=list(reached(communes, page.period)), people=people,
            matched=percent(people.matched, people.people),
            level_two=percent(people.level_two, people.people),
            id_days=level_two_by_day(page, people),
            vouched=percent(people.vouched, people.fields),
            terms=list(saved(added(communes.values()), people.vouched)),
            campaigns=campaigns(page.session), chosen=chosen, days=days, paging=paged,
            name_of=name_of, definition=definition, form=form, columns=(AREA, TARGET),
            may_begin=page.officer.sees_everything and page.officer.is_one_of(*BEGINNERS),
        )  # fmt: skip


@pages.get("/restated")
@guarded(*LEADS)
def restated() -> str:
    """What was said of the province at the provisional cut-off, what is said since, and why."""
    with opened() as page:
        may = page.officer.sees_everything
        found = difference(page.session, page.period, page.as_of) if may else None
        return page.render(
            "pages/leading/restated.html", tabs=tabs(page, "boards.restated"), found=found,
            may=may, states=STATES, definition=definition,
        )  # fmt: skip


def _communes(page: Page) -> Mapping[str, Tally]:
    return by_commune(page.session, page.period, page.as_of).tallies


def _mine(page: Page, found: Mapping[str, T]) -> dict[str, T]:
    """Of what was found by commune, what the officer sees."""
    return {code: one for code, one in found.items() if page.officer.sees_area(code)}
