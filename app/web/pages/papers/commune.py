"""A commune's papers of a month: asked for here, made by a worker; what the loudspeaker says."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy import select

from app.errors import NotFound
from app.messaging.terms import help_number
from app.payroll.tables import payroll
from app.statements.by_letter.document import KINDS as CASES
from app.statements.loudspeaker import loudspeaker_text
from app.web.access import SEES, guarded
from app.web.asking import asked
from app.web.place import chosen, communes, name_of
from app.web.posting import EMPTY, Act, Answer, Done, Faulty, Form, Problem, acting
from app.web.site import Page, opened, site

pages = Blueprint("commune_papers", __name__, url_prefix="/papers")
KINDS = ("statements", "letters", "by_letter")


@pages.get("")
@guarded(*SEES)
def index() -> str:
    """What can be made for a commune and a month, and what its loudspeaker says."""
    return _page(EMPTY)


@pages.post("")
@guarded(*SEES)
def ask_it() -> Answer:
    """Ask for the statements, the decisions or the letters of a commune in one file."""

    def work(act: Act) -> Done:
        area, kind = act.get("area"), act.get("kind")
        act.require(area="commune_papers.area_missing")
        act.officer.require_area(area)
        if kind not in KINDS:
            raise Faulty([Problem("", act.say("commune_papers.kind_missing"))])
        told = {"area": area, "period": act.get("period"), "officer": act.officer.username}
        if kind == "by_letter":
            told["case"] = _case(act)
        return asked(act, kind, told)

    return acting(work, _page, about="area")


def _case(act: Act) -> str:
    case = act.get("case")
    if case not in CASES:
        raise Faulty([Problem("case", act.say("commune_papers.case_missing"))])
    return case


def _page(form: Form) -> str:
    with opened() as page:
        area = chosen(page)
        text, why = _loudspeaker(page, area)
        return page.render("pages/papers/commune.html", form=form, area=area, text=text, why=why,
                           areas=communes(page), name_of=name_of, cases=CASES,
                           periods=_periods(page))  # fmt: skip


def _periods(page: Page) -> list[str]:
    """The months that lists were opened for, the newest first, and the one that is shown."""
    rows = page.session.scalars(select(payroll.c.period).distinct())
    return sorted({*rows, page.period}, reverse=True)


def _loudspeaker(page: Page, area: str) -> tuple[str, str]:
    """(the announcement, why there is none)."""
    if not area:
        return "", ""
    number = help_number(site().settings.messages)
    try:
        return loudspeaker_text(page.session, area, page.period, number), ""
    except NotFound as error:
        return "", error.on_page
