"""Money that nobody came for in three months on end: a pause is proposed, never set by itself.

Circular 02/2021, art. 2: not collecting for three consecutive months or more is a cause of
suspension; three months after a suspension the line may be stopped. Paused months are paid as
arrears once the pause is lifted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.access.roles import require_one_of
from app.beneficiaries.by_decision import PAUSED
from app.beneficiaries.tables import enrolment, person
from app.benefits.ages import runs_in
from app.benefits.campaigns import MONTHLY
from app.benefits.tables import obligation
from app.errors import NotFound, Refused
from app.events.proposals import Proposal, enter, next_list
from app.events.states import PAUSE_ENDS, RESUME, UNCOLLECTED
from app.events.transfers import ENTERING
from app.months import in_words, shift, span_in_words

MONTHS = 3
_LONGEST = 12


def uncollected(session: Session, period: str, unpaid: Select[Any]) -> Iterator[Proposal]:
    """Lines that nobody has collected for three months up to the one before `period`.

    `unpaid` selects the ids of obligations that were offered in cash and not collected since.
    """
    last = shift(period, -1)
    rows = session.execute(
        select(obligation.c.person_id, obligation.c.enrolment_id, obligation.c.period)
        .join(enrolment, enrolment.c.id == obligation.c.enrolment_id)
        .where(obligation.c.id.in_(unpaid), runs_in(period))
        .where(obligation.c.component.in_(MONTHLY))
        .where(obligation.c.period.between(shift(period, -_LONGEST), last))
        .order_by(obligation.c.person_id)
    )
    months: defaultdict[tuple[int, int], set[str]] = defaultdict(set)
    for person_id, enrolment_id, month in rows:
        months[person_id, enrolment_id].add(month)
    for (person_id, enrolment_id), of_line in months.items():
        run = _run_up_to(last, of_line)
        if len(run) >= MONTHS:
            yield _pause(person_id, enrolment_id, run)


def _run_up_to(last: str, months: set[str]) -> Sequence[str]:
    """The consecutive months that end with `last`."""
    run: list[str] = []
    while last in months:
        run.insert(0, last)
        last = shift(last, -1)
    return run


def _pause(person_id: int, enrolment_id: int, run: Sequence[str]) -> Proposal:
    words = f"Không nhận tiền {len(run)} tháng liền {span_in_words(run)}: xét tạm dừng chi trả."
    return Proposal(person_id, UNCOLLECTED, run[0], words, enrolment_id=enrolment_id, stop=run[-1])


def pauses_ending(session: Session, period: str) -> Iterator[Proposal]:
    """Lines that have been paused for three months: to stop them is proposed."""
    mine = enrolment.c
    rows = session.execute(
        select(mine.id, mine.person_id, mine.stop_period)
        .where(mine.stop_cause == PAUSED, mine.stop_period < shift(period, -MONTHS))
        .order_by(mine.id)
    )
    for row in rows:
        words = f"Đã tạm dừng từ tháng {in_words(shift(row.stop_period, 1))}: xét thôi hưởng."
        yield Proposal(
            row.person_id,
            PAUSE_ENDS,
            row.stop_period,
            words,
            enrolment_id=row.id,
            stop=row.stop_period,
        )


def enter_resume(session: Session, person_id: int, officer_id: int, now: datetime) -> list[int]:
    """Enter that a person's paused lines shall be paid again; gives the proposals' ids.

    Raises NotFound, Forbidden, Refused when nothing is paused.
    """
    area = session.scalar(select(person.c.area_code).where(person.c.id == person_id))
    if area is None:
        raise NotFound(f"Không có người hưởng số {person_id}.", "Xem số trong danh sách.")
    require_one_of(session, officer_id, ENTERING, area, now)
    mine = enrolment.c
    rows = session.execute(
        select(mine.id, mine.stop_period)
        .where(mine.person_id == person_id, mine.stop_cause == PAUSED)
        .order_by(mine.id)
    ).all()
    if not rows:
        raise Refused("Người này không bị tạm dừng.", "Xem `ansinh events list`.")
    known = next_list(session, now)
    return [
        enter(session, _lift(person_id, row), known, now, "officer", officer_id) for row in rows
    ]


def _lift(person_id: int, row: Any) -> Proposal:
    paused = in_words(shift(row.stop_period, 1))
    words = f"Chi trả lại; các tháng tạm dừng từ {paused} được truy lĩnh."
    return Proposal(person_id, RESUME, row.stop_period, words, enrolment_id=row.id)
