"""Looking for everything that has happened, before the list of a month is made: proposals only."""

from __future__ import annotations

from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from app.clock import local_date
from app.events.find.ages import ages, pension_at_70
from app.events.find.authorisations import authorisations
from app.events.find.categories import degrees, poverty
from app.events.find.dependants import dependants
from app.events.find.funerals import funerals
from app.events.find.studies import papers_wanted, studies_ending
from app.events.find.uncollected import pauses_ending, uncollected
from app.events.proposals import propose
from app.months import require_month


def find(
    session: Session, period: str, unpaid: Select[Any], year_only_month: int, now: datetime
) -> dict[str, int]:
    """Find what concerns the list of a month; gives how many new proposals of each kind.

    `unpaid` selects the obligations that were offered in cash and not collected since (the
    disbursement room knows). Found again they are not new. Raises InputError.
    """
    require_month(period)
    found = chain(
        ages(session, period, year_only_month),
        pension_at_70(session, period),
        dependants(session, period),
        poverty(session, period),
        degrees(session, period),
        uncollected(session, period, unpaid),
        pauses_ending(session, period),
        papers_wanted(session, period),
        studies_ending(session, period),
        funerals(session, period),
        authorisations(session, local_date(now)),
    )
    return dict(propose(session, found, period, now))
