"""Which batches may leave now, and why the others wait, for the job's line of detail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.clock import local_date
from app.disbursement.cutoff import ask_for, pay_day
from app.disbursement.held import stop_of


def parted(session: Session, rows: Iterable[Row[Any]]) -> tuple[list[Row[Any]], list[str]]:
    """Batches that may leave, and what stops each of the others."""
    free, held = [], []
    for row in rows:
        stop = stop_of(session, row)
        if stop is None:
            free.append(row)
        else:
            held.append(stop.told)
    return free, held


def said(held: Iterable[str]) -> str:
    """Why batches wait under holds; nothing when none do."""
    counted = Counter(held)
    told = "; ".join(f"{count} held: {reason}" for reason, count in counted.items())
    return f"; {told}" if told else ""


def dated(
    session: Session, rows: Iterable[Row[Any]], now: datetime
) -> tuple[list[int], list[date]]:
    """Batches that may still leave today, and the days that the others wait for.

    The provider is asked to pay on that very day, so the day is written to the batch.
    """
    free, days = [], []
    for row in rows:
        day = pay_day(session, row, now)
        ask_for(session, row, day)
        if day == local_date(now):
            free.append(row.id)
        else:
            days.append(day)
    return free, days


def waiting(days: Iterable[date]) -> str:
    """How many batches were too late for today, by the day they wait for."""
    counted = sorted(Counter(days).items())
    told = "; ".join(f"{count} too late, wait for {day:%Y-%m-%d}" for day, count in counted)
    return f"; {told}" if told else ""
