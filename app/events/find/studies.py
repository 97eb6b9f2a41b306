"""Studies: each September a school's paper is asked for; when one runs out, an end is proposed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import enrolment
from app.benefits.ages import runs_in
from app.events.find.dependants import latest_dependants
from app.events.find.standing import latest_study
from app.events.proposals import Proposal, amount_of
from app.events.states import STUDY_ENDS, STUDY_PAPER
from app.months import day_in, in_words, shift
from ledger.schema import Whole

STUDENTS = ("C2", "MHS")
PARENT = "C4"
SEPTEMBER = "09"
_FROM_16, _UNTIL_22 = 192, 264


def papers_wanted(session: Session, period: str) -> Iterator[Proposal]:
    """In September: whose line needs a school's paper and who has none beyond that month."""
    if not period.endswith(f"-{SEPTEMBER}"):
        return
    studying = latest_study(session)
    for row in _students(session, period):
        if studying.get((row.person_id, row.number), "") <= period:
            words = f"Năm học mới từ tháng {in_words(period)}: cần giấy xác nhận của trường."
            yield Proposal(
                row.person_id,
                STUDY_PAPER,
                period,
                words,
                enrolment_id=row.id,
                same=str(row.number),
            )


def studies_ending(session: Session, period: str) -> Iterator[Proposal]:
    """Whose last paper runs out in that month: it is paid, the months after are not."""
    studying = latest_study(session)
    for row in _students(session, period):
        if studying.get((row.person_id, row.number)) == period:
            yield _end(row, period)


def _students(session: Session, period: str) -> Iterator[Any]:
    """Lines that need a paper: of students, and of single parents for a child of 16 to 22."""
    mine, latest = enrolment.c, latest_dependants()
    born = func.substr(latest.c.birth, 1, 7)
    nobody = literal(0, Whole).label("number")
    own = (
        select(mine.id, mine.person_id, mine.group_code, mine.table_key, nobody)
        .where(mine.group_code.in_(STUDENTS), runs_in(period))
        .order_by(mine.id)
    )
    yield from session.execute(own)
    theirs = (
        select(mine.id, mine.person_id, mine.group_code, mine.table_key, latest.c.number)
        .join(latest, latest.c.person_id == mine.person_id)
        .where(mine.group_code == PARENT, runs_in(period))
        .where(born > shift(period, -_UNTIL_22), born <= shift(period, -_FROM_16))
        .order_by(mine.id, latest.c.number)
    )
    yield from session.execute(theirs)


def _end(row: Any, period: str) -> Proposal:
    left = int(row.table_key or "1") - 1 if row.group_code == PARENT else 0
    start = shift(period, 1) if left else None
    key = str(left) if left else ""
    return Proposal(
        row.person_id,
        STUDY_ENDS,
        period,
        f"Giấy của trường hết hạn trong tháng {in_words(period)}: xét thôi hưởng phần này.",
        on=_last_day(period),
        enrolment_id=row.id,
        stop=period,
        group=row.group_code if left else "",
        table_key=key,
        start=start,
        amount=amount_of(row.group_code, key, start) if start else 0,
        same=str(row.number),
    )


def _last_day(period: str) -> date:
    return date.fromordinal(day_in(shift(period, 1), 1).toordinal() - 1)
