"""People who came and went between the list of a month and the one before, as each list knew it.

So a death that is told late is reported by the list that tells it, and a change of group or
programme is no change: the person keeps a card. Whoever draws a pension or a benefit of social
insurance has a card from there and stands on neither part. One query for each part.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from app.beneficiaries.by_decision import PAUSED
from app.beneficiaries.tables import enrolment, person
from app.checks.latest import is_latest
from app.checks.tables import check_result
from app.months import day_in, previous
from app.statements.insurance.cards import Card, card_of, first_day, groups_with_card, month_end
from app.statements.standing import runs

_INSURED = ("pension", "monthly_benefit")
_LEFT = {
    "death": "Chết",
    "move_out": "Chuyển đi",
    PAUSED: "Tạm dừng hưởng: xem lại trước khi báo giảm",
    "": "Không còn trong danh sách của xã: kiểm tra lý do",
}
_FETCH = 1_000


@dataclass(frozen=True, slots=True)
class Change:
    """A person whose card begins or ends. `row` has the person with the encrypted ID."""

    row: Row[Any]
    card: Card
    reason: str
    first: date | None
    last: date | None


def joined(session: Session, area: str, period: str) -> Iterator[Change]:
    """Who has a card by the list of this month and had none by the one before, by name."""
    e = enrolment
    before = aliased(enrolment, name="before")
    had = exists().where(_mine(before, e, area), runs(before, previous(period)))
    for rows in _people(session, e, area, period, period, had):
        row = min(rows, key=_rank)
        card = _card(row)
        begins = day_in(period, 1) if row.again else first_day(row.decision_on, row.start_period)
        yield Change(row, card, _why_joined(row), begins, card.last_day(period))


def left(session: Session, area: str, period: str) -> Iterator[Change]:
    """Who had a card by the list of the month before and has none by this one, by name."""
    e = enrolment
    after = aliased(enrolment, name="after")
    has = exists().where(_mine(after, e, area), runs(after, period))
    for rows in _people(session, e, area, period, previous(period), has):
        row = min(rows, key=_rank)
        ended = row.stop_period or previous(period)
        why = _LEFT.get(row.stop_cause if row.stop_period else "", "Thôi hưởng trợ cấp")
        yield Change(row, _card(row), why, None, month_end(ended))


def insured(session: Session, area: str, period: str) -> int:
    """How many people of the month's list have a card from social insurance."""
    e = enrolment.c
    query = select(func.count(func.distinct(e.person_id))).where(
        e.area_code == area, runs(enrolment, period), _is_insured(enrolment)
    )
    return int(session.scalar(query) or 0)


def _people(
    session: Session, e: Any, area: str, period: str, listed: str, other: ColumnElement[bool]
) -> Iterator[list[Row[Any]]]:
    """Lines that ran on the list `listed`, by person; without those who have the `other`."""
    elsewhere = aliased(enrolment, name="elsewhere")
    came = exists().where(
        elsewhere.c.person_id == e.c.person_id,
        elsewhere.c.area_code != area,
        elsewhere.c.stop_cause == "move_out",
    )
    earlier = aliased(enrolment, name="earlier")
    again = exists().where(
        _mine(earlier, e, area), earlier.c.known_period < period, earlier.c.stop_period < period
    )
    query = (
        select(
            *(e.c[one] for one in ("person_id", "group_code", "decision_on", "start_period")),
            *(e.c[one] for one in ("stop_period", "stop_cause", "area_code")),
            *(person.c[one] for one in ("name", "birth", "sex", "hamlet")),
            *(person.c[one] for one in ("citizen_cipher", "bound_key")),
            came.label("came"),
            again.label("again"),
        )
        .join(person, person.c.id == e.c.person_id)
        .where(e.c.area_code == area, e.c.group_code.in_(groups_with_card()), runs(e, listed))
        .where(person.c.merged_into_id.is_(None), ~other, ~_is_insured(e))
        .order_by(person.c.sort_key, e.c.person_id, e.c.id)
    )
    rows: Iterator[Row[Any]] = iter(session.execute(query.execution_options(yield_per=_FETCH)))
    for _, group in groupby(rows, key=lambda row: row.person_id):
        yield list(group)


def _mine(other: Any, e: Any, area: str) -> ColumnElement[bool]:
    """Another line with a card of the same person in the commune."""
    return and_(
        other.c.person_id == e.c.person_id,
        other.c.area_code == area,
        other.c.group_code.in_(groups_with_card()),
    )


def _is_insured(e: Any) -> ColumnElement[bool]:
    return exists().where(
        check_result.c.person_id == e.c.person_id,
        check_result.c.source == "insurance",
        check_result.c.result.in_(_INSURED),
        is_latest(),
    )


def _rank(row: Row[Any]) -> int:
    return _card(row).rank


def _card(row: Row[Any]) -> Card:
    card = card_of(row.group_code)
    if card is None:
        raise LookupError(f"a line without a card was read: {row.person_id}")
    return card


def _why_joined(row: Row[Any]) -> str:
    if row.came:
        return "Chuyển đến"
    return "Hưởng lại" if row.again else "Hưởng mới"
