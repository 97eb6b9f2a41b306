"""What everybody is due for a month: enrolments in, obligations out, by chunks.

The rules are pure (`rules.due`, one person at a time); this file only streams people to
them and their answers to the database. Lines of one programme and component are one
obligation; arrears are recorded by enrolment and stretch of months, so that they are granted once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Select, func, or_, select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import enrolment
from app.benefits.facts import (
    ahead_before,
    enrolments,
    fact_of,
    is_any_ahead,
    is_listed,
    paid_between,
)
from app.benefits.past import Past, past_of
from app.benefits.rules import Entitlement, History, due
from app.benefits.tables import arrears_grant, obligation, overpayment
from app.months import previous
from ledger.bulk import insert_rows
from ledger.money import format_number

PEOPLE_PER_CHUNK = 10_000

OBLIGATION_COLUMNS = (
    "programme",
    "person_id",
    "period",
    "component",
    "enrolment_id",
    "unit_code",
    "regular",
    "arrears",
    "amount",
    "arrears_basis",
    "reason",
)
GRANT_COLUMNS = (
    "programme",
    "person_id",
    "enrolment_id",
    "basis",
    "period",
    "first_period",
    "last_period",
    "months",
    "monthly",
    "amount",
    "is_decree",
)
OVERPAYMENT_COLUMNS = (
    "programme",
    "person_id",
    "component",
    "month",
    "period",
    "amount",
    "reason",
)

Rows = list[tuple[Any, ...]]


@dataclass(slots=True)
class Chunk:
    """Rows of the people of one chunk, on their way into the tables."""

    obligations: Rows = field(default_factory=list)
    grants: Rows = field(default_factory=list)
    overpayments: Rows = field(default_factory=list)

    def write(self, session: Session) -> None:
        """Into the tables, each by one bulk statement."""
        insert_rows(session, obligation, OBLIGATION_COLUMNS, self.obligations)
        insert_rows(session, arrears_grant, GRANT_COLUMNS, self.grants)
        insert_rows(session, overpayment, OVERPAYMENT_COLUMNS, self.overpayments)


def next_people(session: Session, period: str, after: int) -> list[int]:
    """The ids of the people of the next chunk after person id `after`; none when all are done."""
    with_ahead = is_any_ahead(session, previous(period))
    return list(session.scalars(_people(period, after, with_ahead)))


def compute(
    session: Session,
    period: str,
    history: History,
    payers: Mapping[tuple[str, str], str],
    people: Sequence[int],
) -> Chunk:
    """What the people of a chunk are due, to be written.

    `payers` tells the paying unit of (programme, commune). The same chunk written twice is
    refused by the unique key, so the caller goes on from the last person done.
    """
    with_ahead = is_any_ahead(session, previous(period))
    chunk = Chunk()
    past = past_of(session, history, period, people[0], people[-1])
    rows = session.execute(enrolments(period, people[0], people[-1], with_ahead=with_ahead)).all()
    for person_id, group in groupby(rows, key=lambda row: row.person_id):
        _person(chunk, person_id, list(group), period, history, payers, past)
    return chunk


def _person(
    chunk: Chunk,
    person_id: int,
    rows: Sequence[Row[Any]],
    period: str,
    history: History,
    payers: Mapping[tuple[str, str], str],
    past: Past,
) -> None:
    has_news = any(row.changed_period == period for row in rows) or past.was_ahead(person_id)
    facts = [fact_of(row, period) for row in rows]
    found = due(facts, period, history, past.granted(person_id), has_news=has_news)
    areas = {row.id: row.area_code for row in rows}
    ahead = past.ahead(person_id)
    chunk.obligations.extend(_obligations(person_id, period, found.lines, areas, payers, ahead))
    chunk.grants.extend(grants_of(person_id, period, found.lines))
    if has_news or found.overpaid:
        chunk.overpayments.extend(past.changed(person_id, period, found.overpaid))


def listed_before(
    session: Session, period: str, others: str | None = None
) -> tuple[str | None, str | None]:
    """The first and the last month before this one whose list these books made.

    `others` is the last month that an older system listed: what it still owed came over.
    """
    month = obligation.c.period
    query = select(func.min(month), func.max(month)).where(month < period, month > (others or ""))
    first, last = session.execute(query).one()
    return first, last


def _people(period: str, after: int, with_ahead: bool) -> Select[Any]:
    """People with an enrolment that this month's list names and that runs or has changed."""
    which = is_listed(enrolment, period)
    if with_ahead:
        which = or_(which, enrolment.c.person_id.in_(ahead_before(period)))
    # Whom a list of differences paid for this month has it already.
    return (
        select(enrolment.c.person_id)
        .where(which, enrolment.c.person_id > after, ~paid_between(period))
        .distinct()
        .order_by(enrolment.c.person_id)
        .limit(PEOPLE_PER_CHUNK)
    )


def _obligations(
    person_id: int,
    period: str,
    lines: Iterable[Entitlement],
    areas: Mapping[int, str],
    payers: Mapping[tuple[str, str], str],
    ahead: Mapping[tuple[str, str], int],
) -> Iterator[tuple[Any, ...]]:
    """One obligation per programme and component; the running enrolment says who pays.

    What was paid `ahead` for this month is not owed again. If it was too much, next month's list
    finds it, as it finds everything that was granted by too little knowledge.
    """
    parts: dict[tuple[str, str], list[Entitlement]] = {}
    for line in lines:
        parts.setdefault((line.programme, line.component), []).append(line)
    for (programme, component), group in parts.items():
        main = max(group, key=lambda line: (line.regular, line.enrolment_id))
        taken = ahead.get((programme, component), 0)
        regular = max(sum(line.regular for line in group) - taken, 0)
        arrears = sum(line.arrears for line in group)
        if regular + arrears == 0:
            continue
        yield (
            programme,
            person_id,
            period,
            component,
            main.enrolment_id,
            payers[programme, areas[main.enrolment_id]],
            regular,
            arrears,
            regular + arrears,
            next((line.arrears_basis for line in group if line.arrears_basis), ""),
            "; ".join([line.reason for line in group] + ([paid_ahead(taken)] if taken else [])),
        )


def paid_ahead(amount: int) -> str:
    """What a month's reason says of money that came with the month before."""
    return f"đã trả trước {format_number(amount)} cùng kỳ trước"


def grants_of(
    person_id: int, period: str, lines: Iterable[Entitlement]
) -> Iterator[tuple[Any, ...]]:
    """The arrears in these lines as rows in the order of GRANT_COLUMNS; `period` knew first."""
    for line in lines:
        for one in line.stretches:
            yield (
                line.programme,
                person_id,
                line.enrolment_id,
                one.basis,
                period,
                one.first,
                one.last,
                one.months,
                one.monthly,
                one.months * one.monthly,
                int(one.decree),
            )
