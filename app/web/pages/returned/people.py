"""People whose money came back: why, whose work it is, and the follow-up payroll."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint

from app.beneficiaries.cooling import cooling
from app.benefits.tables import obligation
from app.clock import local_date
from app.disbursement.failed import TO_MEND, WAITS, Sum, failures, told
from app.disbursement.reasons import reason_of
from app.web.access import SEES, guarded
from app.web.asking import asked
from app.web.paging import paging
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting
from app.web.reading.returned import destinations
from app.web.site import Page, opened

pages = Blueprint("returned", __name__, url_prefix="/returned")


@pages.get("")
@guarded(*SEES)
def index() -> str:
    """Everybody whose money came back, by what each waits for."""
    return _index(EMPTY)


@pages.post("")
@guarded("releaser")
def pay_again() -> Answer:
    """Ask for the follow-up payrolls of the month; a worker opens them as drafts."""
    with opened() as page:
        period = page.period

    def work(act: Act) -> Done:
        act.officer.require_everything()
        return asked(act, "follow_up", {"period": period})

    return acting(work, _index)


def _index(form: Form) -> str:
    with opened() as page:
        where = page.officer.within_units(obligation.c.unit_code)
        found = failures(page.session, where)
        counts = found.sums
        waits = _chosen(page, counts)
        paged = paging(page.arguments.get("page"), counts[waits].payments)
        rows = told(page.session, found.ids[waits][paged.offset : paged.offset + paged.size])
        today = local_date(page.as_of)
        return page.render(
            "pages/returned/people.html", form=form, counts=counts, waits=waits, rows=rows,
            paging=paged, names=WAITS, why=reason_of,
            may=page.officer.is_one_of("releaser") and page.officer.sees_everything,
            now=destinations(page.session, [row.stands_id for row in rows], cooling(today)),
        )  # fmt: skip


def _chosen(page: Page, counts: Mapping[str, Sum]) -> str:
    """The tab asked for, else the first that is not empty."""
    asked = page.arguments.get("show", "")
    full = [name for name in WAITS if counts[name].payments]
    return asked if asked in WAITS else (full or [TO_MEND])[0]
