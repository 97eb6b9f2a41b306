"""What came to be known since a month's list was fixed, owed at once instead of with the next list.

Late joiners, another degree, a stop that was lifted: the next list would grant the months that were
paid otherwise as arrears. The same rules grant them here, as the next list would, and write down
what they granted, so that the next list finds nothing missing any more (Circular 44/2022/TT-BTC,
art. 15: arrears are paid once).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import enrolment
from app.benefits.campaigns import MONTHLY
from app.benefits.entitlements import (
    GRANT_COLUMNS,
    OBLIGATION_COLUMNS,
    PEOPLE_PER_CHUNK,
    grants_of,
)
from app.benefits.facts import fact_of, known_lines, merged_people
from app.benefits.past import Past, past_of
from app.benefits.rates import RateBook
from app.benefits.rules import Entitlement, History, due
from app.benefits.tables import DIFFERENCE, arrears_grant, obligation
from app.errors import Refused
from app.months import in_words, months_between, span_in_words
from ledger.bulk import insert_rows
from ledger.money import format_number

_NUMBERED = (*GRANT_COLUMNS, "list_number")


class Late(NamedTuple):
    """Which list of differences is filled: the month whose list is fixed, the list that would know
    next, the number, and the unit and programme it is for. `for_rates`: everybody's arrears of
    rates signed late, not only those of people of whom there is news."""

    period: str
    following: str
    number: int
    unit: str
    programme: str
    for_rates: bool = False


def signed_by(book: RateBook, today: date) -> RateBook:
    """The rates that are signed today: a list between two others knows no later ones."""
    rates = tuple(one for one in book.rates if one.published_on <= today)
    indices = tuple(one for one in book.indices if one.published_on <= today)
    return replace(book, rates=rates, indices=indices)


def grant_late_chunk(
    session: Session,
    late: Late,
    history: History,
    payers: Mapping[tuple[str, str], str],
    after: int,
) -> tuple[int, int]:
    """Owe the next people after person id `after` what they lack by now.

    Gives the last person id and how many obligations; (after, 0) when nobody is left. Called
    again for the same people it finds that nothing is missing.
    """
    areas = [area for (programme, area), unit in payers.items()
             if (programme, unit) == (late.programme, late.unit)]  # fmt: skip
    people: list[int] = list(session.scalars(_people(late, areas, after)))
    if not people:
        return after, 0
    past = past_of(session, history, late.following, people[0], people[-1], everybody=True)
    wanted, owed, granted = set(people), list[tuple[Any, ...]](), list[tuple[Any, ...]]()
    rows = session.execute(known_lines(people[0], people[-1]))
    for person_id, group in groupby(rows, key=lambda row: row.person_id):
        if person_id in wanted:
            lines = _lines(late, list(group), history, payers, past, person_id)
            owed.extend(_obligations(late, person_id, lines))
            granted.extend((*one, late.number)
                           for one in grants_of(person_id, late.following, lines))  # fmt: skip
    insert_rows(session, obligation, OBLIGATION_COLUMNS, owed)
    insert_rows(session, arrears_grant, _NUMBERED, granted)
    return people[-1], len(owed)


def refuse_listed_on(session: Session, period: str) -> None:
    """Raises Refused when the list after that of `period` is made: it pays what was missing."""
    following = select(obligation.c.id).where(
        obligation.c.period > period, obligation.c.component.in_(MONTHLY)
    )
    if session.scalar(following.limit(1)) is not None:
        raise Refused(
            f"Danh sách sau kỳ {in_words(period)} đã lập và đã gồm phần còn thiếu.",
            "Lập bảng chênh lệch cho kỳ mới nhất.",
        )


def is_late(of: Any) -> ColumnElement[bool]:
    """Whether an obligation was owed between two lists."""
    return of.c.component.like(f"{DIFFERENCE}%")  # type: ignore[no-any-return]


def _people(late: Late, areas: Sequence[str], after: int) -> Any:
    mine = enrolment.c
    news = mine.changed_period.in_((late.period, late.following))
    query = (
        select(mine.person_id)
        .where(mine.programme == late.programme, mine.area_code.in_(areas))
        .where(mine.seen_period >= late.period, mine.person_id > after)
        .where(mine.person_id.not_in(merged_people()))
        .distinct()
        .order_by(mine.person_id)
        .limit(PEOPLE_PER_CHUNK)
    )
    return query if late.for_rates else query.where(news)


def _lines(
    late: Late,
    rows: Sequence[Row[Any]],
    history: History,
    payers: Mapping[tuple[str, str], str],
    past: Past,
    person_id: int,
) -> list[Entitlement]:
    """The person's lines of this unit and programme that lack something."""
    news = any(row.changed_period in (late.period, late.following) for row in rows)
    facts = [fact_of(row, late.following) for row in rows]
    found = due(facts, late.following, history, past.granted(person_id), has_news=news)
    areas = {row.id: row.area_code for row in rows}
    return [
        line
        for line in found.lines
        if line.arrears
        and line.programme == late.programme
        and payers[line.programme, areas[line.enrolment_id]] == late.unit
    ]


def _obligations(
    late: Late, person_id: int, lines: Iterable[Entitlement]
) -> Iterator[tuple[Any, ...]]:
    """One obligation per component, of the month whose list is fixed."""
    for component, group in groupby(sorted(lines, key=_component), key=_component):
        parts = list(group)
        main = max(parts, key=lambda line: (line.arrears, line.enrolment_id))
        amount = sum(line.arrears for line in parts)
        basis = next((line.arrears_basis for line in parts if line.arrears_basis), "")
        yield (
            late.programme, person_id, late.period, f"{DIFFERENCE}{late.number}:{component}",
            main.enrolment_id, late.unit, 0, amount, amount, basis,
            "; ".join(_words(line) for line in parts),
        )  # fmt: skip


def _component(line: Entitlement) -> str:
    return line.component


def _words(line: Entitlement) -> str:
    told = (
        f"{span_in_words(months_between(one.first, one.last))}: {format_number(one.monthly)}"
        f" × {one.months} = {format_number(one.monthly * one.months)} ({one.basis})"
        for one in line.stretches
    )
    return f"Truy lĩnh trả riêng {' và '.join(told)}"
