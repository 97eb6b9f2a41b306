"""One person's month told from the tables: what its list knew, and what it says of the amount."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import person
from app.benefits.campaigns import AHEAD, MONTHLY
from app.benefits.entitlements import listed_before
from app.benefits.explain import explain
from app.benefits.facts import facts_known_to
from app.benefits.groups import PROGRAMMES
from app.benefits.past import past_of_person
from app.benefits.rates import standing_book
from app.benefits.rules import History
from app.benefits.tables import DIFFERENCE, obligation
from app.benefits.values import Enrolment
from app.errors import NotFound
from app.months import require_month
from app.units.lookup import province_of
from ledger.money import format_vnd


def explain_person(
    session: Session, person_id: int, period: str, others: str | None, *, reveal: bool = False
) -> str:
    """Why a person is due exactly this for a month, by what the list of that month knew.

    `others` is the last month that an older system listed. Raises NotFound, InputError.
    """
    require_month(period)
    if session.scalar(select(person.c.id).where(person.c.id == person_id)) is None:
        raise NotFound(f"Không có người hưởng số {person_id}.", "Xem số trong danh sách.")
    facts, history = facts_and_history(session, person_id, period, others)
    if not facts:
        raise NotFound(
            f"Danh sách kỳ {period} chưa biết hồ sơ nào của người hưởng số {person_id}.",
            "Chọn kỳ sau.",
        )
    granted = past_of_person(session, history, period, person_id)
    told = explain(facts, period, history, granted, reveal=reveal)
    return "\n".join([told, *_besides(session, person_id, period)])


def facts_and_history(
    session: Session, person_id: int, period: str, others: str | None
) -> tuple[list[Enrolment], History]:
    """What the list of a month knew of a person, and of the rates."""
    area = province_of(session)
    book = standing_book().of_area(area)
    history = History(book, *listed_before(session, period, others), area)
    return facts_known_to(session, person_id, period), history


def _besides(session: Session, person_id: int, period: str) -> list[str]:
    """What the month owes on payrolls of its own, or owed with the month before."""
    o = obligation.c
    rows = session.execute(
        select(o.component, o.amount, o.reason)
        .where(o.programme.in_(PROGRAMMES), o.person_id == person_id, o.period == period)
        .where(o.component.not_in(MONTHLY))
        .order_by(o.id)
    )
    return [f"{_beside(row.component)} {format_vnd(row.amount)}: {row.reason}" for row in rows]


def _beside(component: str) -> str:
    if component in AHEAD.values():
        return "Đã trả trước cùng kỳ trước"
    return "Khoản trả riêng" if component.startswith(DIFFERENCE) else "Khoản một lần"
