"""Days on which banks do not work though others do, or the other way round; two set one."""

from __future__ import annotations

from flask import Blueprint, url_for

from app.clock import local_date
from app.errors import NotFound
from app.schedule.calendar import KINDS, MovedDay, set_day, unusual_days
from app.web.access import guarded
from app.web.pages.rules.tabs import LOOKS, tabs
from app.web.posting import EMPTY, Act, Answer, Done, Faulty, Form, Problem, acting
from app.web.second import both
from app.web.site import opened
from app.web.typed import needed_day

pages = Blueprint("calendar", __name__, url_prefix="/calendar")
_YEARS = range(2000, 2200)


@pages.get("")
@guarded(*LOOKS)
def index() -> str:
    """The days of a year that differ from Monday to Friday, and why."""
    return _page(EMPTY)


@pages.post("")
@guarded("releaser")
def set_it() -> Answer:
    """Set what a day is, with the decision that says so: two finance officers sign."""

    def work(act: Act) -> Done:
        act.require(kind="rules.kind_missing", name="rules.name_missing",
                    source="rules.source_missing")  # fmt: skip
        if act.get("kind") not in KINDS:
            raise Faulty([Problem("kind", act.say("rules.kind_missing"))])
        moved = MovedDay(needed_day(act, "day"), act.get("kind"), act.get("name"),
                         act.get("source"))  # fmt: skip
        set_day(act.session, act.keyring, both(act), moved, act.now)
        said = act.say(f"rules.day_{moved.kind}", day=f"{moved.day:%d/%m/%Y}")
        return Done(url_for("calendar.index", year=moved.day.year), said)

    return acting(work, _page, about="day")


def _page(form: Form) -> str:
    with opened() as page:
        asked = page.arguments.get("year", str(local_date(page.as_of).year))
        year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else 0
        if year not in _YEARS:
            raise NotFound(page.say("rules.no_year"))
        return page.render(
            "pages/rules/calendar.html",
            tabs=tabs(page, "calendar"),
            year=year,
            days=unusual_days(page.session, year),
            kinds=KINDS,
            form=form,
        )
