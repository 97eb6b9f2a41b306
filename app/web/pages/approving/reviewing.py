"""The decision upon one payroll: confirm it as it was shown, or send it back to its maker.

The form stands on the payroll's own page. Where the payroll is no longer what was shown, nothing is
confirmed: a page tells the difference.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for
from sqlalchemy import Row

from app.beneficiaries.tables import person
from app.errors import Conflict
from app.payroll.approvals import Approved, approve
from app.payroll.flags import look_again
from app.payroll.flags_decided import mark_seen
from app.payroll.returning import return_to_maker
from app.payroll.seen import Since, since
from app.payroll.states import DRAFT, WAITING
from app.payroll.tables import payroll
from app.web.access import guarded
from app.web.pages.payrolls import one_of_his, payroll_page
from app.web.posting import Act, Answer, Done, Faulty, Form, Problem, acting
from app.web.reading import payrolls as reading
from app.web.reading.rounds import ended_rounds
from app.web.reading.standing import Standing, answered_by, standing
from app.web.site import Page, opened, site

pages = Blueprint("reviewing", __name__)


@pages.post("/payrolls/<key:payroll_id>")
@guarded("checker", "approver")
def decide(payroll_id: int) -> Answer:
    """Take the due step of the payroll, or send it back with a reason."""
    with opened() as page:
        one_of_his(page, payroll_id)

    def work(act: Act) -> Done:
        done = _send_back if act.get("act") == "return" else _confirm
        address = url_for("payrolls.show", payroll_id=payroll_id)
        return Done(address, done(act, payroll_id))

    return acting(work, lambda form: _again(payroll_id, form))


def bring_up(payroll_id: int) -> None:
    """Bring the doubts about an open payroll up to now, so that they are decided as they are."""
    with opened() as page:
        found = one_of_his(page, payroll_id)
    if found.state in (DRAFT, *WAITING):
        with site().database.unit_of_work() as session:
            look_again(session, [payroll_id], site().clock.now())


def _send_back(act: Act, payroll_id: int) -> str:
    who, reason = act.officer.officer_id, act.get("reason")
    act.require(reason="making.reason_missing", code="form.code_missing")
    return_to_maker(act.session, act.keyring, who, act.code, [payroll_id], reason, act.now)
    return act.say("deciding.returned")


def _confirm(act: Act, payroll_id: int) -> str:
    found = act.session.execute(payroll.select().where(payroll.c.id == payroll_id)).one()
    who = act.officer.officer_id
    # Once, and before he is asked whether he saw all; what is refused is kept by `_again`.
    look_again(act.session, [payroll_id], act.now)
    mine = standing(act.session, found, who, act.now)
    _require_as_shown(act, payroll_id, mine)
    ticked = _ticks(act, payroll_id)
    if ticked:
        mark_seen(act.session, who, [payroll_id], act.now, role=mine.role, only=ticked,
                  brought_up=True)  # fmt: skip
    did = approve(act.session, act.keyring, who, act.code, mine.waits.duty, [payroll_id], act.now,
                  seen=act.get("seen"), brought_up=True)  # fmt: skip
    return _told(act, mine, did)


def _require_as_shown(act: Act, payroll_id: int, mine: Standing) -> None:
    """Raise Conflict where it waits for nobody any more, or is another list than was shown."""
    if not mine.waits.duty:
        raise Conflict(act.say("deciding.not_waiting"), act.say("deciding.see_now"))
    if since(act.session, [payroll_id], act.get("seen")) is not None:
        raise Conflict(act.say("deciding.changed"), act.say("deciding.see_now"))


def _ticks(act: Act, payroll_id: int) -> set[int]:
    """The flags ticked as seen. Raises Faulty for those that are not, for a missing code, and for
    a reason typed though the payroll is not sent back."""
    answered = answered_by(act.session, payroll_id, act.officer.officer_id)
    asked = [row for row in reading.flags(act.session, payroll_id) if row.id not in answered]
    problems = [_unseen(act, row) for row in asked if not act.get(f"flag-{row.id}")]
    if act.get("reason"):
        problems.append(Problem("reason", act.say("deciding.reason_typed")))
    if not act.code:
        problems.append(Problem("code", act.say("form.code_missing")))
    if problems:
        raise Faulty(problems)
    return {row.id for row in asked}


def _unseen(act: Act, row: Row[Any]) -> Problem:
    kind = act.say(f"flag_kind.{row.kind}")
    return Problem(f"flag-{row.id}", act.say("deciding.not_seen", kind=kind))


def _told(act: Act, mine: Standing, did: Approved) -> str:
    if did.finished:
        return act.say("deciding.done_last")
    done, needed = mine.confirmed + 1, mine.needed
    return act.say(f"deciding.done_{mine.waits.duty}", done=done, all=needed)


def _again(payroll_id: int, form: Form) -> str:
    """The payroll's page with what is wrong, or what changed since it was opened."""
    bring_up(payroll_id)
    with opened() as page:
        found = one_of_his(page, payroll_id)
        changed = since(page.session, [payroll_id], form.get("seen"))
        if changed is not None or found.state not in WAITING:
            return _conflict_page(page, payroll_id, form, changed)
    return payroll_page(payroll_id, form)


def _conflict_page(page: Page, payroll_id: int, form: Form, changed: Since | None) -> str:
    found = one_of_his(page, payroll_id)
    taken = changed.taken if changed else ()
    people = page.session.execute(
        person.select().where(person.c.id.in_([row.person_id for row in taken]))
    )
    return page.render(
        "pages/approving/conflict.html",
        form=form,
        found=found,
        changed=changed,
        names={row.id: row.name for row in people},
        rounds=ended_rounds(page.session, payroll_id)[:1],
        mine=standing(page.session, found, page.officer.officer_id, site().clock.now()),
    )
