"""Ages that change or end a line, and the pension at 70 for poor households.

A level that changes counts from the month in which the age is reached; a line that ends is paid
for that month still (Decree 20/2021, art. 8).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import enrolment, person
from app.benefits.ages import EVERYBODY, PENSION, Reached, reached, runs_in, says
from app.events.find.standing import latest_poverty, latest_study
from app.events.proposals import Proposal, amount_of
from app.events.states import AGE
from app.months import in_words, shift

POOR = ("poor", "near_poor")
FROM_70, UNTIL_75 = 70 * 12, 75 * 12
PENSION_AT_70 = "P2"
ONLY_WHILE_STUDYING, ONLY_WHILE_POOR = "C2", "C8"


def ages(session: Session, period: str, year_only_month: int) -> Iterator[Proposal]:
    """Who reaches an age in that month, with the line that ends and the one that begins."""
    found = list(reached(session, period, year_only_month))
    named = {one.line.id for one in found if one.rule.becomes == ONLY_WHILE_STUDYING}
    studying = latest_study(session) if named else {}
    poor = _poor(session, period) if _asks_poverty(found) else frozenset()
    for one in found:
        until = studying.get((one.line.id, 0), "")
        keeps = {
            ONLY_WHILE_STUDYING: until >= period,
            ONLY_WHILE_POOR: one.line.id in poor,
        }.get(one.rule.becomes, one.rule.becomes != "")
        yield _proposal(one, period, keeps)


def _asks_poverty(found: list[Reached]) -> bool:
    return any(one.rule.becomes == ONLY_WHILE_POOR for one in found)


def _proposal(one: Reached, period: str, keeps: bool) -> Proposal:
    line, rule = one.line, one.rule
    begins = rule.becomes if keeps else ""
    ends = rule.group != EVERYBODY
    return Proposal(
        line.id,
        AGE,
        period,
        # The condition is told of pensions only, as `says` does.
        says(rule),
        enrolment_id=line.enrolment_id if ends else None,
        stop=(shift(period, -1) if begins else period) if ends else None,
        group=begins,
        start=period if begins else None,
        amount=amount_of(begins, "", period) if begins else 0,
        same=str(rule.months),
    )


def _poor(session: Session, period: str) -> frozenset[int]:
    latest = latest_poverty(period)
    query = select(person.c.id).join(latest, latest.c.household_id == person.c.household_id)
    return frozenset(session.scalars(query.where(latest.c.level == "poor")))


def pension_at_70(session: Session, period: str) -> Iterator[Proposal]:
    """People of poor and near-poor households from 70 to under 75 who have no pension yet.

    They reach the age, or their household becomes poor later: both are the same proposal.
    """
    latest = latest_poverty(period)
    has_pension = (
        select(enrolment.c.id)
        .where(enrolment.c.person_id == person.c.id, enrolment.c.programme == PENSION)
        .where(runs_in(period))
        .exists()
    )
    born = func.substr(person.c.birth, 1, 7)
    rows = session.execute(
        select(person.c.id, person.c.birth, latest.c.from_period)
        .join(latest, latest.c.household_id == person.c.household_id)
        .where(born > shift(period, -UNTIL_75), born <= shift(period, -FROM_70))
        .where(latest.c.level.in_(POOR), person.c.died_on.is_(None), ~has_pension)
        .order_by(person.c.id)
    )
    amount = amount_of(PENSION_AT_70, "", period)
    for row in rows:
        yield _pension(row, period, amount)


def _pension(row: Any, period: str, amount: int) -> Proposal:
    turned = shift(row.birth[:7] if len(row.birth) > 4 else f"{row.birth}-01", FROM_70)
    since = max(turned, row.from_period)
    words = f"Đủ 70 tuổi, hộ nghèo hoặc cận nghèo từ tháng {in_words(since)}: xét hưu trí xã hội."
    return Proposal(
        row.id,
        AGE,
        since,
        words,
        group=PENSION_AT_70,
        start=period,
        amount=amount,
        same=str(FROM_70),
    )
