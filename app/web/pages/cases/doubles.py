"""Doubts about people: the list, one case side by side, and the decision of one officer or two."""

from __future__ import annotations

from flask import Blueprint, url_for
from sqlalchemy.orm import Session

from app.doubles.deciding import MAY_DECIDE, REASON_MAX, Decision, decide
from app.doubles.queue import case_of, how_many_open, is_seen_in, open_cases
from app.doubles.rules import RULES, VERDICTS
from app.errors import NotFound
from app.web import typed
from app.web.access import SEES, guarded
from app.web.pages.cases.tabs import tabs
from app.web.paging import paging
from app.web.place import chosen, communes, name_of
from app.web.posting import EMPTY, Act, Answer, Done, Faulty, Form, Problem, acting
from app.web.second import one_or_both
from app.web.site import opened

pages = Blueprint("doubles", __name__, url_prefix="/doubles")


@pages.get("")
@guarded(*SEES)
def index() -> str:
    """Cases that wait for a decision, by rule and commune."""
    with opened() as page:
        rule = page.arguments.get("rule", "")
        rule = rule if rule in RULES else ""
        area = chosen(page) if page.arguments.get("area") else ""
        areas = page.officer.areas
        paged = paging(page.arguments.get("page"), how_many_open(page.session, rule, area, areas))
        rows = open_cases(page.session, rule, area, areas=areas, limit=paged.size,
                          skip=paged.offset)  # fmt: skip
        return page.render("pages/cases/doubles.html", rows=rows, paging=paged, rule=rule,
                           area=area, rules=RULES, areas=communes(page), name_of=name_of,
                           tabs=tabs(page, "doubles"))  # fmt: skip


@pages.get("/<key:doubt_id>")
@guarded(*SEES)
def show(doubt_id: int) -> str:
    """The people of a case side by side, why they are doubted, and the form for deciding."""
    return _page(doubt_id, EMPTY)


@pages.post("/<key:doubt_id>/decide")
@guarded(*MAY_DECIDE)
def decide_it(doubt_id: int) -> Answer:
    """End a case; a blocking one and a merge need a second officer at the same form."""

    def work(act: Act) -> Done:
        _require_seen(act.session, doubt_id, act.officer.areas)
        act.require(verdict="editing.choose", reason="doubles.reason_missing")
        given = Decision(act.get("verdict"), act.get("reason"), typed.month(act, "until"),
                         _kept(act), again=bool(act.get("again")))  # fmt: skip
        decide(act.session, act.keyring, doubt_id, given, one_or_both(act), act.now)
        return Done(url_for("doubles.show", doubt_id=doubt_id), act.say("doubles.done"))

    return acting(work, lambda form: _page(doubt_id, form), about="verdict")


def _kept(act: Act) -> int | None:
    """The file that stays in a merge; None lets the room choose."""
    told = act.get("keep")
    if told and not typed.is_number(told):
        raise Faulty([Problem("keep", act.say("editing.choose"))])
    return int(told) if told and act.get("verdict") == "merge" else None


def _require_seen(session: Session, doubt_id: int, areas: frozenset[str] | None) -> None:
    if not is_seen_in(session, doubt_id, areas):
        raise NotFound("Không có nghi vấn này trong địa bàn của bạn.", "Xem lại danh sách.")


def _page(doubt_id: int, form: Form) -> str:
    with opened() as page:
        _require_seen(page.session, doubt_id, page.officer.areas)
        whole = case_of(page.session, doubt_id)
        mine = page.officer.is_one_of(*MAY_DECIDE)
        decided = whole.state not in ("open", "gone")
        merged = any(one.merged_into for one in whole.people)
        return page.render("pages/cases/double.html", form=form, whole=whole, name_of=name_of,
                           may=mine and whole.state != "gone" and not merged, again=decided,
                           rule=RULES[whole.line.rule], verdicts=VERDICTS, longest=REASON_MAX,
                           sees=page.officer.sees_area)  # fmt: skip
