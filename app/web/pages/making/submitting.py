"""A maker submits a draft, or takes back what nobody has confirmed yet; each with a code.

The example for every screen that does something: docs/screens.md.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for

from app.errors import Refused
from app.payroll.approvals import submit
from app.payroll.digest import lines_digests, short_code
from app.payroll.flags_decided import ACCEPTED
from app.payroll.returning import REASON_MAX, withdraw
from app.payroll.seen import shown
from app.payroll.states import DRAFT, WAITING
from app.payroll.waiting import waiting
from app.web.access import guarded
from app.web.pages.approving.reviewing import bring_up
from app.web.pages.payrolls import one_of_his
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting
from app.web.reading import payrolls as reading
from app.web.reading.standing import first_names
from app.web.site import Page, opened, site

pages = Blueprint("submitting", __name__, url_prefix="/payrolls/<key:payroll_id>")


@pages.get("/submit")
@guarded("maker")
def submit_form(payroll_id: int) -> str:
    """What the maker is about to submit, in figures, with the place for his code."""
    bring_up(payroll_id)
    return _submit_page(payroll_id, EMPTY)


@pages.post("/submit")
@guarded("maker")
def submit_it(payroll_id: int) -> Answer:
    """Submit the draft as it was shown."""
    bring_up(payroll_id)

    def work(act: Act) -> Done:
        who, seen = act.officer.officer_id, act.get("seen")
        act.require(code="form.code_missing")
        submit(act.session, act.keyring, who, act.code, [payroll_id], act.now, seen=seen)
        (waits,) = waiting(act.session, [payroll_id], act.now)
        names = f" {act.say('deciding.or')} ".join(waits.names) or act.say("deciding.nobody")
        told = act.say("making.submitted", names=names)
        return Done(url_for("payrolls.show", payroll_id=payroll_id), told)

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
        found = one_of_his(page, payroll_id)
        seen, flags = shown(page.session, [payroll_id]), reading.flags(page.session, payroll_id)
        accepted = {one.flag_id for one in reading.answers(page.session, payroll_id)
                    if one.choice == ACCEPTED}  # fmt: skip
        blocking = [one for one in flags if one.is_blocking and one.id not in accepted]
        is_draft = found.state == DRAFT
        return page.render(
            "pages/making/submit.html",
            form=form,
            found=found,
            seen=seen,
            code=short_code(lines_digests(page.session, [payroll_id])[payroll_id]),
            blocking=blocking if is_draft else [],
            warnings=len(flags) - len(blocking),
            names=_next(page, found) if is_draft else [],
            is_draft=is_draft,
        )


def _next(page: Page, found: Any) -> list[str]:
    """Who checks the payroll once it is submitted; nobody where no ladder fits, which the act
    itself tells."""
    try:
        return first_names(page.session, found, site().clock.now(), page.officer.name)
    except Refused:
        return []


def _withdraw_page(payroll_id: int, form: Form) -> str:
    with opened() as page:
        found = one_of_his(page, payroll_id)
        return page.render("pages/making/withdraw.html", form=form, found=found,
                           may=found.state in WAITING, longest=REASON_MAX)  # fmt: skip
