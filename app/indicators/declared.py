"""Data once declared: whose identity another register bears out, and fields nobody is asked again.

M1 is the share of people on the register whose personal ID matched the population register; M2 the
share of the fields personal ID, name and birth that another register vouches for, so that nobody is
asked for them again; M3 the share of people with an electronic identity of level 2, as officers
have written down: VNeID itself is not asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from app.beneficiaries.history_tables import field_source, person_change
from app.beneficiaries.tables import person
from app.checks.asking import is_running
from app.checks.told import shares
from app.clock import TIME_ZONE, local_date

SOURCE, LEVEL_TWO = "population", "2"
FIELDS = ("citizen_id", "name", "birth")
_VOUCH = ("population", "civil_status", "insurance", "bank")


@dataclass(frozen=True, slots=True)
class Declared:
    """A commune's people on the register, those looked up in the population register and those
    that matched, fields vouched for out of `fields`, and who has an e-ID of level 2."""

    people: int = 0
    looked_up: int = 0
    matched: int = 0
    vouched: int = 0
    level_two: int = 0

    @property
    def fields(self) -> int:
        """The fields that could be vouched for."""
        return self.people * len(FIELDS)


def together(ones: Iterable[Declared]) -> Declared:
    """Several communes as one."""
    some = list(ones)
    return Declared(
        sum(one.people for one in some),
        sum(one.looked_up for one in some),
        sum(one.matched for one in some),
        sum(one.vouched for one in some),
        sum(one.level_two for one in some),
    )


def declared(session: Session) -> dict[str, Declared]:
    """By commune, as the register stands today."""
    vouched, level_two = (
        {row[0]: int(row[1]) for row in session.execute(query)}
        for query in (_vouched(), _level_two())
    )
    return {
        one.area_code: Declared(
            one.people,
            one.told,
            one.good,
            vouched.get(one.area_code, 0),
            level_two.get(one.area_code, 0),
        )
        for one in shares(session, SOURCE)
    }


def gained_by_day(session: Session, first: date, last: date) -> dict[tuple[str, date], int]:
    """(commune, day) to the people who have an e-ID of level 2 and of whom it was told on it, the
    last time."""
    told = (
        select(person.c.area_code, func.max(person_change.c.recorded_at).label("told_at"))
        .join_from(person_change, person, person.c.id == person_change.c.person_id)
        .where(*_to_level_two(first, last), *_has_level_two())
        .group_by(person.c.id, person.c.area_code)
    )
    found: Counter[tuple[str, date]] = Counter()
    for row in session.execute(told):
        found[row.area_code, local_date(row.told_at)] += 1
    return dict(found)


def _to_level_two(first: date, last: date) -> tuple[ColumnElement[bool], ...]:
    of = person_change.c
    since = datetime.combine(first, time.min, TIME_ZONE)
    until = datetime.combine(last + timedelta(days=1), time.min, TIME_ZONE)
    return (
        of.field == "vneid_level", of.new == LEVEL_TWO,
        of.recorded_at >= since, of.recorded_at < until,
    )  # fmt: skip


def _level_two() -> Select[Any]:
    return (
        select(person.c.area_code, func.count())
        .where(*_has_level_two())
        .group_by(person.c.area_code)
    )


def _has_level_two() -> tuple[ColumnElement[bool], ...]:
    of = person.c
    return of.vneid_level == LEVEL_TWO, is_running(), of.merged_into_id.is_(None)


def _vouched() -> Select[Any]:
    told = and_(field_source.c.field.in_(FIELDS), field_source.c.source.in_(_VOUCH))
    return (
        select(person.c.area_code, func.count())
        .join(field_source, field_source.c.person_id == person.c.id)
        .where(told, is_running(), person.c.merged_into_id.is_(None))
        .group_by(person.c.area_code)
    )
