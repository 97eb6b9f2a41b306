"""Cases with the banks: contradictions, doubles, late debits, recalls; an officer closes them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for
from sqlalchemy import ColumnElement

from app.access.viewer import Viewer
from app.disbursement.cases import CLOSED, OPEN, RECALL, close_case, joined
from app.disbursement.recall import Request, ask_recall, recall_answered
from app.errors import NotFound
from app.units.tables import contract
from app.web.access import guarded
from app.web.paging import paging
from app.web.posting import EMPTY, Act, Answer, Done, Faulty, Form, Problem, acting
from app.web.reading import returned as reading
from app.web.second import me
from app.web.site import Page, opened

pages = Blueprint("cases", __name__)
READS = ("releaser", "auditor")


@pages.get("/cases")
@guarded(*READS)
def index() -> str:
    """Cases that are open, or all of them."""
    with opened() as page:
        is_open = page.arguments.get("show") != "all"
        mine = _mine(page.officer)
        paged = paging(page.arguments.get("page"),
                       reading.case_count(page.session, is_open, mine))  # fmt: skip
        rows = reading.case_list(page.session, is_open, paged.size, paged.offset, mine)
        return page.render("pages/returned/cases.html", rows=rows, paging=paged, is_open=is_open,
                           opened_now=reading.case_count(page.session, True, mine))  # fmt: skip


@pages.get("/cases/<key:case_id>")
@guarded(*READS)
def show(case_id: int) -> str:
    """One case: what was said, about which payment, and how it ends."""
    return _show(case_id, EMPTY)


@pages.post("/cases/<key:case_id>")
@guarded("releaser")
def end(case_id: int) -> Answer:
    """Close a case with one sentence; a recall ends so only when the bank refused it."""
    with opened() as page:
        kind = _found(page, case_id).kind

    def work(act: Act) -> Done:
        act.require(answer="cases.answer_missing", code="form.code_missing")
        close = recall_answered if kind == RECALL else close_case
        close(act.session, act.keyring, me(act), case_id, act.get("answer"), act.now)
        return Done(url_for("cases.show", case_id=case_id), act.say("cases.ended", id=case_id))

    return acting(work, lambda form: _show(case_id, form))


@pages.get("/recalls/new")
@guarded("releaser")
def recall_form() -> str:
    """The form with which the bank is asked to bring a payment back."""
    return _recall(EMPTY)


@pages.post("/recalls/new")
@guarded("releaser")
def recall() -> Answer:
    """Ask the bank to bring a payment back; no money moves by asking."""

    def work(act: Act) -> Done:
        act.require(reference="cases.reference_missing", reason="cases.reason_missing",
                    still_due="cases.still_due_missing", code="form.code_missing")  # fmt: skip
        reference = act.get("reference").upper()
        if reading.payment_of(act.session, reference, _mine(act.officer)) is None:
            raise Faulty([Problem("reference", act.say("cases.no_payment"))])
        one = Request(reference, act.get("reason"), act.get("still_due") == "1")
        number = ask_recall(act.session, act.keyring, me(act), one, act.now)
        return Done(url_for("cases.show", case_id=number), act.say("cases.asked", id=number))

    return acting(work, _recall, about="reference")


def _mine(officer: Viewer) -> ColumnElement[bool]:
    return officer.within_units(contract.c.unit_code)


def _recall(form: Form) -> str:
    with opened() as page:
        reference = form.get("reference", page.arguments.get("reference", "")).strip().upper()
        mine = _mine(page.officer)
        found = reading.payment_of(page.session, reference, mine) if reference else None
        return page.render("pages/returned/recall.html", form=form, found=found,
                           reference=reference)  # fmt: skip


def _show(case_id: int, form: Form) -> str:
    with opened() as page:
        found = _found(page, case_id)
        return page.render(
            "pages/returned/case.html", form=form, found=found,
            more=joined(page.session, [case_id]).get(case_id, []),
            may=page.officer.is_one_of("releaser") and found.state == OPEN,
            is_recall=found.kind == RECALL, closed=CLOSED,
        )  # fmt: skip


def _found(page: Page, case_id: int) -> Any:
    found = reading.case_of(page.session, case_id)
    if found is None:
        raise NotFound(page.say("cases.none"))
    page.officer.require_unit(found.unit_code)
    return found
