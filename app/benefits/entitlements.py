"""What everybody is due for a month: enrolments in, obligations out, by chunks.

The rules are pure (`rules.compute`, one person at a time); this file only streams people to
them and their answers to the database. Lines of one programme and component are one
obligation; arrears are recorded per enrolment and decree, so that they are granted once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from app.beneficiaries.tables import enrolment
from app.benefits.rules import Enrolment, Entitlement, History, compute
from app.benefits.tables import arrears_grant, obligation
from ledger.bulk import insert_rows

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
    "amount",
)


def compute_chunk(
    session: Session,
    period: str,
    history: History,
    payers: Mapping[tuple[str, str], str],
    after: int,
) -> tuple[int, int]:
    """Write the obligations of the next people after person id `after`.

    `payers` tells the paying unit of (programme, commune). Gives the last person id and the
    number of obligations; (after, 0) when there is nobody left. The same chunk twice is
    refused by the unique key, so the caller goes on from the last person done.
    """
    people: list[int] = list(session.scalars(_people(period, after)))
    if not people:
        return after, 0
    rows = session.execute(_enrolments(period, people[0], people[-1]))
    obligations: list[tuple[Any, ...]] = []
    grants: list[tuple[Any, ...]] = []
    for person_id, group in groupby(rows, key=lambda row: row.person_id):
        facts = list(group)
        lines = compute([_fact(row) for row in facts], period, history)
        areas = {row.id: row.area_code for row in facts}
        obligations.extend(_obligations(person_id, period, lines, areas, payers))
        grants.extend(_grants(person_id, period, lines))
    insert_rows(session, obligation, OBLIGATION_COLUMNS, obligations)
    insert_rows(session, arrears_grant, GRANT_COLUMNS, grants)
    return people[-1], len(obligations)


def _people(period: str, after: int) -> Select[Any]:
    """People with an enrolment that this month's list names and that has not ended before."""
    return (
        select(enrolment.c.person_id)
        .where(enrolment.c.seen_period == period, enrolment.c.person_id > after)
        .where(enrolment.c.start_period <= period)
        .where(or_(enrolment.c.stop_period.is_(None), enrolment.c.stop_period >= period))
        .distinct()
        .order_by(enrolment.c.person_id)
        .limit(PEOPLE_PER_CHUNK)
    )


def _enrolments(period: str, first: int, last: int) -> Select[Any]:
    """All that matters of those people: what runs, and what ended (arrears may be due)."""
    mine, active = enrolment.c, aliased(enrolment, name="active")
    runs = and_(
        active.c.person_id == mine.person_id,
        active.c.seen_period == period,
        active.c.start_period <= period,
        or_(active.c.stop_period.is_(None), active.c.stop_period >= period),
    )
    return (
        select(
            mine.id,
            mine.person_id,
            mine.programme,
            mine.group_code,
            mine.table_key,
            mine.area_code,
            mine.start_period,
            mine.stop_period,
        )
        .where(mine.person_id.between(first, last))
        .where(or_(mine.seen_period == period, mine.stop_period.is_not(None)))
        .where(select(active.c.id).where(runs).exists())
        .order_by(mine.person_id, mine.id)
    )


def _fact(row: Row[Any]) -> Enrolment:
    is_level = row.table_key.isdigit() and int(row.table_key) > 100_000
    return Enrolment(
        enrolment_id=row.id,
        programme=row.programme,
        group=row.group_code,
        table_key="" if is_level else row.table_key,
        individual_amount=int(row.table_key) if is_level else None,
        start=row.start_period,
        stop=row.stop_period,
    )


def _obligations(
    person_id: int,
    period: str,
    lines: Iterable[Entitlement],
    areas: Mapping[int, str],
    payers: Mapping[tuple[str, str], str],
) -> Iterator[tuple[Any, ...]]:
    """One obligation per programme and component; the running enrolment says who pays."""
    parts: dict[tuple[str, str], list[Entitlement]] = {}
    for line in lines:
        parts.setdefault((line.programme, line.component), []).append(line)
    for (programme, component), group in parts.items():
        main = max(group, key=lambda line: (line.regular, line.enrolment_id))
        regular = sum(line.regular for line in group)
        arrears = sum(line.arrears for line in group)
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
            "; ".join(line.reason for line in group),
        )


def _grants(person_id: int, period: str, lines: Iterable[Entitlement]) -> Iterator[tuple[Any, ...]]:
    for line in lines:
        if line.arrears:
            yield (
                line.programme,
                person_id,
                line.enrolment_id,
                line.arrears_basis,
                period,
                line.arrears_from,
                line.arrears_to,
                line.arrears_months,
                line.arrears,
            )
