"""Who is left off the lists: people held by a blocking case, and rows merged into another."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, select, union_all

from app.benefits.facts import merged_people
from app.doubles.cases import standing
from app.doubles.tables import HOLDS, doubt, doubt_person


def is_left_off(person_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether this person's obligations wait: a case about him is open, or was found to be fraud,
    or his row stands for somebody who has another. They stay owed, and no line is made to him."""
    return person_id.in_(union_all(held_people(), merged_people()))


def held_people() -> Select[tuple[int]]:
    """Ids of the people whom an undecided blocking case, or a proven fraud, holds."""
    decided = standing()
    return _in_cases(HOLDS, ~_is_decided(decided, decided.c.verdict != "fraud"))


def asked_about() -> Select[tuple[int]]:
    """Ids of the people in an undecided case, whether it holds them or only asks."""
    return _in_cases(~_is_decided(standing()))


def _in_cases(*which: ColumnElement[bool]) -> Select[tuple[int]]:
    return (
        select(doubt_person.c.person_id)
        .join(doubt, doubt.c.id == doubt_person.c.doubt_id)
        .where(doubt.c.gone_at.is_(None), *which)
    )


def _is_decided(decided: Subquery, *so: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the case has a decision, such a one where that is asked. Not joined and found
    missing: PostgreSQL took a thousand open cases for five."""
    return select(decided.c.id).where(decided.c.doubt_id == doubt.c.id, *so).exists()
