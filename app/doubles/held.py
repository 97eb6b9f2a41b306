"""Who is left off the lists: people held by a blocking case, and rows merged into another."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, or_, select, union_all

from app.benefits.facts import merged_people
from app.doubles.cases import standing
from app.doubles.tables import doubt, doubt_person


def is_left_off(person_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether this person's obligations wait: a case about him is open, or was found to be fraud,
    or his row stands for somebody who has another. They stay owed, and no line is made to him."""
    return person_id.in_(union_all(held_people(), merged_people()))


def held_people() -> Any:
    """Ids of the people whom an undecided blocking case, or a proven fraud, holds."""
    decided = standing()
    return (
        select(doubt_person.c.person_id)
        .join(doubt, doubt.c.id == doubt_person.c.doubt_id)
        .outerjoin(decided, decided.c.doubt_id == doubt.c.id)
        .where(doubt_person.c.is_held == 1, doubt.c.gone_at.is_(None))
        .where(or_(decided.c.id.is_(None), decided.c.verdict == "fraud"))
    )


def asked_about() -> Any:
    """Ids of the people in an undecided case, whether it holds them or only asks."""
    decided = standing()
    return (
        select(doubt_person.c.person_id)
        .join(doubt, doubt.c.id == doubt_person.c.doubt_id)
        .outerjoin(decided, decided.c.doubt_id == doubt.c.id)
        .where(decided.c.id.is_(None), doubt.c.gone_at.is_(None))
    )
