"""Proposed changes: the list, one of them, and the decision of the officer whose it is."""

from __future__ import annotations

from flask import Blueprint, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.tables import officer
from app.errors import NotFound
from app.events.deciding import DECIDERS, Verdict, decide
from app.events.reading import how_many, is_seen_in, listed, shown
from app.events.states import CONFIRMED, FROM, KINDS, MOVE, PROPOSED, REFUSED, TO
from app.web.access import SEES, guarded
from app.web.pages.cases.tabs import tabs
from app.web.paging import paging
from app.web.place import chosen, communes, name_of
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting
from app.web.site import Page, opened

pages = Blueprint("events", __name__, url_prefix="/events")

STATES = (PROPOSED, CONFIRMED, REFUSED)
WAITING = {"kind": "", "state": PROPOSED, "area": ""}
"""What the page shows when nothing else was asked for."""
WORDS_MAX = 300


@pages.get("")
@guarded(*SEES)
def index() -> str:
    """Proposals of the officer's communes, by kind, commune and state."""
    with opened() as page:
        kind, state = page.arguments.get("kind", ""), page.arguments.get("state", PROPOSED)
        wanted = {"kind": kind if kind in KINDS else "",
                  "state": state if state in STATES else PROPOSED,
                  "area": chosen(page) if page.arguments.get("area") else ""}  # fmt: skip
        areas = page.officer.areas
        total = how_many(page.session, areas=areas, **wanted)
        paged = paging(page.arguments.get("page"), total)
        rows = listed(page.session, areas=areas, limit=paged.size, skip=paged.offset, **wanted)
        return page.render("pages/cases/events.html", rows=rows, paging=paged, wanted=wanted,
                           kinds=KINDS, states=STATES, areas=communes(page), name_of=name_of,
                           tabs=tabs(page, "events", total if wanted == WAITING else None),
                           )  # fmt: skip


@pages.get("/<key:event_id>")
@guarded(*SEES)
def show(event_id: int) -> str:
    """One proposal, what was decided upon it, and the forms for deciding."""
    return _page(event_id, EMPTY)


@pages.post("/<key:event_id>/confirm")
@guarded(*DECIDERS)
def confirm(event_id: int) -> Answer:
    """Confirm a proposal by the number of the decision; the next list goes by it."""

    def work(act: Act) -> Done:
        act.require(number="events.number_missing")
        state = _decide(act, event_id, CONFIRMED)
        return _done(act, event_id, "confirmed" if state == CONFIRMED else "half")

    return acting(work, lambda form: _page(event_id, form))


@pages.post("/<key:event_id>/refuse")
@guarded(*DECIDERS)
def refuse(event_id: int) -> Answer:
    """Refuse a proposal for a reason; nothing changes."""

    def work(act: Act) -> Done:
        act.require(reason="events.reason_missing")
        _decide(act, event_id, REFUSED)
        return _done(act, event_id, "refused")

    return acting(work, lambda form: _page(event_id, form))


def _decide(act: Act, event_id: int, verdict: str) -> str:
    _require_seen(act.session, event_id, act.officer.areas)
    side = act.get("side") if act.get("side") in (FROM, TO) else ""
    given = Verdict(act.officer.officer_id, verdict, act.get("number"), act.get("reason"), side)
    return decide(act.session, event_id, given, act.now)


def _done(act: Act, event_id: int, said: str) -> Done:
    return Done(url_for("events.show", event_id=event_id), act.say(f"events.done_{said}"))


def _require_seen(session: Session, event_id: int, areas: frozenset[str] | None) -> None:
    if not is_seen_in(session, event_id, areas):
        raise NotFound("Không có đề xuất này trong địa bàn của bạn.", "Xem lại danh sách đề xuất.")


def _page(event_id: int, form: Form) -> str:
    with opened() as page:
        _require_seen(page.session, event_id, page.officer.areas)
        told, decisions = shown(page.session, event_id)
        may = told.state == PROPOSED and page.officer.is_one_of(*DECIDERS)
        return page.render("pages/cases/event.html", form=form, told=told, decisions=decisions,
                           who=_names(page, [one.officer_id for one in decisions]), may=may,
                           asks_side=told.kind == MOVE and page.officer.areas is None,
                           sides=(FROM, TO), name_of=name_of, longest=WORDS_MAX)  # fmt: skip


def _names(page: Page, ids: list[int]) -> dict[int, str]:
    query = select(officer.c.id, officer.c.name).where(officer.c.id.in_(ids))
    return {row.id: row.name for row in page.session.execute(query)}
