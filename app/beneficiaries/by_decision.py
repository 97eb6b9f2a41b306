"""What an officer's decision writes to the register: an end, a line, a field of the person.

As an import does, it keeps beside each enrolment what was known before, and says which list is the
first to know: months paid otherwise come out as arrears, or as paid too much. Unlike a line of a
workbook, a decision stands against lists that have not heard of it (`register`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, insert, literal, or_, select, update
from sqlalchemy.orm import Session

from app.beneficiaries.history_tables import person_change
from app.beneficiaries.tables import enrolment, enrolment_change, person
from app.beneficiaries.told import changed_for
from app.clock import TIME_ZONE
from app.months import shift
from ledger.bulk import chunks

PAUSED = "paused"
"""The cause of an end that may be lifted: the months since then are paid as arrears."""
_NEVER = "9999-12"


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision: its number, the first list that knows it ('YYYY-MM'), who, and when."""

    number: str
    period: str
    officer: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line that a decision begins, from the month `start` on."""

    person_id: int
    programme: str
    group: str
    table_key: str
    area_code: str
    start: str


def end_lines(
    session: Session, which: ColumnElement[bool], stop: str, cause: str, decided: Decided
) -> None:
    """End these enrolments with `stop` as their last payable month; an earlier end stays.

    An end for good takes the place of a pause, whose months are then not due.
    """
    mine = enrolment.c
    later = func.coalesce(mine.stop_period, _NEVER) > stop
    _set_end(session, and_(which, later), stop, cause, decided)
    if cause != PAUSED:
        paused = (which, mine.stop_cause == PAUSED)
        values = {"stop_cause": cause, "stop_decision": decided.number}
        session.execute(update(enrolment).where(*paused).values(values))


def resume_lines(session: Session, which: ColumnElement[bool], decided: Decided) -> None:
    """Let these enrolments run again: the months since their end are due."""
    ended = enrolment.c.stop_period.is_not(None)
    _set_end(session, and_(which, ended), None, "", decided)


def _set_end(
    session: Session, which: ColumnElement[bool], stop: str | None, cause: str, decided: Decided
) -> None:
    mine = enrolment.c
    _keep(session, which, stop or "", decided)
    session.execute(
        update(enrolment)
        .where(which)
        .values(
            stop_period=stop,
            stop_cause=cause,
            stop_decision=decided.number if stop else "",
            changed_period=decided.period,
            # The decision names the line on that list, so that its past is looked at again.
            seen_period=case(
                (mine.seen_period < decided.period, decided.period), else_=mine.seen_period
            ),
        )
    )


def _keep(session: Session, which: ColumnElement[bool], stop: str, decided: Decided) -> None:
    """Keep what the lists before knew of the end; of two changes for one list the first counts."""
    old = func.coalesce(enrolment.c.stop_period, "")
    rows = select(
        enrolment.c.id,
        literal(decided.period),
        literal("stop_period"),
        old,
        literal(stop),
        literal(decided.at, enrolment_change.c.recorded_at.type),
    ).where(which, old != stop, ~changed_for(decided.period, "stop_period"))
    columns = ["enrolment_id", "period", "field", "old", "new", "recorded_at"]
    session.execute(insert(enrolment_change).from_select(columns, rows, include_defaults=False))


def begin_lines(session: Session, lines: Sequence[NewLine], decided: Decided) -> None:
    """Begin these lines; one that a list brought already is the same line."""
    for line in lines:
        same = _same(line)
        known = session.scalar(select(enrolment.c.id).where(same))
        if known is None:
            session.execute(insert(enrolment).values(_row(line, decided)))
        else:
            session.execute(update(enrolment).where(same).values(start_decision=decided.number))


def _same(line: NewLine) -> ColumnElement[bool]:
    mine = enrolment.c
    return and_(
        mine.person_id == line.person_id,
        mine.programme == line.programme,
        mine.group_code == line.group,
        mine.area_code == line.area_code,
        mine.start_period == line.start,
    )


def _row(line: NewLine, decided: Decided) -> dict[str, Any]:
    return {
        "person_id": line.person_id,
        "programme": line.programme,
        "group_code": line.group,
        "table_key": line.table_key,
        "area_code": line.area_code,
        "decision_number": decided.number,
        "decision_on": decided.at.astimezone(TIME_ZONE).date(),
        "start_period": line.start,
        "stop_period": None,
        "stop_cause": "",
        "seen_period": decided.period,
        "known_period": decided.period,
        "changed_period": decided.period,
        "start_decision": decided.number,
        "stop_decision": "",
    }


def set_field(
    session: Session, person_id: int, field: str, value: Any, source: str, decided: Decided
) -> None:
    """Change a field of the person that is not encrypted, and keep what it was."""
    column = person.c[field]
    old = session.scalar(select(column).where(person.c.id == person_id))
    if old == value:
        return
    session.execute(update(person).where(person.c.id == person_id).values({field: value}))
    told = {"old": _text(old), "new": _text(value), "source": source}
    who = {"recorded_at": decided.at, "recorded_by": decided.officer}
    session.execute(insert(person_change).values(person_id=person_id, field=field, **told, **who))


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def carry_decided(session: Session, period: str, now: datetime) -> None:
    """Before the list of a month: what was decided here is named on it, whether or not the
    commune's workbook has heard of it; what a list tells of a person's death or departure ends it.
    """
    _end_with_lists(session, period, now)
    mine = enrolment.c
    runs = or_(mine.stop_period.is_(None), mine.stop_period >= period)
    unseen = (mine.start_decision != "", mine.seen_period < period, runs)
    missed = (mine.seen_period < shift(period, -1), mine.changed_period < period)
    session.execute(update(enrolment).where(*unseen, *missed).values(changed_period=period))
    session.execute(update(enrolment).where(*unseen).values(seen_period=period))


def _end_with_lists(session: Session, period: str, now: datetime) -> None:
    """A line begun here ends when a list tells that the person died, or left this commune."""
    mine, told = enrolment.c, enrolment.alias("told")
    heard = and_(
        told.c.person_id == mine.person_id,
        told.c.id != mine.id,
        told.c.changed_period == period,
        told.c.stop_decision == "",
        or_(
            told.c.stop_cause == "death",
            and_(told.c.stop_cause == "move_out", told.c.area_code == mine.area_code),
        ),
    )
    stop = select(func.min(told.c.stop_period)).where(heard).scalar_subquery()
    cause = select(func.min(told.c.stop_cause)).where(heard).scalar_subquery()
    late = func.coalesce(mine.stop_period, _NEVER) > stop
    rows = select(mine.id, mine.stop_period, stop.label("stop"), cause.label("cause")).where(
        mine.start_decision != "", late
    )
    ends: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for row in session.execute(rows).all():
        ends[row.stop, row.cause].append(row.id)
    for (stop_period, why), ids in ends.items():
        for some in chunks(ids):
            told_by_list = Decided("", period, "list", now)
            end_lines(session, mine.id.in_(some), stop_period, why, told_by_list)
