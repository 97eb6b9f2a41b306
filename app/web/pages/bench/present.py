"""Who else is at work on an account; and that the officer of this request is there now."""

from __future__ import annotations

from typing import Any

from app.access.viewer import Viewer
from app.disbursement.workbench.presence import Place, come, others
from app.web.site import Page, site


def others_at(page: Page, here: Place) -> list[Any]:
    """The others who are at work on this account now, with the line that each has open."""
    now = site().clock.now()
    return others(page.session, here.contract_id, page.officer.officer_id, now)


def arrive(officer: Viewer, here: Place) -> None:
    """Keep where a finance officer is: to go on there later, and for others to see. Who only reads
    leaves no place."""
    if officer.is_one_of("releaser"):
        with site().database.unit_of_work() as session:
            come(session, officer.officer_id, here, site().clock.now())
