"""Many payrolls in one act: what waits for an officer, tried first, then confirmed with one code.

The code is bound to the digest of the whole list; where one payroll of it is no longer what was
shown, none is confirmed.
"""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for

from app.errors import Conflict
from app.payroll.approvals import approve
from app.payroll.duties import APPROVE, CHECK
from app.payroll.flags import look_again
from app.payroll.seen import shown, since
from app.payroll.tables import payroll
from app.payroll.trying import obstacles
from app.web.access import guarded
from app.web.paging import order, paging
from app.web.posting import EMPTY, Act, Answer, Done, Faulty, Form, Problem, acting
from app.web.reading import payrolls as payroll_reading
from app.web.reading import queue as reading
from app.web.site import Page, opened, site
from app.web.typed import numbers_of
from app.web.visitor import this_viewer

pages = Blueprint("queue", __name__, url_prefix="/approvals")

MOST = 150
"""Payrolls that are confirmed with one code at most."""
_DUTY = {"checker": CHECK, "approver": APPROVE}


@pages.get("")
@guarded("checker", "approver")
def index() -> str:
    """What waits for the officer, with each list's change against the month before."""
    with opened() as page:
        now, duties = site().clock.now(), _duties(page)
        duty = page.arguments.get("duty", "")
        duty = duty if duty in duties else duties[0]
        where = reading.conditions(page.officer, duty, now, _filters(page))
        total = reading.totals(page.session, where)
        ordered = order(page.arguments.get("sort"), reading.COLUMNS, "unit")
        paged = paging(page.arguments.get("page"), total.payrolls)
        return page.render(
            "pages/approving/queue.html",
            duty=duty,
            duties=duties,
            total=total,
            rows=reading.listed(page.session, where, ordered, paged),
            order=ordered,
            paging=paged,
            periods=reading.periods(page.session, page.officer, duty, now),
            programmes=payroll_reading.programmes(page.session),
            changes=reading.CHANGES,
            filtered=bool(_filters(page)),
        )


def _duties(page: Page) -> list[str]:
    return [duty for role, duty in _DUTY.items() if page.officer.is_one_of(role)]


def _filters(page: Page) -> dict[str, str]:
    """The filters of the form that are set; `period` in the address is one of them here."""
    names = ("period", "programme", "kind", "change")
    return {name: page.arguments[name] for name in names if page.arguments.get(name)}


@pages.get("/try")
@guarded("checker", "approver")
def attempt() -> Answer:
    """Which of the chosen payrolls can be confirmed, which cannot and why; nothing is confirmed."""
    if "payrolls" in request.args:
        return _page(EMPTY, request.args["payrolls"], request.args.get("duty", ""))
    with opened() as page:
        duty = _duty(page, page.arguments.get("duty", ""))
        chosen = numbers_of(request.args.getlist("payroll"))
        if page.arguments.get("all"):
            where = reading.conditions(page.officer, duty, site().clock.now(), _filters(page))
            chosen = reading.ids(page.session, where, MOST)
        listed = ",".join(map(str, sorted(set(chosen))))
        lang = page.language_argument
    return redirect(url_for("queue.attempt", duty=duty, payrolls=listed, lang=lang), 303)


@pages.post("/try")
@guarded("checker", "approver")
def confirm() -> Answer:
    """Take the due step of all these payrolls with one code."""

    def work(act: Act) -> Done:
        ids, duty = _numbers(act.get("payrolls")), act.get("duty")
        if not ids or duty not in _DUTY.values():
            raise Faulty([Problem("", act.say("queue.none_chosen"))])
        if since(act.session, ids, act.get("seen")) is not None:
            raise Conflict(act.say("deciding.changed"), act.say("deciding.see_now"))
        act.require(code="form.code_missing")
        who, seen = act.officer.officer_id, act.get("seen")
        did = approve(act.session, act.keyring, who, act.code, duty, ids, act.now, seen=seen)
        told = act.say(f"queue.done_{duty}", n=len(ids), finished=len(did.finished))
        return Done(url_for("queue.index", duty=duty), told)

    return acting(work, lambda form: _page(form, form.get("payrolls"), form.get("duty")))


def _page(form: Form, listed: str, asked: str) -> str:
    """The chosen payrolls, tried as they are now."""
    ids = _numbers(listed)
    with opened() as page:
        duty = _duty(page, asked)
        mine = page.officer.within_units(payroll.c.unit_code)
        rows = reading.listed(page.session, [payroll.c.id.in_(ids), mine])
        seen = form.get("seen")
        changed = since(page.session, ids, seen) if seen and ids else None
    why = _tried(duty, [row.id for row in rows])
    can = [row.id for row in rows if row.id not in why]
    with opened() as page:
        return page.render(
            "pages/approving/try.html",
            form=form,
            duty=duty,
            rows=rows,
            why=why,
            can=can,
            told=shown(page.session, can),
            changed=changed,
            most=MOST,
        )


def _tried(duty: str, ids: list[int]) -> dict[int, str]:
    """Why some of these cannot be confirmed; the doubts about all of them are brought up to now."""
    here, viewer = site(), this_viewer()
    if viewer is None:
        raise LookupError("a payroll is tried by an officer: the route is not guarded")
    with here.database.unit_of_work() as session:
        look_again(session, ids, here.clock.now())
        return obstacles(session, viewer.officer_id, duty, ids, here.clock.now()) if ids else {}


def _duty(page: Page, asked: str) -> str:
    duties = _duties(page)
    return asked if asked in duties else duties[0]


def _numbers(listed: str) -> list[int]:
    """Numbers of payrolls from '3,17', the first ones where there are too many."""
    return numbers_of(listed.split(","))[:MOST]
