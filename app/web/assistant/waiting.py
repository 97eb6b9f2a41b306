"""What waits for an officer of what he asks for: counted as on his page of what is to be done."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.access.viewer import Viewer
from app.clock import local_date
from app.months import month_of, shift
from app.tasks.asking import tasks_of
from app.tasks.tables import RUNNING, WAITING
from app.web.assistant.subjects import CHORE
from app.web.assistant.understanding import HOW, MEANING, MY_WORK, Understood
from app.web.reading.todo import Chore, chores, due_of


class Waiting(NamedTuple):
    """What waits, and what he asked for that is done; the long work of his that runs; whether
    nothing at all waits; the month whose lists are due next and their last day, '' and None where
    he asked for no day."""

    open: tuple[Chore, ...] = ()
    done: tuple[Chore, ...] = ()
    running: tuple[Row[Any], ...] = ()
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
    running = _running(session, who) if everything else ()
    month = _next_month(now) if days else ""
    return Waiting(
        open=found,
        done=done,
        running=running,
        is_nothing=everything and not (found or running),
        month=month,
        due=due_of(month) if days else None,
    )


def _running(session: Session, who: Viewer) -> tuple[Row[Any], ...]:
    mine = tasks_of(session, who.officer_id)
    return tuple(one for one in mine if one.state in (WAITING, RUNNING))


def _next_month(now: datetime) -> str:
    """The month whose lists are the next to be locked."""
    today = local_date(now)
    month = shift(month_of(today), 1)
    return month if due_of(month) >= today else shift(month, 1)
