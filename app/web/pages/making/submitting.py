"""A maker submits a draft, or takes back what nobody has confirmed yet; each with a code.

The example for every screen that does something: docs/screens.md.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for

from app.errors import NotFound
from app.payroll.approvals import submit
from app.payroll.returning import REASON_MAX, withdraw
from app.payroll.seen import shown
from app.payroll.states import DRAFT, WAITING
from app.web.access import guarded
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting
from app.web.reading import payrolls as reading
from app.web.site import Page, opened

pages = Blueprint("submitting", __name__, url_prefix="/payrolls/<key:payroll_id>")


@pages.get("/submit")
@guarded("maker")
def submit_form(payroll_id: int) -> str:
    """What the maker is about to submit, in figures, with the place for his code."""
    return _submit_page(payroll_id, EMPTY)


@pages.post("/submit")
@guarded("maker")
def submit_it(payroll_id: int) -> Answer:
    """Submit the draft as it was shown."""

    def work(act: Act) -> Done:
        who, seen = act.officer.officer_id, act.get("seen")
        act.require(code="form.code_missing")
        submit(act.session, act.keyring, who, act.code, [payroll_id], act.now, seen=seen)
        return Done(url_for("payrolls.show", payroll_id=payroll_id), act.say("making.submitted"))

    return acting(work, lambda form: _submit_page(payroll_id, form))


@pages.get("/withdraw")
@guarded("maker")
def withdraw_form(payroll_id: int) -> str:
    """The form for taking a submission back: a reason and a code."""
    return _withdraw_page(payroll_id, EMPTY)


@pages.post("/withdraw")
@guarded("maker")
def withdraw_it(payroll_id: int) -> Answer:
    """Take the submission back; it is a draft again."""

    def work(act: Act) -> Done:
        who, reason = act.officer.officer_id, act.get("reason")
        act.require(reason="making.reason_missing", code="form.code_missing")
        withdraw(act.session, act.keyring, who, act.code, [payroll_id], reason, act.now)
        return Done(url_for("payrolls.show", payroll_id=payroll_id), act.say("making.withdrawn"))

    return acting(work, lambda form: _withdraw_page(payroll_id, form))


def _submit_page(payroll_id: int, form: Form) -> str:
    with opened() as page:
        found = _found(page, payroll_id)
        seen = shown(page.session, [payroll_id])
        return page.render("pages/making/submit.html", form=form, found=found, seen=seen,
                           may=found.state == DRAFT)  # fmt: skip


def _withdraw_page(payroll_id: int, form: Form) -> str:
    with opened() as page:
        found = _found(page, payroll_id)
        return page.render("pages/making/withdraw.html", form=form, found=found,
                           may=found.state in WAITING, longest=REASON_MAX)  # fmt: skip


def _found(page: Page, payroll_id: int) -> Any:
    """The payroll, if it is of a unit of this officer."""
    found = reading.one(page.session, payroll_id)
    if found is None:
        raise NotFound(page.say("payrolls.none"))
    page.officer.require_unit(found.unit_code)
    return found
