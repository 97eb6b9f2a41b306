"""What follows from an answer, set-wise: deaths told, names of accounts checked, who vouches.

Only the latest look of a register has consequences: an older answer that comes late changes
nothing. Nothing of a person's own fields is changed here; an officer does that.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.orm import Session

from app.beneficiaries.about_tables import destination_check
from app.beneficiaries.history_tables import field_source
from app.checks.contracts import Contract
from app.checks.latest import is_latest
from app.checks.tables import check_asked, check_result, death_notice
from app.clock import TIME_ZONE
from app.months import month_of
from ledger.schema import Moment

# A closed account pays nobody: to the destination it is one that is not there.
_ON_ACCOUNTS = ("exact", "close", "different", "not_found", "closed")


def follow(session: Session, told: Contract, request_id: int, code: str, now: datetime) -> None:
    """Draw the consequences of a request's results; again it draws only those of new ones."""
    mine = and_(check_result.c.request_id == request_id, is_latest())
    if "dead" in told.results:
        _deaths(session, mine, now)
    if told.code == "bank_name":
        _accounts(session, mine, code)
    _vouch(session, told, mine, code)


def _deaths(session: Session, mine: ColumnElement[bool], now: datetime) -> None:
    """One notice per person and day of death, however many registers tell it how often."""
    result = check_result.c
    known = exists().where(
        death_notice.c.person_id == result.person_id,
        death_notice.c.died_on.is_not_distinct_from(result.happened_on),
    )
    month = func.substr(cast(result.happened_on, Text), 1, 7)
    told_in = month_of(now.astimezone(TIME_ZONE).date())
    last = case((result.happened_on.is_not(None), month), else_=told_in)
    rows = (
        select(result.id, result.person_id, result.happened_on, last, literal(now, Moment))
        .where(mine, result.result == "dead", ~known)
        .order_by(result.id)
    )
    columns = ["result_id", "person_id", "died_on", "last_period", "recorded_at"]
    session.execute(insert(death_notice).from_select(columns, rows, include_defaults=False))


def _accounts(session: Session, mine: ColumnElement[bool], code: str) -> None:
    """The bank's word on an account becomes a check of the destination that it was asked about.

    Whoever looked later, an officer too, is not overruled.
    """
    result, check = check_result.c, destination_check.c
    closed = result.result == "closed"
    found = case((closed, "not_found"), else_=result.result)
    words = case((closed, "Tài khoản đã đóng."), else_=result.details)
    later = exists().where(
        check.destination_id == check_asked.c.destination_id, check.checked_at >= result.checked_at
    )
    line = and_(check_asked.c.request_id == result.request_id, check_asked.c.line == result.line)
    rows = (
        select(
            check_asked.c.destination_id,
            found,
            func.trim(words + literal(f" {code}")),
            literal("bank"),
            result.checked_at,
            literal(code),
        )
        .join(check_asked, line)
        .where(mine, result.result.in_(_ON_ACCOUNTS), ~later)
        .where(check_asked.c.destination_id.is_not(None))
        .order_by(result.id)
    )
    columns = ["destination_id", "result", "evidence", "source", "checked_at", "checked_by"]
    session.execute(insert(destination_check).from_select(columns, rows, include_defaults=False))


def _vouch(session: Session, told: Contract, mine: ColumnElement[bool], code: str) -> None:
    """Who vouches for a field from now on: two statements a field, whatever the people."""
    good = and_(mine, check_result.c.result.in_(sorted(told.good)))
    for name in told.confirms:
        _renew(session, told.provenance, good, name, code)
        known = exists().where(
            field_source.c.person_id == check_result.c.person_id, field_source.c.field == name
        )
        rows = (
            select(
                check_result.c.person_id,
                literal(name),
                literal(told.provenance),
                check_result.c.checked_at,
                literal(code),
            )
            .where(good, ~known)
            .order_by(check_result.c.person_id)
        )
        columns = ["person_id", "field", "source", "confirmed_at", "reference"]
        session.execute(insert(field_source).from_select(columns, rows, include_defaults=False))


def _renew(session: Session, source: str, good: ColumnElement[bool], name: str, code: str) -> None:
    newer = and_(
        good,
        check_result.c.person_id == field_source.c.person_id,
        check_result.c.checked_at > field_source.c.confirmed_at,
    )
    looked = select(check_result.c.checked_at).where(newer).scalar_subquery()
    session.execute(
        update(field_source)
        .where(field_source.c.field == name, exists().where(newer))
        .values(source=source, confirmed_at=looked, reference=code)
    )
