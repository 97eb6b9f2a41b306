"""The bank accounts with what waits on each, and one account's lines of a month, by tab."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.disbursement.workbench.at_once import sure_one
from app.disbursement.workbench.lines import KINDS
from app.disbursement.workbench.notes import answers_due
from app.disbursement.workbench.presence import Place, last_place
from app.disbursement.workbench.suggesting import Suggestion, suggest
from app.errors import NotFound
from app.units.tables import contract
from app.web.access import guarded
from app.web.pages.bench.present import arrive, others_at
from app.web.paging import paging
from app.web.reading import bench as reading
from app.web.site import Page, opened
from reconciliation.closed_days import closed_until

pages = Blueprint("bench", __name__, url_prefix="/recon")


@pages.get("")
@guarded("releaser", "auditor")
def index() -> str:
    """Every bank account of the officer's units, with how many lines wait there."""
    with opened() as page:
        rows = reading.accounts(page.session, page.officer.within_units(contract.c.unit_code))
        waits = reading.waiting_sums(page.session)
        if page.arguments.get("only") == "waiting":
            rows = [row for row in rows if (row.provider, row.account) in waits]
        paged = paging(page.arguments.get("page"), len(rows), 100)
        shown = rows[paged.offset : paged.offset + paged.size]
        last = last_place(page.session, page.officer.officer_id)
        return page.render("pages/bench/index.html", rows=shown, waits=waits, paging=paged,
                           last=last)  # fmt: skip


@pages.get("/<key:contract_id>")
@guarded("releaser", "auditor")
def show(contract_id: int) -> str:
    """One account's month: its figures, and the lines of a tab beside what each is."""
    with opened() as page:
        found = account_of(page, contract_id)
        counts = reading.counts(page.session, found, page.period)
        tab = _tab(page, counts)
        paged = paging(page.arguments.get("page"), counts[tab], reading.SIZES[tab])
        rows = reading.listed(page.session, found, page.period, tab, paged)
        best = _best(page, rows) if tab == reading.WAITING else {}
        proposed = reading.proposals_of(page.session, [row.id for row in rows])
        here = Place(found.id, page.period, tab, paged.number)
        shown = page.render(
            "pages/bench/show.html",
            others=others_at(page, here),
            due=answers_due(page.session, [row.id for row in rows]),
            found=found,
            figures=reading.figures(page.session, found, page.period),
            closed=closed_until(page.session, found.provider, found.account),
            counts=counts,
            tab=tab,
            tabs=reading.TABS,
            kinds=KINDS,
            rows=rows,
            paging=paged,
            proposed=proposed,
            best=best,
            sure_lines=[one for one in best if one not in proposed and sure_one(best[one])],
        )
        officer = page.officer
    arrive(officer, here)
    return shown


def account_of(page: Page, contract_id: int) -> Any:
    """A bank account of one of the officer's units. Raises NotFound."""
    found = reading.account(page.session, contract_id)
    if found is None:
        raise NotFound(page.say("bench.none"))
    page.officer.require_unit(found.unit_code)
    return found


def _tab(page: Page, counts: dict[str, int]) -> str:
    """The tab that was asked for, else the first with a line in it."""
    asked = page.arguments.get("tab", "")
    return (
        asked if asked in counts else next((one for one in counts if counts[one]), reading.WAITING)
    )


def _best(page: Page, rows: list[Any]) -> dict[int, list[Suggestion]]:
    """What each line may be; a charge kept of a return is placed with its return, never alone."""
    return {row.id: suggest(page.session, row.id) for row in rows if row.waits_as in KINDS}
