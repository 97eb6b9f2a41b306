"""Which payrolls are looked at for doubts, and the values that their questions are asked with.

The questions (`flag_people.py`) are put together once in the life of a process, with these
parameters in them: to build them all costs more than to ask them of a commune's list.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam

from app.clock import local_date
from app.months import shift
from app.payroll.states import DRAFT
from app.payroll.tables import payroll
from app.payroll.ways import paying_day
from ledger.schema import Day

CHANGED_DAYS = 30
UNUSUAL_MONTHS = 3

PERIOD: BindParameter[str] = bindparam("period")
RECENT: BindParameter[datetime] = bindparam("recent")
TODAY: BindParameter[date] = bindparam("today")
PAYING: BindParameter[date] = bindparam("paying", type_=Day())
PAST_MONTHS: BindParameter[str] = bindparam("past_months", expanding=True)
MONTHS: BindParameter[str] = bindparam("months", expanding=True)
UNLINED: BindParameter[int] = bindparam("unlined", expanding=True)
_KIND: BindParameter[str] = bindparam("kind")
_CAMPAIGN: BindParameter[str] = bindparam("campaign")
_IDS: BindParameter[int] = bindparam("ids", expanding=True)


class Scope(NamedTuple):
    """The payrolls that are looked at: of one month, kind and campaign, those of `ids` or else
    every draft, and when."""

    period: str
    kind: str
    now: datetime
    campaign: str = ""
    ids: Sequence[int] | None = None

    @property
    def is_named(self) -> bool:
        """Whether single payrolls are named."""
        return self.ids is not None

    def values(self) -> dict[str, Any]:
        """What the questions about these payrolls are asked with."""
        past = [shift(self.period, -number) for number in range(1, UNUSUAL_MONTHS + 1)]
        return {
            "period": self.period,
            "kind": self.kind,
            "campaign": self.campaign,
            "ids": list(self.ids or ()),
            "recent": self.now - timedelta(days=CHANGED_DAYS),
            "today": local_date(self.now),
            "paying": paying_day(self.period, self.now),
            "past_months": past,
            "months": [],
            "unlined": [],
        }


def looked_at(named: bool) -> ColumnElement[bool]:
    """The condition on `payroll` that a scope's values fill in."""
    of = payroll.c
    which = of.id.in_(_IDS) if named else of.state == DRAFT
    return and_(of.period == PERIOD, of.kind == _KIND, of.campaign == _CAMPAIGN, which)
