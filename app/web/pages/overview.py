"""The dashboard and the proofs."""

from __future__ import annotations

from flask import Blueprint

from app.indicators.definitions import CREDITED, definition
from app.indicators.leader import Place
from app.payroll.bridge_sums import bridge_of, monthly
from app.payroll.tables import payroll
from app.reference import tilemap
from app.tasks.answers import PROOFS, kept
from app.web.access import SEES, guarded
from app.web.reading import overview as reading
from app.web.reading.drawing import drawn
from app.web.site import opened, site

pages = Blueprint("overview", __name__)

LOWEST = 10


@pages.get("/")
@guarded()
def index() -> str:
    """The month at a glance: four rates, bridge, map of communes, proofs."""
    with opened() as page:
        mine = page.officer.within_units(payroll.c.unit_code)
        month = reading.month(page.session, page.period, page.as_of, page.officer)
        cuts = tilemap.bounds([one.rate for one in month.communes])
        places = [Place(one.area, one.counts.cashless, one.counts.paid,
                        tilemap.class_of(one.rate, cuts)) for one in month.communes]  # fmt: skip
        before, after = reading.earlier_and_later(page.session, page.period)
        ranked = sorted(month.communes, key=lambda one: one.order)
        return page.render(
            "pages/overview.html",
            month_figures=month,
            definitions=[definition(one.code) for one in month.figures],
            credited=CREDITED,
            drawing=drawn(places, site().boundaries),
            tilemap=tilemap,
            cuts=cuts,
            ranked=ranked,
            lowest=[one for one in ranked if one.rate is not None][:LOWEST],
            steps=bridge_of(page.session, monthly(page.period), mine),
            payrolls=reading.payrolls_of(page.session, page.period, mine),
            batches=reading.batches_of(page.session, page.period, mine),
            proofs=reading.proofs(page.session, page.period),
            before=before,
            after=after,
            sees=page.officer.is_one_of(*SEES),
        )


@pages.get("/proofs")
@guarded()
def proofs() -> str:
    """Every proof of the books and of the payments, as it was last computed from all of them."""
    with opened() as page:
        found = kept(page.session, [PROOFS]).get(PROOFS)
        may = page.officer.is_one_of("auditor") and page.officer.sees_everything
        return page.render("pages/proofs.html", found=found, may=may)
