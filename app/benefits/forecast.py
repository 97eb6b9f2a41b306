"""What the coming months will cost, by fund and programme: for the request to the Treasury.

Of the people of one list, by what is decided today: their ends as far as they are known, and the
rates as far as they are signed, with the arrears of those that come late. Nobody dies, moves or
joins in it, so it is a floor for a programme that grows. People with the same facts are counted,
not computed one by one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import enrolment
from app.benefits.facts import enrolments, fact_of
from app.benefits.rates import standing_book
from app.benefits.rules import Enrolment, History, compute, level_month
from app.errors import NotFound
from app.months import months_between, require_month, shift
from app.units.lookup import province_of
from app.units.tables import programme

_PEOPLE_PER_READ = 50_000
_LATEST_RATE = 12  # months: no rate came later than that after it began to count
Alike = tuple[Enrolment, ...]
"""The facts of people without their numbers."""


@dataclass(frozen=True, slots=True)
class ForecastLine:
    """A month of a programme: persons with a line, regular amounts and arrears in VND."""

    period: str
    fund: str
    programme: str
    persons: int
    regular: int
    arrears: int

    @property
    def total(self) -> int:
        return self.regular + self.arrears


def last_list(session: Session) -> str:
    """The newest list that was read. Raises NotFound before the first."""
    last = session.scalar(select(func.max(enrolment.c.seen_period)))
    if last is None:
        raise NotFound("Chưa có danh sách nào.", "Nhập danh sách của một tháng trước.")
    return str(last)


def forecast(session: Session, listed: str, months: int) -> list[ForecastLine]:
    """The months after the list of month `listed`, in order of month, fund and programme."""
    alike = _alike(session, require_month(listed))
    rows = session.execute(select(programme.c.code, programme.c.fund))
    funds = {row.code: row.fund for row in rows}
    area = province_of(session)
    history = History(standing_book().of_area(area), area=area)
    lines = []
    for period in months_between(shift(listed, 1), shift(listed, months)):
        sums = _month(alike, period, history)
        lines += [
            ForecastLine(period, funds[code], code, *sums[code])
            for code in sorted(sums, key=lambda code: (funds[code], code))
        ]
    return lines


def _alike(session: Session, listed: str) -> Counter[Alike]:
    """How many people of a list have which facts."""
    counted: Counter[Alike] = Counter()
    last = session.scalar(select(func.max(enrolment.c.person_id))) or 0
    for first in range(1, last + 1, _PEOPLE_PER_READ):
        rows = session.execute(enrolments(listed, first, first + _PEOPLE_PER_READ - 1))
        for _, group in groupby(rows, key=lambda row: row.person_id):
            counted[_facts((fact_of(row, listed) for row in group), listed)] += 1
    return counted


def _facts(facts: Iterable[Enrolment], listed: str) -> Alike:
    """What matters for the months to come and their arrears: not when it began years ago."""
    since = shift(listed, -_LATEST_RATE)
    bare = (
        replace(
            one,
            enrolment_id=0,
            decision="",
            start=max(one.start, since),
            level_of=level_month(one, listed) if one.individual_amount else "",
        )
        for one in facts
        if one.stop is None or one.stop > since
    )
    return tuple(sorted(bare, key=lambda one: (one.programme, one.group, one.table_key, one.start)))


def _month(
    alike: Counter[Alike], period: str, history: History
) -> defaultdict[str, tuple[int, int, int]]:
    """Persons, regular and arrears by programme."""
    sums: defaultdict[str, tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))
    for facts, people in alike.items():
        lines = compute(facts, period, history)
        for code in {line.programme for line in lines}:
            mine = [line for line in lines if line.programme == code]
            regular = people * sum(line.regular for line in mine)
            arrears = people * sum(line.arrears for line in mine)
            before = sums[code]
            sums[code] = (before[0] + people, before[1] + regular, before[2] + arrears)
    return sums
