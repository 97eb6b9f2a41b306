"""What is handed on of a month: the report as PDF, the feed for warehouse and open data."""

from __future__ import annotations

from flask import Blueprint

from app.indicators.papers import CSV, JSON
from app.web.access import guarded
from app.web.asking import asked
from app.web.pages.leading.leader import LEADS
from app.web.pages.leading.tabs import tabs
from app.web.posting import EMPTY, Act, Answer, Done, Faulty, Form, Problem, acting
from app.web.site import opened
from app.web.typed import month

pages = Blueprint("indicator_papers", __name__, url_prefix="/leader/papers")

PDF = "pdf"
_TASKS = {PDF: "month_report", CSV: "feed", JSON: "feed"}


@pages.get("")
@guarded(*LEADS)
def index() -> str:
    """What can be made of the month."""
    return _page(EMPTY)


@pages.post("")
@guarded(*LEADS)
def ask_it() -> Answer:
    """Ask for the report or the feed; a worker writes it."""

    def work(act: Act) -> Done:
        act.officer.require_everything()
        form = act.get("form")
        if form not in _TASKS:
            raise Faulty([Problem("", act.say("waiting.no_form"))])
        told = {"period": month(act, "period"), "officer": act.officer.officer_id, "form": form}
        return asked(act, _TASKS[form], told)

    return acting(work, _page)


def _page(form: Form) -> str:
    with opened() as page:
        return page.render("pages/leading/papers.html", form=form, may=page.officer.sees_everything,
                           tabs=tabs(page, "indicator_papers.index"))  # fmt: skip
