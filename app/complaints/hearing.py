"""Of how many payments of a month people said that they came, over those of which they said
anything: by themselves (page, SMS, kiosk, counter, hotline), and when a month's sample asked them.

Said twice of one payment: the later word counts. Everything is as it was known at a moment.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, case, func, literal, select, union_all
from sqlalchemy.orm import Session

from app.beneficiaries.tables import person
from app.benefits.groups import PROGRAMMES
from app.benefits.tables import obligation
from app.complaints.sample_tables import (
    payment_confirmation,
    verification_draw,
    verification_row,
    verification_sample,
    verification_visit,
)
from app.complaints.visiting import NOT_MET, RECEIVED
from app.disbursement.tables import instruction


class Heard(NamedTuple):
    """A commune's month: payments that came, by what people said (numerator), of those of which
    they said anything (denominator)."""

    area_code: str
    came: int
    asked: int


class Sampled(NamedTuple):
    """A commune's sample of a month: how many were drawn, asked with a result, and had it all."""

    area_code: str
    drawn: int
    asked: int
    came: int


def heard(session: Session, period: str, until: datetime) -> list[Heard]:
    """Each commune of which somebody was heard either way, in the order of codes."""
    return _counted(session, union_all(_by_themselves(until), _in_sample(until)), period)


def confirmed(session: Session, period: str, until: datetime) -> list[Heard]:
    """The same of what people said by themselves alone."""
    return _counted(session, _by_themselves(until), period)


def sampled(session: Session, period: str, until: datetime) -> list[Sampled]:
    """Each commune whose sample of the month was drawn by then, in the order of codes."""
    sample, row, visit = verification_sample, verification_row, verification_visit
    seen = and_(
        visit.c.sample_id == row.c.sample_id,
        visit.c.ordinal == row.c.ordinal,
        visit.c.result != NOT_MET,
        visit.c.visited_at <= until,
    )
    came = func.coalesce(func.sum(_came(visit)), 0)
    query = (
        select(sample.c.area_code, func.count(), func.count(visit.c.result), came)
        .join(verification_draw, verification_draw.c.sample_id == sample.c.id)
        .join(row, row.c.sample_id == sample.c.id)
        .outerjoin(visit, seen)
        .where(sample.c.period == period, verification_draw.c.drawn_at <= until)
        .group_by(sample.c.area_code)
        .order_by(sample.c.area_code)
    )
    return [Sampled(str(one[0]), *map(int, one[1:])) for one in session.execute(query)]


def _came(visit: Any) -> Any:
    return case((visit.c.result == RECEIVED, 1), else_=0)


def _by_themselves(until: datetime) -> Select[Any]:
    mine = payment_confirmation.c
    came, at = mine.is_received.label("came"), mine.said_at.label("at")
    query = select(mine.payment_id, came, at, literal(0).label("way"), mine.id.label("turn"))
    return query.where(mine.said_at <= until)


def _in_sample(until: datetime) -> Select[Any]:
    visit, row = verification_visit, verification_row
    asked = (visit.c.sample_id == row.c.sample_id) & (visit.c.ordinal == row.c.ordinal)
    return (
        select(row.c.payment_id, _came(visit).label("came"), visit.c.visited_at.label("at"),
               literal(1).label("way"), visit.c.turn)
        .join(visit, asked)
        .where(visit.c.result != NOT_MET, visit.c.visited_at <= until)
    )  # fmt: skip


def _counted(session: Session, words: Any, period: str) -> list[Heard]:
    """By communes, the last word of each payment of a month."""
    said = words.subquery()
    newest = (said.c.at.desc(), said.c.way.desc(), said.c.turn.desc())
    place = func.row_number().over(partition_by=said.c.payment_id, order_by=newest)
    last = (
        select(person.c.area_code, said.c.came, place.label("place"))
        .select_from(said)
        .join(instruction, instruction.c.id == said.c.payment_id)
        .join(obligation, obligation.c.id == instruction.c.obligation_id)
        .join(person, person.c.id == obligation.c.person_id)
        .where(obligation.c.programme.in_(PROGRAMMES), obligation.c.period == period)
        .subquery()
    )
    query = (
        select(last.c.area_code, func.sum(last.c.came), func.count())
        .where(last.c.place == 1)
        .group_by(last.c.area_code)
        .order_by(last.c.area_code)
    )
    return [Heard(str(one[0]), int(one[1]), int(one[2])) for one in session.execute(query)]
