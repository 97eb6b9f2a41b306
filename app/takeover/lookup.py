"""Questions about take-overs that the rooms above ask."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from app.takeover.tables import take_over_acceptance, take_over_unpaid


def taken_over(owed: Any) -> ColumnElement[bool]:
    """Whether an obligation (the table or an alias of it) came from an older system.

    Such a one is in the books already, and no list of ours ever carried it before.
    """
    line = take_over_unpaid.c
    return exists().where(
        line.person_id == owed.c.person_id,
        line.programme == owed.c.programme,
        line.period == owed.c.period,
        line.component == owed.c.component,
        take_over_acceptance.c.take_over_id == line.take_over_id,
    )


def last_taken_over(session: Session) -> str | None:
    """The newest month of obligations that came from an older system, None without any."""
    accepted = take_over_acceptance.c.take_over_id == take_over_unpaid.c.take_over_id
    last: str | None = session.scalar(
        select(func.max(take_over_unpaid.c.period)).join(take_over_acceptance, accepted)
    )
    return last
