"""What waits for an officer of what he asks for: counted as on his page of what is to be done."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.access.viewer import Viewer
from app.clock import local_date
from app.months import month_of, shift
from app.web.assistant.subjects import CHORE
from app.web.assistant.understanding import HOW, MEANING, MY_WORK, Understood
from app.web.reading.todo import Chore, chores, due_of


class Waiting(NamedTuple):
    """What waits, and what he asked for that is done; whether nothing at all waits; the month whose
    lists are due next and their last day, '' and None where he asked for no day."""

    open: tuple[Chore, ...] = ()
    done: tuple[Chore, ...] = ()
    is_nothing: bool = False
    month: str = ""
    due: date | None = None


def waiting(session: Session, who: Viewer, read: Understood, now: datetime) -> Waiting:
    """What waits for him of what a question is about."""
    kinds = set() if MEANING in read.wishes else {one.name for one in read.of(CHORE)}
    everything, days = MY_WORK in read.wishes, read.asks_for_days
    if not (kinds or everything or days):
        return Waiting()
    mine = chores(session, who, now)
    named = [one for one in mine if one.kind in kinds]
    dated = [one for one in mine if days and one.due and one not in named]
    found = tuple(one for one in (mine if everything else [*named, *dated]) if one.number)
    is_how = everything or HOW in read.wishes
    done = () if is_how else tuple(one for one in named if not one.number)
    month = _next_month(now) if days else ""
    return Waiting(found, done, everything and not found, month, due_of(month) if days else None)


def _next_month(now: datetime) -> str:
    """The month whose lists are the next to be locked."""
    today = local_date(now)
    month = shift(month_of(today), 1)
    return month if due_of(month) >= today else shift(month, 1)
