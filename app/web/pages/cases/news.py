"""An officer tells what happened to a person: a death, a move, a payment to resume. It only becomes
a proposal; another officer decides."""

from __future__ import annotations

from flask import Blueprint, url_for

from app.errors import NotFound
from app.events.deaths import enter_death
from app.events.find.uncollected import enter_resume
from app.events.transfers import ENTERING, enter_move
from app.reference.areas import all_communes
from app.text import fold
from app.web import typed
from app.web.access import guarded
from app.web.pages.register.person import found
from app.web.posting import EMPTY, Act, Answer, Done, Faulty, Form, Problem, acting
from app.web.reading import people as reading
from app.web.site import opened

pages = Blueprint("news", __name__, url_prefix="/people/<key:person_id>")


@pages.get("/death")
@guarded(*ENTERING)
def death_form(person_id: int) -> str:
    """The form for the day of a death."""
    return _page("death", person_id, EMPTY)


@pages.post("/death")
@guarded(*ENTERING)
def death(person_id: int) -> Answer:
    """Enter a death; another officer confirms it before anything ends."""

    def work(act: Act) -> Done:
        on = typed.needed_day(act, "on")
        _seen(act, person_id)
        who = act.officer.officer_id
        return _entered(act, enter_death(act.session, person_id, on, who, act.now))

    return acting(work, lambda form: _page("death", person_id, form), about="on")


@pages.get("/move")
@guarded(*ENTERING)
def move_form(person_id: int) -> str:
    """The form for where and when somebody moved."""
    return _page("move", person_id, EMPTY)


@pages.post("/move")
@guarded(*ENTERING)
def move(person_id: int) -> Answer:
    """Enter a move; the old and the new commune confirm it each."""

    def work(act: Act) -> Done:
        act.require(to="news.to_missing")
        area, on = _area(act), typed.needed_day(act, "on")
        _seen(act, person_id)
        who = act.officer.officer_id
        return _entered(act, enter_move(act.session, person_id, area, on, who, act.now))

    return acting(work, lambda form: _page("move", person_id, form), about="to")


@pages.get("/resume")
@guarded(*ENTERING)
def resume_form(person_id: int) -> str:
    """What resuming the payments of somebody means."""
    return _page("resume", person_id, EMPTY)


@pages.post("/resume")
@guarded(*ENTERING)
def resume(person_id: int) -> Answer:
    """Propose to pay somebody again whose payments were paused."""

    def work(act: Act) -> Done:
        _seen(act, person_id)
        numbers = enter_resume(act.session, person_id, act.officer.officer_id, act.now)
        return _entered(act, numbers[0])

    return acting(work, lambda form: _page("resume", person_id, form))


def _area(act: Act) -> str:
    """The commune that was typed, by code or by name. Raises Faulty for none and for several."""
    told = act.get("to")
    if told.isdigit():
        return told
    same = [one.code for one in all_communes() if fold(one.name) == fold(told)]
    if len(same) != 1:
        key = "news.to_unknown" if not same else "news.to_several"
        raise Faulty([Problem("to", act.say(key, codes=", ".join(same[:8])))])
    return same[0]


def _seen(act: Act, person_id: int) -> None:
    """Raise NotFound unless the person lives where this officer looks after people."""
    row = reading.one(act.session, person_id)
    if row is None:
        raise NotFound(act.say("people.none"))
    act.officer.require_area(row.area_code)


def _entered(act: Act, number: int) -> Done:
    return Done(url_for("events.show", event_id=number), act.say("news.entered"))


def _page(what: str, person_id: int, form: Form) -> str:
    with opened() as page:
        return page.render("pages/cases/news.html", form=form, found=found(page, person_id),
                           what=what)  # fmt: skip
