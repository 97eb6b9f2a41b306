"""Which decisions a commune's month has: lines that began, changed, ended; what is recovered.

A decision belongs to the month it was signed in. An end that only a list told has no number yet:
it belongs to the month of the list that told it first, and its letter leaves number and day open.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from app.beneficiaries.by_decision import PAUSED
from app.beneficiaries.tables import enrolment, person
from app.benefits.tables import overpayment, recovery_decision, recovery_finding
from app.clock import TIME_ZONE, local_date
from app.events import states
from app.events.tables import life_event, life_event_decision
from app.months import day_in, shift
from app.statements.letters.words import ADJUST, GRANT, PAUSE, RESUME, STOP

_PERSON = (
    *(person.c.name, person.c.birth, person.c.sex, person.c.hamlet),
    *(person.c.citizen_tail, person.c.citizen_cipher, person.c.bound_key),
)
_LINE = (
    enrolment.c.id.label("enrolment_id"),
    enrolment.c.person_id,
    enrolment.c.programme,
    enrolment.c.group_code,
    enrolment.c.table_key,
    enrolment.c.area_code,
    enrolment.c.start_period,
    enrolment.c.stop_period,
    enrolment.c.stop_cause,
    enrolment.c.known_period,
)
_FETCH = 1_000


@dataclass(frozen=True, slots=True)
class Case:
    """One decision about one person: `lines` are rows of the register with the person's facts.

    `before` is the line that another one takes the place of. `number` is empty and `on` None
    where nobody has signed yet.
    """

    kind: str
    number: str
    on: date | None
    lines: tuple[Row[Any], ...]
    before: Row[Any] | None = None

    @property
    def first(self) -> Row[Any]:
        """The line that tells of the person."""
        return self.lines[0]


@dataclass(frozen=True, slots=True)
class Recovered:
    """A decision to recover: its row with the person's facts, and the months it is about."""

    row: Row[Any]
    months: tuple[Row[Any], ...]


def cases(session: Session, area: str, period: str, kind: str = "") -> Iterator[Case]:
    """The decisions of a commune's month by name of the person; of one kind, or of all."""
    found = {
        GRANT: _granted,
        ADJUST: _adjusted,
        STOP: _ended,
        PAUSE: _ended,
        RESUME: _resumed,
    }
    wanted = [found[one] for one in found if kind in ("", one)]
    for making in dict.fromkeys(wanted):
        for case in making(session, area, period):
            if kind in ("", case.kind):
                yield case


def _streamed(session: Session, query: Select[Any]) -> Iterator[Row[Any]]:
    return iter(session.execute(query.execution_options(yield_per=_FETCH)))


def _granted(session: Session, area: str, period: str) -> Iterator[Case]:
    """Lines whose decision was signed in the month, unless they replaced another."""
    e = enrolment.c
    first, last = day_in(period, 1), day_in(shift(period, 1), 1)
    event = life_event.c
    replaced = exists().where(
        event.person_id == e.person_id,
        event.group_code == e.group_code,
        event.from_period == e.start_period,
        event.state == states.CONFIRMED,
        event.enrolment_id.is_not(None),
    )
    query = (
        select(*_LINE, *_PERSON, e.decision_number, e.decision_on)
        .join(person, person.c.id == e.person_id)
        .where(e.area_code == area, e.decision_on >= first, e.decision_on < last, ~replaced)
        .where(person.c.merged_into_id.is_(None))
        .order_by(person.c.sort_key, e.person_id, e.id)
    )
    for row in _streamed(session, query):
        yield Case(GRANT, row.decision_number, row.decision_on, (row,))


def _signed_in(period: str) -> ColumnElement[bool]:
    at = life_event_decision.c.decided_at
    begins, ends = (
        datetime.combine(day_in(month, 1), time(), TIME_ZONE)
        for month in (period, shift(period, 1))
    )
    return and_(at >= begins, at < ends)


def _decided(area: str, period: str) -> Select[Any]:
    """Lines of a commune with the confirmed events of the month about their person."""
    decision = life_event_decision.c
    return (
        select(
            *_LINE,
            *_PERSON,
            life_event.c.id.label("event_id"),
            life_event.c.group_code.label("new_group"),
            life_event.c.table_key.label("new_key"),
            life_event.c.programme.label("new_programme"),
            life_event.c.from_period,
            decision.decision_number,
            decision.decided_at,
        )
        .select_from(life_event)
        .join(life_event_decision, decision.event_id == life_event.c.id)
        .join(enrolment, enrolment.c.person_id == life_event.c.person_id)
        .join(person, person.c.id == enrolment.c.person_id)
        .where(enrolment.c.area_code == area, decision.verdict == states.CONFIRMED)
        .where(_signed_in(period))
        .order_by(person.c.sort_key, enrolment.c.person_id, life_event.c.id, enrolment.c.id)
    )


def _adjusted(session: Session, area: str, period: str) -> Iterator[Case]:
    """One line ended and another began: the new one, with the old before it."""
    event = life_event.c
    query = _decided(area, period).where(event.group_code != "", event.enrolment_id.is_not(None))
    rows = _streamed(session, query)
    for _, group in groupby(rows, key=lambda row: (row.person_id, row.event_id)):
        lines = list(group)
        new = [one for one in lines if _is_new(one)]
        old = [one for one in lines if not _is_new(one) and one.programme == one.new_programme]
        if new:
            yield _case(ADJUST, new[-1:], old[-1] if old else None)


def _is_new(row: Row[Any]) -> bool:
    return (row.group_code, row.start_period) == (row.new_group, row.from_period)


def _resumed(session: Session, area: str, period: str) -> Iterator[Case]:
    of_event = enrolment.c.id == life_event.c.enrolment_id
    query = _decided(area, period).where(life_event.c.kind == states.RESUME, of_event)
    for row in _streamed(session, query):
        yield _case(RESUME, [row])


def _case(kind: str, lines: list[Row[Any]], before: Row[Any] | None = None) -> Case:
    row = lines[0]
    return Case(kind, row.decision_number, local_date(row.decided_at), tuple(lines), before)


def _ended(session: Session, area: str, period: str) -> Iterator[Case]:
    """Lines that a decision of the month ended, by person; then those only a list told of."""
    e, event = enrolment.c, life_event.c
    mine = or_(event.enrolment_id.is_(None), event.enrolment_id == e.id)
    query = _decided(area, period).where(
        e.stop_period.is_not(None),
        e.stop_decision == life_event_decision.c.decision_number,
        life_event_decision.c.side != states.TO,
        event.group_code == "",
        event.kind != states.RESUME,
        mine,
    )
    rows = _streamed(session, query)
    for _, group in groupby(rows, key=lambda row: (row.person_id, row.event_id)):
        lines = list(group)
        yield _case(PAUSE if lines[0].stop_cause == PAUSED else STOP, lines)
    yield from _told(session, area, period)


def _told(session: Session, area: str, period: str) -> Iterator[Case]:
    e = enrolment.c
    query = (
        select(*_LINE, *_PERSON)
        .join(person, person.c.id == e.person_id)
        .where(e.area_code == area, e.changed_period == period, e.stop_period < period)
        .where(e.stop_decision == "", e.stop_cause.not_in(("merged", PAUSED)))
        .where(person.c.merged_into_id.is_(None))
        .order_by(person.c.sort_key, e.person_id, e.id)
    )
    rows = _streamed(session, query)
    for _, group in groupby(rows, key=lambda row: row.person_id):
        yield Case(STOP, "", None, tuple(group))


def recovered(session: Session, area: str, period: str) -> Iterator[Recovered]:
    """Decisions to recover that units of a commune signed in the month."""
    d = recovery_decision.c
    first, last = day_in(period, 1), day_in(shift(period, 1), 1)
    # A death that only a list told ends the lines and leaves the person's own field empty.
    told = exists().where(enrolment.c.person_id == d.person_id, enrolment.c.stop_cause == "death")
    died = or_(person.c.died_on.is_not(None), told).label("died")
    query = (
        select(recovery_decision, *_PERSON, person.c.area_code, died)
        .join(person, person.c.id == d.person_id)
        .where(person.c.area_code == area, d.decided_on >= first, d.decided_on < last)
        .order_by(person.c.sort_key, d.person_id, d.id)
    )
    rows = session.execute(query).all()
    months = _months(session, [row.id for row in rows])
    for row in rows:
        yield Recovered(row, tuple(one for one in months if one.decision_id == row.id))


def _months(session: Session, decisions: list[int]) -> Sequence[Any]:
    f = recovery_finding.c
    query = (
        select(f.decision_id, overpayment.c.month, overpayment.c.reason, f.amount)
        .join(overpayment, overpayment.c.id == f.overpayment_id)
        .where(f.decision_id.in_(decisions))
        .order_by(f.decision_id, overpayment.c.month)
    )
    return session.execute(query).all()
