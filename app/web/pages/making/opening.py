"""The lists of the next month are made from those of the last one: asked for, done by a worker."""

from __future__ import annotations

from flask import Blueprint

from app.errors import Conflict, Refused
from app.months import previous
from app.schedule.locking import locks_at, opens_at, require_openable
from app.web.access import guarded
from app.web.asking import asked
from app.web.formats import month
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting
from app.web.reading.opening import lists_of, next_period
from app.web.site import opened, site

pages = Blueprint("opening", __name__, url_prefix="/payrolls/open")

KIND = "open_month"
SHOWN = 50


@pages.get("")
@guarded("maker")
def form() -> str:
    """Which month comes next, what is made of it, and the lists that were made last."""
    return _page(EMPTY)


@pages.post("")
@guarded("maker")
def open_it() -> Answer:
    """Ask for the lists of the next month."""

    def work(act: Act) -> Done:
        period = next_period(act.session, act.now)
        if act.get("period") != period:
            raise Conflict(act.say("opening.open_already"), act.say("opening.see_below"))
        require_openable(act.session, period, act.now)
        return asked(act, KIND, {"period": period})

    return acting(work, _page)


def _page(kept: Form) -> str:
    with opened() as page:
        now = site().clock.now()
        period = next_period(page.session, now)
        last = previous(period)
        try:
            require_openable(page.session, period, now)
            why = ""
        except Refused as error:
            why = str(error)
        rows = lists_of(page.session, page.officer, last)
        return page.render("pages/making/open.html", form=kept, period=period, last=last, why=why,
                           rows=rows, shown=SHOWN, opens=opens_at(period), locks=locks_at(period),
                           title=page.say("opening.title", month=month(period)))  # fmt: skip
