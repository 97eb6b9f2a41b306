"""Instalments under a decision to recover: laid down by two, at most the legal share (T21).

Nothing is taken off an allowance: the person pays, and `repaid` records each receipt. The share is
that of what he is granted in the newest month of the programme; who is granted nothing any more
has no allowance to be protected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access.officers import Confirmation
from app.access.together import Signer, confirm_together
from app.benefits.campaigns import MONTHLY
from app.benefits.tables import obligation
from app.clock import local_date
from app.disbursement.recovery import digest_of, tell
from app.disbursement.recovery_standing import decision_of, still_open
from app.disbursement.recovery_tables import recovery_plan
from app.disbursement.recovery_terms import SHARE, term
from app.errors import InputError, Refused
from app.months import require_month
from app.privacy import Keyring
from ledger.bulk import insert_one
from ledger.money import format_vnd
from ledger.schema import whole_sum

PLAN = "recovery_plan"


@dataclass(frozen=True, slots=True)
class Plan:
    """A signed decision on instalments: its number, day, signer, VND a month and first month."""

    decision_id: int
    number: str
    decided_on: date
    signer: str
    monthly: int
    first_period: str


def most_a_month(session: Session, person_id: int, programme: str, on: date) -> tuple[int, int]:
    """(what the person is granted a month, the per cent of it that may be asked), VND and %."""
    o = obligation.c
    regular = (o.programme == programme, o.component.in_(MONTHLY))
    newest = select(func.max(o.period)).where(*regular).scalar_subquery()
    query = select(whole_sum(o.regular)).where(*regular, o.person_id == person_id)
    income = session.scalar(query.where(o.period == newest))
    return int(income or 0), term(SHARE, on)


def lay_down(
    session: Session, keyring: Keyring, signers: Sequence[Signer], one: Plan, now: datetime
) -> int:
    """Two finance officers record a signed decision on instalments; gives its number.

    Known already: nothing changes. Raises NotFound, InputError, Refused above the legal share or
    where nothing is open, and as `confirm_together`.
    """
    of = decision_of(session, one.decision_id)
    if known := _known(session, one):
        return known
    _sound(one, now)
    is_open = still_open(session, of.id)
    income, share = most_a_month(session, of.person_id, of.programme, one.decided_on)
    _at_most(one, is_open, income, share)
    what = Confirmation(PLAN, plan_digest(one, is_open, income, share), 1, one.monthly)
    joint_id = confirm_together(session, keyring, signers, f"recovery:{of.id}", now, what,
                                programme=of.programme)  # fmt: skip
    number = insert_one(
        session, recovery_plan, decision_id=of.id, number=one.number, decided_on=one.decided_on,
        signer=one.signer, amount=is_open, monthly=one.monthly, first_period=one.first_period,
        income=income, share=share, joint_id=joint_id, recorded_at=now,
    )  # fmt: skip
    tell(session, now, signers, "recovery:plan:record", f"recovery:{of.id}", what.digest)
    return number


def plan_digest(one: Plan, is_open: int, income: int, share: int) -> str:
    """What the two officers confirm of a plan."""
    said = (one.decision_id, one.number, one.decided_on.isoformat(), one.signer, one.monthly)
    return digest_of(PLAN, *said, one.first_period, is_open, income, share)


def _sound(one: Plan, now: datetime) -> None:
    require_month(one.first_period)
    missing = not one.number.strip() or not one.signer.strip() or one.monthly <= 0
    if missing or one.decided_on > local_date(now):
        raise InputError(
            "Quyết định trả dần thiếu số, người ký, sai ngày hoặc sai số tiền.",
            "Nhập như ghi trên quyết định.",
        )


def _at_most(one: Plan, is_open: int, income: int, share: int) -> None:
    if one.monthly > is_open:
        raise Refused(
            f"Chỉ còn phải thu {format_vnd(is_open)}.", "Mỗi kỳ không quá số còn phải thu."
        )
    if income and one.monthly * 100 > income * share:
        raise Refused(
            f"Mỗi tháng nhiều nhất {share} % mức hưởng: {format_vnd(income * share // 100)}.",
            "Giảm số tiền mỗi kỳ.",
        )


def _known(session: Session, one: Plan) -> int | None:
    p = recovery_plan.c
    same = (p.decision_id == one.decision_id, p.number == one.number)
    return session.scalar(select(p.id).where(*same, p.decided_on == one.decided_on))


def plan_digests(session: Session) -> dict[int, str]:
    """By joint act, the digest that its plan gives now."""
    found = {}
    for row in session.execute(select(recovery_plan)):
        one = Plan(row.decision_id, row.number, row.decided_on, row.signer, row.monthly,
                   row.first_period)  # fmt: skip
        found[row.joint_id] = plan_digest(one, row.amount, row.income, row.share)
    return found
