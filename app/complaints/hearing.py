"""Of how many settled payments people said that they came, over those of which they said anything.

Both ways of hearing count: what people said by themselves (page, SMS, kiosk, counter, hotline) and
the month's sample. Said twice of one payment: the later word counts.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Select, case, literal, select, union_all
from sqlalchemy.orm import Session

from app.beneficiaries.tables import person
from app.benefits.groups import PROGRAMMES
from app.benefits.tables import obligation
from app.complaints.sample_tables import (
    payment_confirmation,
    verification_row,
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


def heard(session: Session, period: str) -> list[Heard]:
    """Each commune of which somebody was heard, in the order of codes."""
    last: dict[int, tuple[Any, str, int]] = {}
    for row in session.execute(_words(period)).all():
        if row.payment_id not in last or last[row.payment_id][0] <= row.at:
            last[row.payment_id] = (row.at, row.area_code, row.came)
    found: dict[str, list[int]] = {}
    for _, area, came in last.values():
        found.setdefault(area, []).append(came)
    return [Heard(area, sum(said), len(said)) for area, said in sorted(found.items())]


def _words(period: str) -> Any:
    mine, visit, row = payment_confirmation, verification_visit, verification_row
    by_themselves = select(
        mine.c.payment_id, mine.c.is_received.label("came"), mine.c.said_at.label("at")
    )
    came = case((visit.c.result == RECEIVED, literal(1)), else_=literal(0))
    seen = (visit.c.sample_id == row.c.sample_id) & (visit.c.ordinal == row.c.ordinal)
    in_sample: Select[Any] = (
        select(row.c.payment_id, came.label("came"), visit.c.visited_at.label("at"))
        .join(visit, seen)
        .where(visit.c.result != NOT_MET)
    )
    both = union_all(by_themselves, in_sample).subquery()
    return (
        select(both.c.payment_id, both.c.came, both.c.at, person.c.area_code)
        .join(instruction, instruction.c.id == both.c.payment_id)
        .join(obligation, obligation.c.id == instruction.c.obligation_id)
        .join(person, person.c.id == obligation.c.person_id)
        .where(obligation.c.programme.in_(PROGRAMMES), obligation.c.period == period)
    )
