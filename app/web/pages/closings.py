"""Settlements of a month, one cell with its identity, and what waits for an explanation."""

from __future__ import annotations

from flask import Blueprint

from app.disbursement.settling.terms import TERMS_IN, TERMS_OUT
from app.errors import NotFound
from app.web.access import SEES, guarded
from app.web.paging import order, paging
from app.web.reading import batches as batch_reading
from app.web.reading import closings as reading
from app.web.reading import payrolls as payroll_reading
from app.web.reading import terms
from app.web.site import opened
from reconciliation.tables import closing

pages = Blueprint("closings", __name__)


@pages.get("/closings")
@guarded(*SEES)
def index() -> str:
    """The settlements of a month by unit, fund, programme and provider."""
    with opened() as page:
        mine = page.officer.within_units(closing.c.unit)
        where = [*reading.conditions(page.period, page.arguments), mine]
        total = reading.totals(page.session, where)
        paged = paging(page.arguments.get("page"), total.cells)
        ordered = order(page.arguments.get("sort"), reading.COLUMNS, "unit")
        return page.render(
            "pages/closings.html",
            total=total,
            rows=reading.listed(page.session, where, ordered, paged),
            paging=paged,
            order=ordered,
            programmes=payroll_reading.programmes(page.session),
            providers=batch_reading.providers(page.session),
            # No line of it is one unit's yet: that is what has to be found out.
            suspense=reading.suspense(page.session) if page.officer.units is None else [],
            terms_in=TERMS_IN,
            terms_out=TERMS_OUT,
            parts=reading.PARTS,
            drill=terms.of_month(page, page.period, page.arguments),
        )


@pages.get("/closings/<unit>/<programme>/<provider>")
@guarded(*SEES)
def show(unit: str, programme: str, provider: str) -> str:
    """The settlement of one unit, programme and provider, term by term."""
    with opened() as page:
        page.officer.require_unit(unit)
        found = reading.one(page.session, page.period, unit, programme, provider)
        if found is None:
            raise NotFound(page.say("closings.none"))
        return page.render(
            "pages/closing.html",
            found=found,
            terms_in=TERMS_IN,
            terms_out=TERMS_OUT,
            parts=reading.PARTS,
            drill=terms.of_month(page, page.period, dict(found._mapping)),
        )
