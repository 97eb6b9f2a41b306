"""What the register says of people as the rules read it: now, or as a past list knew it."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    and_,
    exists,
    func,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from app.beneficiaries.tables import enrolment, enrolment_change, person
from app.benefits.tables import IS_AHEAD, IS_DIFFERENCE, obligation
from app.benefits.values import Enrolment
from app.months import previous

# An individual level in đồng, and the month whose level it is where that is told.
_LEVEL = re.compile(r"([1-9][\d.]{5,})(?:@(\d{4}-\d{2}))?")
_COLUMNS = (
    "id",
    "person_id",
    "programme",
    "group_code",
    "table_key",
    "area_code",
    "decision_number",
    "start_period",
    "stop_period",
    "seen_period",
    "known_period",
    "changed_period",
)


def is_listed(of: Any, period: str) -> ColumnElement[bool]:
    """Whether an enrolment matters to this month's list: it runs, or there is news of it.

    One whose person was merged into another is on no list.
    """
    runs = and_(
        of.c.start_period <= period,
        or_(of.c.stop_period.is_(None), of.c.stop_period >= period),
    )
    matters = or_(runs, of.c.changed_period == period)
    return and_(of.c.seen_period == period, matters, of.c.person_id.not_in(merged_people()))


def merged_people() -> Select[tuple[int]]:
    """Ids of the rows that were merged into another person's."""
    return select(person.c.id).where(person.c.merged_into_id.is_not(None)).correlate(None)


def is_any_ahead(session: Session, *months: str) -> bool:
    """Whether anything of these months was paid ahead: of most months nothing was."""
    of = obligation.c
    found = select(of.id).where(text(IS_AHEAD), of.period.in_(months)).limit(1)
    return session.scalar(found) is not None


def ahead_before(period: str) -> CompoundSelect[Any]:
    """People whose last month was paid ahead, or of whom there was news for it then: both are
    looked at by this list. Where everybody was paid ahead that month's list owes nothing, and what
    is decided after it is still news for it.

    What a row merged into another was paid ahead, the other was.
    """
    before, stays = previous(period), select(who_stays().label("id"))
    paid = stays.join(obligation, obligation.c.person_id == person.c.id)
    told = stays.join(enrolment, enrolment.c.person_id == person.c.id)
    return union_all(
        paid.where(text(IS_AHEAD), obligation.c.period == before),
        told.where(enrolment.c.changed_period == before),
    )


def paid_between(period: str) -> ColumnElement[bool]:
    """Whether the enrolment's person was paid after the list of `period`, for that month too."""
    paid = aliased(obligation, name="paid")
    return exists().where(
        text(IS_DIFFERENCE),  # literal, so that its index serves
        paid.c.period == period,
        paid.c.person_id == enrolment.c.person_id,
    )


def who_stays() -> ColumnElement[int]:
    """Whose a row of a person is: the other's where it was merged."""
    return func.coalesce(person.c.merged_into_id, person.c.id)


def enrolments(period: str, first: int, last: int, *, with_ahead: bool = False) -> Select[Any]:
    """Rows of all that is known of the people on this month's list, by person.

    What ended stands there too: arrears may be due for it. `with_ahead` adds `ahead_before`.
    """
    mine, listed = enrolment.c, aliased(enrolment, name="listed")
    # The bounds are said twice: PostgreSQL would look through every enrolment for each chunk.
    here = listed.c.person_id.between(first, last)
    named = and_(listed.c.person_id == mine.person_id, here, is_listed(listed, period))
    theirs: ColumnElement[bool] = select(listed.c.id).where(named).exists()
    if with_ahead:
        theirs = or_(theirs, mine.person_id.in_(ahead_before(period)))
    return (
        select(*(mine[name] for name in _COLUMNS))
        .where(mine.person_id.between(first, last), theirs)
        .order_by(mine.person_id, mine.id)
    )


def known_lines(first: int, last: int) -> Select[Any]:
    """Rows of all that is known of these people, by person, whichever list named them."""
    mine = enrolment.c
    return (
        select(*(mine[name] for name in _COLUMNS))
        .where(mine.person_id.between(first, last))
        .order_by(mine.person_id, mine.id)
    )


def fact_of(row: Row[Any], period: str) -> Enrolment:
    """A row of the register as the rules read it for this month's list.

    One that the list left out ran until the last list that named it: nothing says that it ended
    before, nor that it goes on.
    """
    stop = row.stop_period
    if row.seen_period < period and (stop is None or stop > row.seen_period):
        stop = row.seen_period
    return _fact(row, row.table_key, stop)


def facts_known_to(session: Session, person_id: int, period: str) -> list[Enrolment]:
    """What the list of a month knew of a person: later changes are taken back."""
    mine = enrolment.c
    query = select(*(mine[name] for name in _COLUMNS)).where(mine.person_id == person_id)
    rows = session.execute(query.where(mine.known_period <= period).order_by(mine.id)).all()
    before = _before(session, person_id, period)
    facts = []
    for row in rows:
        was = before[row.id]
        key = was.get("table_key", row.table_key)
        if "stop_period" in was or row.seen_period >= period:
            facts.append(_fact(row, key, was.get("stop_period", row.stop_period) or None))
        else:
            facts.append(_fact(row, key, fact_of(row, period).stop))
    return facts


def _before(session: Session, person_id: int, period: str) -> defaultdict[int, dict[str, str]]:
    """By enrolment: what each field was before the first list after `period` that changed it."""
    c = enrolment_change.c
    rows = session.execute(
        select(c.enrolment_id, c.field, c.old)
        .join(enrolment, enrolment.c.id == c.enrolment_id)
        .where(enrolment.c.person_id == person_id, c.period > period)
        .order_by(c.period.desc())
    )
    found: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for number, name, old in rows:
        found[number][name] = old
    return found


@lru_cache(maxsize=4096)
def level_of_key(table_key: str) -> tuple[int | None, str]:
    """An individual level and the month it is of, e.g. '2105000@2026-06'; (None, '') for a key."""
    found = _LEVEL.fullmatch(table_key)
    return (int(found[1].replace(".", "")), found[2] or "") if found else (None, "")


def _fact(row: Row[Any], table_key: str, stop: str | None) -> Enrolment:
    amount, level_of = level_of_key(table_key)
    return Enrolment(
        enrolment_id=row.id,
        programme=row.programme,
        group=row.group_code,
        table_key="" if amount else table_key,
        individual_amount=amount,
        start=row.start_period,
        stop=stop,
        decision=row.decision_number,
        level_of=level_of,
    )
