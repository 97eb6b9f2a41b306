"""One doubt about a payroll: its people, what was answered, and the answer of a checker."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for
from sqlalchemy import Row

from app.access.together import Signer
from app.errors import NotFound
from app.payroll.flag_kinds import KINDS, REASONS
from app.payroll.flag_people import flagged
from app.payroll.flag_scope import Scope
from app.payroll.flags import look_again
from app.payroll.flags_decided import accept
from app.payroll.states import DRAFT, WAITING
from app.web.access import SEES, guarded
from app.web.pages.approving.reviewing import bring_up
from app.web.pages.payrolls import one_of_his, payroll_page
from app.web.paging import paging
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting
from app.web.reading import payrolls as reading
from app.web.reading.standing import standing
from app.web.site import Page, opened, site

pages = Blueprint("flags", __name__, url_prefix="/payrolls/<key:payroll_id>/flags")


@pages.post("")
@guarded("maker", "checker", "approver")
def again(payroll_id: int) -> Answer:
    """Look at an open payroll anew: what was mended is gone, what is new is told."""

    def work(act: Act) -> Done:
        found = reading.one(act.session, payroll_id)
        if found is None:
            raise NotFound(act.say("payrolls.none"))
        act.officer.require_unit(found.unit_code)
        if found.state in (DRAFT, *WAITING):
            look_again(act.session, [payroll_id], act.now)
        stands = reading.flags(act.session, payroll_id)
        blocks = sum(1 for one in stands if one.is_blocking)
        address = url_for("payrolls.show", payroll_id=payroll_id, _anchor="flags")
        return Done(address, act.say("flags.looked", blocks=blocks, warns=len(stands) - blocks))

    return acting(work, lambda form: payroll_page(payroll_id, form))


@pages.get("/<kind>")
@guarded(*SEES)
def show(payroll_id: int, kind: str) -> str:
    """The people behind one doubt, and what was answered."""
    return _page(payroll_id, kind, EMPTY)


@pages.post("/<kind>")
@guarded("checker")
def answer(payroll_id: int, kind: str) -> Answer:
    """A checker says, with his code, why a blocking doubt is no hindrance."""
    bring_up(payroll_id)

    def work(act: Act) -> Done:
        found = reading.flag_of(act.session, payroll_id, kind)
        if found is None:
            raise NotFound(act.say("flags.gone"))
        act.require(reason_code="flags.reason_code_missing", reason="flags.reason_missing",
                    code="form.code_missing")  # fmt: skip
        who = Signer(act.officer.officer_id, act.code)
        accept(act.session, act.keyring, who, [found.id], act.get("reason_code"),
               act.get("reason"), act.now)  # fmt: skip
        address = url_for("payrolls.show", payroll_id=payroll_id, _anchor="flags")
        return Done(address, act.say("flags.answered"))

    return acting(work, lambda form: _page(payroll_id, kind, form), about="reason")


def _page(payroll_id: int, kind: str, form: Form) -> str:
    with opened() as page:
        found = one_of_his(page, payroll_id)
        if kind not in KINDS:
            raise NotFound(page.say("flags.gone"))
        row = reading.flag_of(page.session, payroll_id, kind)
        return page.render(
            "pages/approving/flag.html",
            form=form,
            found=found,
            kind=kind,
            row=row,
            answers=reading.answers(page.session, payroll_id),
            reasons=[(code, page.say(f"flag_reason.{code}")) for code in REASONS],
            may_answer=row is not None and _may_answer(page, found, row),
            **_people(page, found, kind, row.people if row else 0),
        )


def _may_answer(page: Page, found: Row[Any], row: Row[Any]) -> bool:
    """Whether who looks is one to whom the answer is left; the room looks whether he may."""
    stands = found.state == DRAFT and row.is_blocking and KINDS[row.kind].may_be_accepted
    return bool(stands) and page.officer.is_one_of("checker")


def _people(page: Page, found: Row[Any], kind: str, count: int) -> dict[str, Any]:
    paged = paging(page.arguments.get("page"), count)
    now = site().clock.now()
    scope = Scope(found.period, found.kind, now, found.campaign, [found.id])
    people = flagged(page.session, scope, kind, first=paged.offset, count=paged.size)
    mine = standing(page.session, found, page.officer.officer_id, now)
    return {"people": list(people) if count else [], "paging": paged, "mine": mine}
