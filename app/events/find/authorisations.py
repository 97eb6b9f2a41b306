"""Authorisations that run out: the person is asked in time, 60, 30 and 7 days before, and after."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.beneficiaries.about_tables import payee
from app.beneficiaries.tables import person
from app.events.proposals import Proposal
from app.events.states import AUTHORISATION
from app.months import month_of

WARNED = (7, 30, 60)
_EXPIRED = "expired"
_LOOKED_BACK = 366


def authorisations(session: Session, today: date) -> Iterator[Proposal]:
    """Payees in force whose paper ends soon or has ended, once for each step."""
    newest = (
        select(payee.c.person_id, func.max(payee.c.version).label("version"))
        .group_by(payee.c.person_id)
        .subquery()
    )
    rows = session.execute(
        select(payee.c.person_id, payee.c.version, payee.c.valid_until)
        .join(newest, (newest.c.person_id == payee.c.person_id)
              & (newest.c.version == payee.c.version))
        .join(person, person.c.id == payee.c.person_id)
        .where(payee.c.kind != "self", person.c.died_on.is_(None))
        .where(payee.c.valid_until <= today + timedelta(days=max(WARNED)))
        .where(payee.c.valid_until >= today - timedelta(days=_LOOKED_BACK))
        .order_by(payee.c.person_id)
    )  # fmt: skip
    for row in rows:
        yield _proposal(row.person_id, row.version, row.valid_until, today)


def _proposal(person_id: int, version: int, until: date, today: date) -> Proposal:
    days = (until - today).days
    if days < 0:
        step, words = _EXPIRED, f"Uỷ quyền nhận thay hết hạn từ ngày {until:%d/%m/%Y}."
    else:
        step = str(next(one for one in WARNED if days <= one))
        words = f"Uỷ quyền nhận thay hết hạn ngày {until:%d/%m/%Y}."
    return Proposal(
        person_id,
        AUTHORISATION,
        month_of(until),
        f"{words} Hỏi lại người hưởng và lập giấy mới.",
        on=until,
        same=f"{version}:{step}",
    )
