"""Batches of a month and one batch with what became of its instructions."""

from __future__ import annotations

from flask import Blueprint

from app.disbursement.states import BATCH_MOVES
from app.errors import NotFound
from app.units.tables import contract
from app.web.access import SEES, guarded
from app.web.paging import order, paging
from app.web.reading import batches as reading
from app.web.reading import payrolls as payroll_reading
from app.web.site import opened

pages = Blueprint("batches", __name__)

STATES = ("built", "released", "sending", "sent", "in_doubt", "answered", "done", "cancelled")
if {state for move in BATCH_MOVES for state in move} != set(STATES):
    raise AssertionError("the batch page must know every state of a batch")


@pages.get("/batches")
@guarded(*SEES)
def index() -> str:
    """The batches of a month, filtered and sorted, each with its counters."""
    with opened() as page:
        mine = page.officer.within_units(contract.c.unit_code)
        where = [*reading.conditions(page.period, page.arguments), mine]
        total = reading.totals(page.session, where)
        paged = paging(page.arguments.get("page"), total.batches)
        ordered = order(page.arguments.get("sort"), reading.COLUMNS, "unit")
        rows = reading.listed(page.session, where, ordered, paged)
        return page.render(
            "pages/batches.html",
            total=total,
            rows=rows,
            counters=reading.counters(page.session, [row.id for row in rows]),
            paging=paged,
            order=ordered,
            programmes=payroll_reading.programmes(page.session),
            providers=reading.providers(page.session),
            states=STATES,
        )


@pages.get("/batches/<key:batch_id>")
@guarded(*SEES)
def show(batch_id: int) -> str:
    """One batch: its file, its events, and the instructions that did not settle first."""
    with opened() as page:
        found = reading.one(page.session, batch_id)
        if found is None:
            raise NotFound(page.say("batches.none"))
        page.officer.require_unit(found.unit_code)
        counted = reading.counters(page.session, [batch_id])[batch_id]
        asked = page.arguments.get("show", "")
        kind = asked if asked in reading.CLASSES else ""
        chosen = counted[kind].instructions if kind else found.instructions
        paged = paging(page.arguments.get("page"), chosen)
        rows = reading.instructions(page.session, batch_id, kind, paged)
        return page.render(
            "pages/batch.html",
            found=found,
            counters=counted,
            kind=kind,
            events=reading.events(page.session, batch_id),
            releases=reading.releases(page.session, batch_id),
            rows=rows,
            outcomes=reading.outcomes(page.session, [row.id for row in rows]),
            why=reading.why,
            paging=paged,
        )
