"""Deaths that another register told: later months are held; an officer confirms or refutes."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for

from app.checks.deaths import ROLES, decide
from app.checks.tables import CONFIRMED, REFUTED
from app.checks.told import waiting_deaths
from app.errors import NotFound
from app.web.access import SEES, guarded
from app.web.pages.cases.tabs import tabs
from app.web.place import name_of
from app.web.posting import EMPTY, Act, Answer, Done, Faulty, Form, Problem, acting
from app.web.second import me
from app.web.site import Page, opened

pages = Blueprint("deaths", __name__, url_prefix="/deaths")

WORDS_MAX = 300
VERDICTS = (CONFIRMED, REFUTED)


@pages.get("")
@guarded(*SEES)
def index() -> str:
    """Reported deaths that wait, the oldest first."""
    with opened() as page:
        rows = waiting_deaths(page.session, areas=page.officer.areas)
        return page.render("pages/cases/deaths.html", rows=rows, name_of=name_of,
                           tabs=tabs(page, "deaths"))  # fmt: skip


@pages.get("/<key:notice_id>")
@guarded(*ROLES)
def show(notice_id: int) -> str:
    """One reported death and the form for what was found out."""
    return _page(notice_id, EMPTY)


@pages.post("/<key:notice_id>")
@guarded(*ROLES)
def decide_it(notice_id: int) -> Answer:
    """Confirm or refute a reported death, with a code."""

    def work(act: Act) -> Done:
        act.require(evidence="deaths.evidence_missing")
        if act.get("verdict") not in VERDICTS:
            raise Faulty([Problem("verdict", act.say("editing.choose"))])
        decide(act.session, act.keyring, me(act), notice_id, act.get("verdict"),
               act.get("evidence"), act.now)  # fmt: skip
        return Done(url_for("deaths.index"), act.say(f"death_done.{act.get('verdict')}"))

    return acting(work, lambda form: _page(notice_id, form), about="evidence")


def _page(notice_id: int, form: Form) -> str:
    with opened() as page:
        return page.render("pages/cases/death.html", form=form, notice=_found(page, notice_id),
                           verdicts=VERDICTS, name_of=name_of, longest=WORDS_MAX)  # fmt: skip


def _found(page: Page, notice_id: int) -> Any:
    mine = waiting_deaths(page.session, areas=page.officer.areas)
    found = next((one for one in mine if one.id == notice_id), None)
    if found is None:
        raise NotFound(page.say("deaths.none"))
    return found
