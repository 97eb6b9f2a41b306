"""By when a complaint is to be answered: working days by kind, as `data/terms.csv` says them.

They are shorter than what the law gives a formal complaint (Law 02/2011/QH13, article 28: thirty
days), and dated: a province's own decision is a further line with its day and its source.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files

from sqlalchemy.orm import Session

from app.clock import local_date
from app.schedule.calendar import calendar_of


@dataclass(frozen=True, slots=True)
class Term:
    """Working days for a kind from a day on, and the text that says so."""

    kind: str
    working_days: int
    valid_from: date
    source: str


@cache
def terms() -> tuple[Term, ...]:
    """Every term, the newest of a kind last."""
    text = files("app.complaints").joinpath("data/terms.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    found = (
        Term(one["kind"], int(one["working_days"]), date.fromisoformat(one["valid_from"]),
             one["source"])
        for one in rows
    )  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.kind, one.valid_from)))


def term_of(kind: str, day: date) -> Term:
    """The term of a kind on a day; before the first one, the first."""
    mine = [one for one in terms() if one.kind == kind]
    return ([one for one in mine if one.valid_from <= day] or mine[:1])[-1]


def due_on(session: Session, kind: str, now: datetime) -> date:
    """The day by which what is said now is to be answered: a working day."""
    today = local_date(now)
    return calendar_of(session).add_banking_days(today, term_of(kind, today).working_days)
