"""Looking for everything that has happened, before the list of a month is made: proposals only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from app.events import states
from app.events.find.ages import ages, pension_at_70
from app.events.find.authorisations import authorisations
from app.events.find.categories import degrees, poverty
from app.events.find.dependants import dependants
from app.events.find.funerals import funerals
from app.events.find.studies import papers_wanted, studies_ending
from app.events.find.uncollected import pauses_ending, uncollected
from app.events.proposals import Proposal, propose
from app.months import require_month

Finder = Callable[[], Iterable[Proposal]]


def find(
    session: Session, period: str, unpaid: Select[Any], year_only_month: int, now: datetime
) -> dict[str, int]:
    """Find what concerns the list of a month; gives how many new proposals of each kind.

    `unpaid` selects the obligations that were offered in cash and not collected since (the
    disbursement room knows). Found again they are not new. Raises InputError.
    """
    require_month(period)
    counts = {}
    for kind, finder in _finders(session, period, unpaid, year_only_month, now).items():
        if count := propose(session, kind, finder(), period, now):
            counts[kind] = count
    return counts


def _finders(
    session: Session, period: str, unpaid: Select[Any], year_only_month: int, now: datetime
) -> Mapping[str, Finder]:
    return {
        states.AGE: lambda: chain(
            ages(session, period, year_only_month), pension_at_70(session, period)
        ),
        states.DEPENDANT_AGE: lambda: dependants(session, period),
        states.CATEGORY: lambda: chain(poverty(session, period), degrees(session, period)),
        states.UNCOLLECTED: lambda: uncollected(session, period, unpaid),
        states.PAUSE_ENDS: lambda: pauses_ending(session, period),
        states.STUDY_PAPER: lambda: papers_wanted(session, period),
        states.STUDY_ENDS: lambda: studies_ending(session, period),
        states.FUNERAL: lambda: funerals(session, period),
        states.AUTHORISATION: lambda: authorisations(session, now.date()),
    }
