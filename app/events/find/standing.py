"""What stands of a household or a student in a month: of dated rows, the one in force."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Subquery, func, select
from sqlalchemy.orm import Session

from app.beneficiaries.about_tables import household_poverty
from app.events.tables import study


def latest_poverty(period: str) -> Subquery:
    """By household: the level in force in that month, and the month from which it is."""
    c = household_poverty.c
    order = func.row_number().over(
        partition_by=c.household_id, order_by=(c.from_period.desc(), c.id.desc())
    )
    ranked = (
        select(c.household_id, c.level, c.from_period, order.label("place"))
        .where(c.from_period <= period)
        .subquery()
    )
    r = ranked.c
    return select(r.household_id, r.level, r.from_period).where(r.place == 1).subquery("poverty")


def latest_study(session: Session) -> Mapping[tuple[int, int], str]:
    """(person, dependant or 0) to the last month for which a school has given its paper."""
    c = study.c
    rows = session.execute(
        select(c.person_id, c.number, func.max(c.studying_until)).group_by(c.person_id, c.number)
    )
    return {(row[0], row[1]): str(row[2])[:7] for row in rows}
