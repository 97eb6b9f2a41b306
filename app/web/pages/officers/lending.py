"""Who will be away lends a role of his own for a time; he or the borrower gives it back."""

from __future__ import annotations

from flask import Blueprint, url_for

from app.access.ending import end, grant_row
from app.access.grants import day_begins, day_ends, grants_of, last_day, lent_by
from app.access.lending import Loan, lend
from app.access.role_tables import DELEGATED, EMERGENCY
from app.clock import local_date
from app.errors import Forbidden, NotFound
from app.web.access import guarded
from app.web.posting import EMPTY, Act, Answer, Done, Faulty, Form, Problem, acting
from app.web.reading.settling import names
from app.web.second import both, me
from app.web.site import opened, site
from app.web.typed import amount, day, is_number, needed_day

pages = Blueprint("lending", __name__, url_prefix="/lending")
LENDS = ("maker", "checker", "approver", "releaser")
"""Roles that may be lent. The pages are for everyone: who has lent his only role holds none."""


@pages.get("")
@guarded()
def index() -> str:
    """The officer's own roles, what he has lent, and what is lent to him."""
    return _page(EMPTY)


@pages.post("")
@guarded()
def lend_it() -> Answer:
    """Lend a role: the lender and the borrower sign at one form."""

    def work(act: Act) -> Done:
        act.require(grant="lending.grant_missing")
        if not is_number(act.get("grant")):
            raise Faulty([Problem("grant", act.say("lending.grant_missing"))])
        own = grant_row(act.session, int(act.get("grant")))
        last, since = needed_day(act, "until"), day(act, "since")
        if own.officer_id != act.officer.officer_id:
            raise Forbidden(act.say("lending.not_yours"))
        begins = max(act.now, day_begins(since)) if since else act.now
        loan = Loan(own.role, own.unit_code, begins, day_ends(last), amount(act, "amount"))
        lender, borrower = both(act)
        number = lend(act.session, act.keyring, lender, borrower, loan, act.now)
        said = act.say("lending.lent", number=number, role=act.say(f"role.{own.role}"),
                       day=f"{last:%d/%m/%Y}")  # fmt: skip
        return Done(url_for("lending.index"), said)

    return acting(work, _page, about="until")


@pages.get("/<key:grant_id>/return")
@guarded()
def return_form(grant_id: int) -> str:
    """The loan that is ended, before its time."""
    return _return(grant_id, EMPTY)


@pages.post("/<key:grant_id>/return")
@guarded()
def give_back(grant_id: int) -> Answer:
    """End a loan before its time: the role is its lender's again at once."""

    def work(act: Act) -> Done:
        row = grant_row(act.session, grant_id)
        if row.kind != DELEGATED:
            raise NotFound(act.say("lending.no_loan"))
        because = act.say("lending.because")
        end(act.session, act.keyring, grant_id, because, [me(act)], act.now)
        return Done(url_for("lending.index"), act.say("lending.returned", number=grant_id))

    return acting(work, lambda form: _return(grant_id, form))


def _return(grant_id: int, form: Form) -> str:
    """Only who lent it or has it sees a loan."""
    with opened() as page:
        who, now = page.officer.officer_id, site().clock.now()
        mine = [one for one in grants_of(page.session, who) if one.kind == DELEGATED]
        loans = [*mine, *(one.granted for one in lent_by(page.session, who))]
        found = [one for one in loans if one.number == grant_id and one.is_open(now)]
        if not found:
            raise NotFound(page.say("lending.no_loan"))
        return page.render(
            "pages/officers/lending_return.html",
            one=found[0],
            form=form,
            first_day=local_date,
            last_day=last_day,
            names=names(page.session, {found[0].unit}),
        )


def _page(form: Form) -> str:
    with opened() as page:
        now, who = site().clock.now(), page.officer.officer_id
        mine = [one for one in grants_of(page.session, who) if one.is_open(now)]
        own = [one for one in mine if one.kind not in (DELEGATED, EMERGENCY)]
        lent = [one for one in lent_by(page.session, who) if one.granted.is_open(now)]
        units = {one.unit for one in mine} | {one.granted.unit for one in lent}
        return page.render(
            "pages/officers/lending.html",
            form=form,
            own=[one for one in own if one.since <= now and one.role in LENDS],
            borrowed=[one for one in mine if one.kind == DELEGATED],
            lent=lent,
            first_day=local_date,
            last_day=last_day,
            names=names(page.session, units),
        )
