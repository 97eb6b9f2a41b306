"""Doubts about where the lines of a list are paid to: what each asks of the destination.

Each destination is looked up once for all of them, and says of which it is by a sum of powers of
two.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, literal, select

from app.beneficiaries.about_tables import destination_check
from app.beneficiaries.kinds import MOBILE, MOBILE_MONTHLY_LIMIT
from app.beneficiaries.tables import destination, person
from app.beneficiaries.verified import is_proved, last_check
from app.payroll.flag_scope import PERIOD, RECENT, looked_at
from app.payroll.states import VOID
from app.payroll.tables import payroll, payroll_line
from ledger.schema import Whole, whole_sum

_SIMILAR = ("close", "different")

Query = Select[Any]

ACCOUNTS = ("account_changed", "account_unproven", "name_differs", "mobile_limit", "shared_account")
"""The kinds of doubts about where a line is paid to; each has a power of two of its own."""


@cache
def marked(named: bool) -> Query:
    """(payroll, person, marks) of lines with doubts about where they are paid to; the marks are the
    sum of the powers of two of `ACCOUNTS`."""
    lines = _marked_lines(named)
    return select(lines.c.payroll_id, lines.c.person_id, lines.c.marks).where(lines.c.marks > 0)


def marked_as(named: bool, kind: str) -> Query:
    """(payroll, person) of lines with one of `ACCOUNTS`."""
    lines = _marked_lines(named)
    is_such = lines.c.marks.op("&")(literal(1 << ACCOUNTS.index(kind), Whole)) > 0
    return select(lines.c.payroll_id, lines.c.person_id).where(is_such)


@cache
def _marked_lines(named: bool) -> Subquery:
    """Lines with what is doubtful about their destination.

    Looked up once for each line, and never joined: PostgreSQL takes the accounts that changed for
    one, and reads the list anew for each that changed in the province.
    """
    such = sum((case((what, 1 << place), else_=0) for place, what in enumerate(_of_accounts())),
               start=literal(0, Whole))  # fmt: skip
    marks = select(such).where(destination.c.id == payroll_line.c.destination_id)
    lines = select(
        payroll.c.id.label("payroll_id"),
        payroll_line.c.person_id.label("person_id"),
        marks.correlate(payroll_line).scalar_subquery().label("marks"),
    ).join(payroll_line, payroll_line.c.payroll_id == payroll.c.id)
    # The offset keeps PostgreSQL from looking twice, to choose lines and to tell their marks.
    return lines.where(looked_at(named)).offset(0).subquery("marked")


def _of_accounts() -> tuple[ColumnElement[bool], ...]:
    """What each of `ACCOUNTS` asks of a destination."""
    of = destination.c
    changed, account = and_(of.version > 1, of.recorded_at >= RECENT), of.method == "account"
    return (
        changed,
        and_(changed, account, ~func.coalesce(is_proved(), False)),
        and_(account, of.person_id.in_(_once_similar()), last_check().in_(_SIMILAR)),
        and_(of.kind == MOBILE, _above_limit()),
        and_(account, _is_shared()),
    )


def _once_similar() -> Any:
    """People of whom a bank once told another name: few, so that only theirs is looked up."""
    other = destination.alias("other")
    return (
        select(other.c.person_id)
        .join(destination_check, destination_check.c.destination_id == other.c.id)
        .where(destination_check.c.result.in_(_SIMILAR))
    )


def _above_limit() -> ColumnElement[bool]:
    """Whether the month of a destination, all lists of it together, is above what mobile money may
    take."""
    paid, of = payroll_line.alias("paid"), payroll.alias("of")
    month = (
        select(func.coalesce(whole_sum(paid.c.amount), 0))
        .join(of, of.c.id == paid.c.payroll_id)
        # By the person, who has an index: a destination is of one.
        .where(paid.c.person_id == destination.c.person_id)
        .where(paid.c.destination_id == destination.c.id)
        .where(of.c.period == PERIOD, of.c.kind != "follow_up", of.c.state != VOID)
    )
    return month.correlate(destination).scalar_subquery() > MOBILE_MONTHLY_LIMIT


def _is_shared() -> ColumnElement[bool]:
    """Whether another person is paid into a destination's account now.

    Counted, and not asked whether there is one: PostgreSQL takes the many who have no account for
    people of one account, and compares everybody on the list with everybody in the province.
    """
    other, theirs = destination.alias("other"), person.alias("theirs")
    others = (
        select(func.count())
        .select_from(other)
        .join(theirs, and_(theirs.c.id == other.c.person_id, theirs.c.destination_id == other.c.id))
        .where(
            other.c.account_key == destination.c.account_key,
            other.c.person_id != destination.c.person_id,
            other.c.method == "account",
        )
        .correlate(destination)
    )
    return others.scalar_subquery() > 0
