"""Which lines of the register ran in a month as the list of that month knew it.

What is told later does not change an earlier month's paper: it stands on the list that tells it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from app.beneficiaries.tables import enrolment_change


def runs(line: Any, listed: str) -> ColumnElement[bool]:
    """Whether a line (the table `enrolment` or an alias of it) ran in month `listed`."""
    columns = line.c
    # Most lines did not change since: those are not looked up one by one.
    before = case((columns.changed_period > listed, _known_then(line, listed)))
    stop = func.coalesce(before, columns.stop_period, "")
    named = and_(columns.known_period <= listed, columns.seen_period >= listed)
    return and_(named, columns.start_period <= listed, or_(stop == "", stop >= listed))


def _known_then(line: Any, listed: str) -> Any:
    """The end as it stood before the first list after `listed` changed it; NULL for no change."""
    change, later = enrolment_change.c, aliased(enrolment_change, name="later")
    first = (
        select(func.min(later.c.period))
        .where(later.c.enrolment_id == line.c.id, later.c.field == "stop_period")
        .where(later.c.period > listed)
        .correlate(line)
        .scalar_subquery()
    )
    return (
        select(change.old)
        .where(change.enrolment_id == line.c.id, change.field == "stop_period")
        .where(change.period == first)
        .correlate(line)
        .scalar_subquery()
    )
