"""When lists are approved and batches released; two of finance announce other hours."""

from __future__ import annotations

from flask import Blueprint, url_for

from app.clock import local_date
from app.payroll.hours import CLOSES, OPENS, Hours, hours_on, hours_set, set_hours
from app.web.access import guarded
from app.web.pages.rules.tabs import LOOKS, tabs
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting
from app.web.second import both
from app.web.site import opened, site
from app.web.typed import needed_day

pages = Blueprint("hours", __name__, url_prefix="/hours")


@pages.get("")
@guarded(*LOOKS)
def index() -> str:
    """The hours of today, and every time they were set."""
    return _page(EMPTY)


@pages.post("")
@guarded("releaser")
def set_it() -> Answer:
    """Announce hours for a later day: two finance officers sign."""

    def work(act: Act) -> Done:
        act.require(reason="rules.source_missing")
        hours = Hours(needed_day(act, "since"), act.get("opens"), act.get("closes"),
                      bool(act.get("every_day")), act.get("reason"))  # fmt: skip
        set_hours(act.session, act.keyring, both(act), hours, act.now)
        said = act.say("rules.hours_set", day=f"{hours.from_day:%d/%m/%Y}", opens=hours.opens,
                       closes=hours.closes)  # fmt: skip
        return Done(url_for("hours.index"), said)

    return acting(work, _page, about="since")


def _page(form: Form) -> str:
    with opened() as page:
        known = hours_set(page.session)
        return page.render(
            "pages/rules/hours.html",
            tabs=tabs(page, "hours"),
            today=hours_on(known, local_date(site().clock.now())),
            past=list(reversed(known)),
            opens=OPENS,
            closes=CLOSES,
            form=form,
        )
