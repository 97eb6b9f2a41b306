"""What several people share: an account, a payee, a phone, a decision. Set-wise, exact.

The database groups; only the groups that are too large, which are few, come up here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.beneficiaries.about_tables import destination_check, payee
from app.beneficiaries.tables import destination, enrolment, person
from app.doubles.cases import Case, on_list, runs
from app.doubles.cases import case as case_of
from app.doubles.rules import DECISION_MAX, PHONE_MAX, PHONE_TOLD_MAX, WARDS_MAX


def one_account(session: Session, period: str, today: date) -> Iterator[Case]:
    """An account that serves several people who are not in the care of one and the same person.

    Whose account the bank has confirmed goes on, else who was paid into it on an earlier day;
    those of another hand are held. Where nothing tells who came first, all are.
    """
    account = destination.c.account_key
    paid = person.join(destination, destination.c.id == person.c.destination_id)
    counts = destination.c.method == "account", on_list(period)
    shared = select(account).select_from(paid).where(*counts)
    shared = shared.group_by(account).having(func.count() > 1)
    told = _present_payee(today)
    # Of a payee whose ID nobody wrote down the name has to do.
    named = case((told.c.citizen_key == "", told.c.name), else_=told.c.citizen_key)
    hand = func.coalesce(named, person.c.citizen_key)
    query = (
        select(account.label("key"), person.c.id, person.c.area_code, hand.label("hand"),
               destination.c.recorded_at, _is_confirmed().label("is_confirmed"))
        .select_from(paid.outerjoin(told, told.c.person_id == person.c.id))
        .where(account.in_(shared), *counts)
        .order_by(account, destination.c.id)
    )  # fmt: skip
    for key, rows in _groups(session, query):
        hands = sorted({row.hand for row in rows})
        if len(hands) > 1:
            keeper = _keeper(rows)
            held = [row.id for row in rows if row.hand != keeper]
            yield _case("one_account", key, rows, held, f"{key},{hands}")


def _is_confirmed() -> ColumnElement[bool]:
    """Whether the last check of the account said that it is the person's."""
    check, later = destination_check, destination_check.alias("later")
    last = select(func.max(later.c.id)).where(later.c.destination_id == check.c.destination_id)
    mine = select(check.c.id).where(
        check.c.destination_id == destination.c.id,
        check.c.id == last.scalar_subquery(),
        check.c.result.in_(("exact", "confirmed")),
    )
    return mine.exists()


def _keeper(rows: Sequence[Any]) -> str:
    """The hand that goes on being paid, '' where nothing tells."""
    confirmed = {row.hand for row in rows if row.is_confirmed}
    if len(confirmed) == 1:
        return str(confirmed.pop())
    first = min(row.recorded_at.date() for row in rows)
    earliest = {row.hand for row in rows if row.recorded_at.date() == first}
    return str(earliest.pop()) if len(earliest) == 1 else ""


def payee_of_many(session: Session, period: str, today: date) -> Iterator[Case]:
    """One person who collects for more than a guardian may; the first wards go on."""
    told = _present_payee(today)
    wards = told.join(person, person.c.id == told.c.person_id)
    has_id = told.c.citizen_key != ""
    many = select(told.c.citizen_key).select_from(wards).where(on_list(period), has_id)
    many = many.group_by(told.c.citizen_key).having(func.count() > WARDS_MAX)
    query = (
        select(told.c.citizen_key.label("key"), person.c.id, person.c.area_code)
        .select_from(wards)
        .where(on_list(period), told.c.citizen_key.in_(many))
        .order_by(told.c.citizen_key, told.c.id)
    )
    for key, rows in _groups(session, query):
        yield _case("payee_of_many", key, rows, [row.id for row in rows[WARDS_MAX:]], key)


def one_phone(session: Session, period: str) -> Iterator[Case]:
    """A phone that more people give than a family has."""
    key = person.c.phone_key
    untold = case((person.c.phone_owner.in_(("family", "neighbour")), 0), else_=1)
    counts = key != "", on_list(period)
    too_many = or_(func.sum(untold) > PHONE_MAX, func.count() > PHONE_TOLD_MAX)
    many = select(key).where(*counts).group_by(key).having(too_many)
    query = select(key.label("key"), person.c.id, person.c.area_code)
    query = query.where(*counts, key.in_(many)).order_by(key, person.c.id)
    for phone, rows in _groups(session, query):
        yield _case("one_phone", phone, rows, (), phone)


def one_decision(session: Session, period: str) -> Iterator[Case]:
    """A decision with more names than a commune's committee looks at in a sitting."""
    paper = enrolment.c.area_code, enrolment.c.decision_number, enrolment.c.decision_on
    listed = and_(runs(enrolment, period), on_list(period))
    mine = enrolment.join(person, person.c.id == enrolment.c.person_id)
    people = func.count(enrolment.c.person_id.distinct())
    many = select(*paper).select_from(mine).where(listed).group_by(*paper)
    for area, number, day in session.execute(many.having(people > DECISION_MAX)).all():
        query = select(person.c.id, person.c.area_code).select_from(mine).distinct()
        same = zip(paper, (area, number, day), strict=True)
        rows = session.execute(query.where(listed, *(column == it for column, it in same))).all()
        key = f"{area},{number},{day}"
        yield _case("one_decision", key, rows, (), key)


def _present_payee(today: date) -> FromClause:
    """The payee in force of each person who has one: the last version, not run out."""
    later = payee.alias("later")
    last = select(func.max(later.c.version)).where(later.c.person_id == payee.c.person_id)
    in_force = or_(payee.c.valid_until.is_(None), payee.c.valid_until >= today)
    return (
        select(payee.c.id, payee.c.person_id, payee.c.citizen_key, payee.c.name)
        .where(payee.c.version == last.scalar_subquery(), payee.c.kind != "self", in_force)
        .subquery()
    )


def payee_is(keys: Any, period: str, today: date) -> Select[Any]:
    """People on the list whose payee in force has one of these IDs, with the ID's index."""
    told = _present_payee(today)
    return (
        select(person.c.id, person.c.area_code, told.c.citizen_key.label("key"))
        .join(told, told.c.person_id == person.c.id)
        .where(on_list(period), told.c.citizen_key.in_(keys))
    )


def _groups(session: Session, query: Select[Any]) -> Iterator[tuple[str, Sequence[Any]]]:
    rows = session.execute(query).all()
    for key, group in groupby(rows, key=lambda row: row.key):
        yield key, list(group)


def _case(rule: str, key: str, rows: Sequence[Any], held: Sequence[int], facts: str) -> Case:
    people = [row.id for row in rows]
    area = next((row.area_code for row in rows if row.id in held), rows[0].area_code)
    return case_of(rule, key, people, held, facts, area)
