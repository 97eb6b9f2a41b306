"""Providers' settlements of a month: what became of each list and its money, and what is missing.

Two finance officers accept those on the page together; the figures they read are bound by a code.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for

from app.disbursement.settling.accepting import Draft, accept, drafts, joint_digest, settled
from app.disbursement.settling.terms import CAME, WENT
from app.disbursement.settling.unpaid import unpaid
from app.errors import NotFound
from app.web.access import guarded
from app.web.asking import asked
from app.web.paging import paging
from app.web.posting import EMPTY, Act, Answer, Done, Faulty, Form, Problem, acting
from app.web.reading import batches as batch_reading
from app.web.reading import payrolls as payroll_reading
from app.web.reading import terms
from app.web.reading.settling import CHOICES, chosen, names
from app.web.second import both
from app.web.site import Page, opened, site
from app.web.typed import month

pages = Blueprint("settlements", __name__)
SIZE = 100
FORMS = ("pdf", "xlsx")


@pages.get("/settlements")
@guarded("releaser", "auditor")
def index() -> str:
    """A month's settlements: those that wait, and those that were accepted."""
    return _page(EMPTY)


@pages.post("/settlements")
@guarded("releaser")
def accept_it() -> Answer:
    """Two accept every settlement that the page showed."""

    def work(act: Act) -> Done:
        two, period = both(act), month(act, "period")
        where = chosen(act.officer, {name: act.get(name) for name in CHOICES})
        done = accept(act.session, act.keyring, two, act.get("digest"), period, act.now, where)
        said = act.say("settling.accepted", n=len(done.settlements))
        return Done(url_for("settlements.index", period=period), said)

    return acting(work, _page, holds_writers=True)


@pages.post("/settlements/report")
@guarded("releaser", "auditor")
def report() -> Answer:
    """Ask for the report to the Treasury as PDF or workbook; a worker writes it."""

    def work(act: Act) -> Done:
        if act.get("form") not in FORMS:
            raise Faulty([Problem("", act.say("waiting.no_form"))])
        units = None if act.officer.units is None else sorted(act.officer.units)
        wanted = {"period": month(act, "period"), "form": act.get("form"), "units": units}
        return asked(act, "settlement_report", wanted)

    return acting(work, _page)


@pages.get("/settlements/<unit>/<programme>/<provider>")
@guarded("releaser", "auditor")
def show(unit: str, programme: str, provider: str) -> str:
    """One settlement with every figure, the two identities, and what is missing."""
    with opened(as_one=True) as page:
        page.officer.require_unit(unit)
        where = {"unit": unit, "programme": programme, "provider": provider}
        waits = drafts(page.session, page.period, site().clock.now(), chosen(page.officer, where))
        done = [one for one in settled(page.session, page.period) if _fits(page, one, where)]
        if not waits and not done:
            raise NotFound(page.say("settling.none"))
        return page.render("pages/settling/settlement.html", waits=waits, done=done,
                           place=where, names=names(page.session, [unit]), came=CAME, went=WENT,
                           drill_of=lambda *one: terms.of_settlement(page, *one))  # fmt: skip


@pages.get("/unpaid")
@guarded("releaser", "auditor")
def unpaid_list() -> str:
    """What could not be paid and is carried over, by cell and month, with the next act."""
    with opened() as page:
        where = chosen(page.officer, page.arguments)
        found = unpaid(page.session, site().clock.now(), where)
        paged = paging(page.arguments.get("page"), len(found), SIZE)
        shown = found[paged.offset : paged.offset + paged.size]
        return page.render(
            "pages/settling/unpaid.html",
            rows=shown,
            paging=paged,
            count=sum(one.count for one in found),
            amount=sum(one.amount for one in found),
            names=names(page.session, (one.cell.unit for one in shown)),
        )


def _page(form: Form) -> str:
    with opened(as_one=True) as page:
        arguments = {**page.arguments, **_typed()}
        found = drafts(page.session, page.period, site().clock.now(),
                       chosen(page.officer, arguments))  # fmt: skip
        done = [row for row in settled(page.session, page.period) if _fits(page, row, arguments)]
        paged = paging(page.arguments.get("page"), len(found) + len(done), SIZE)
        rows = [*found, *done][paged.offset : paged.offset + paged.size]
        return page.render(
            "pages/settling/settlements.html",
            form=form,
            waits=[one for one in rows if isinstance(one, Draft)],
            done=[one for one in rows if not isinstance(one, Draft)],
            waiting=len(found),
            missing=sum(bool(one.missing) for one in found),
            accepted=len(done),
            paid=sum(one.figures.account + one.figures.cash for one in found),
            digest=joint_digest(one.digest for one in found) if found else "",
            paging=paged,
            chosen={name: arguments.get(name, "") for name in CHOICES},
            programmes=payroll_reading.programmes(page.session),
            providers=batch_reading.providers(page.session),
            names=names(page.session, (_unit(one) for one in rows)),
        )


def _typed() -> dict[str, str]:
    """What the form narrowed, when its page is shown again."""
    return {name: request.form[name] for name in CHOICES if request.form.get(name)}


def _unit(one: Any) -> str:
    return one.figures.cell.unit if isinstance(one, Draft) else str(one.unit)


def _fits(page: Page, row: Any, arguments: dict[str, str]) -> bool:
    units = page.officer.units
    mine = units is None or row.unit in units
    return mine and all(getattr(row, name) == arguments[name]
                        for name in CHOICES if arguments.get(name))  # fmt: skip
