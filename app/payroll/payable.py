"""Who an obligation is paid to, and whether it may be: its own person, or the one who stays.

What a row that was merged into another person's is still owed is that person's money. It goes to
the destination of the row that stays, and the obligation stays as it is. But one person is not paid
a month twice: where another of his rows was granted anything of the same months, in the same
family of lines, it waits (`ansinh doubles owed` lists it). Rather it waits for an officer than that
it is paid twice, so sums are not compared, but for a new rate: what that made good is no month.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import enrolment, person
from app.benefits.campaigns import AHEAD
from app.benefits.facts import merged_people
from app.benefits.groups import PROGRAMMES
from app.benefits.tables import arrears_grant, obligation
from app.checks.deaths import told_dead
from app.doubles.held import held_people, is_left_off
from app.payroll.tables import payroll_line
from app.takeover.lookup import taken_over

# Lines of these stand for each other: a person gets one of them (`benefits.lookback`).
_ALLOWANCES = ("pension", "assistance")


class Payee(NamedTuple):
    """Whom an obligation is paid to: `person` is his id; `may_be_paid` says whether it may."""

    person: ColumnElement[int]
    may_be_paid: ColumnElement[bool]


def payees(session: Session) -> Sequence[Payee]:
    """Apart, and not with an "or": the many who have one row, and the few who had more."""
    who = obligation.c.person_id
    dead = or_(died_before(), told_dead(who, obligation.c.period))
    own = Payee(who, and_(~dead, ~is_left_off(who)))
    if session.execute(merged_people().limit(1)).first() is None:
        return [own]
    # The programmes are named so that the unique index serves.
    found = and_(who.in_(merged_people()), obligation.c.programme.in_(PROGRAMMES))
    right = and_(found, obligation.c.id.in_(rightly_owed()))
    return [own, Payee(who_stays_of(obligation), right)]


def who_stays_of(owed: Any) -> ColumnElement[int]:
    """The row into which that of an obligation was merged."""
    lost = person.alias("lost_of")
    stays = select(lost.c.merged_into_id).where(lost.c.id == owed.c.person_id)
    return stays.correlate(owed).scalar_subquery()


def is_lined(owed: Any = obligation) -> ColumnElement[bool]:
    """Whether an obligation stands on a list that was not undone."""
    return exists().where(payroll_line.c.obligation_id == owed.c.id, payroll_line.c.undone == 0)


def died_before(owed: Any = obligation) -> ColumnElement[bool]:
    """Arrears of a person who died are owed, and wait for an heir: a dead person is not paid."""
    return exists().where(
        enrolment.c.id == owed.c.enrolment_id,
        enrolment.c.stop_cause == "death",
        enrolment.c.stop_period < owed.c.period,
    )


def rightly_owed() -> Select[tuple[int]]:
    """Obligations of merged rows that are for months of which no other row of the person has
    anything, where neither row is held and nobody told that the person had died."""
    owed, lost = obligation.alias("theirs"), person.alias("lost")
    return (
        select(owed.c.id)
        .join(lost, lost.c.id == owed.c.person_id)
        .where(lost.c.merged_into_id.is_not(None), owed.c.programme.in_(PROGRAMMES))
        .where(~is_held(lost), ~is_dead(owed, lost), ~is_covered(owed, lost))
        .correlate(None)
    )


def is_held(lost: Any) -> ColumnElement[bool]:
    """Whether a case holds a lost row, or the row that stays."""
    return or_(lost.c.id.in_(held_people()), lost.c.merged_into_id.in_(held_people()))


def is_dead(owed: Any, lost: Any) -> ColumnElement[bool]:
    """Whether a death before the month is known of either row."""
    stays, month = lost.c.merged_into_id, owed.c.period
    ended = enrolment.alias("ended_by_death")
    died = exists().where(
        ended.c.person_id == stays, ended.c.stop_cause == "death", ended.c.stop_period < month
    )
    told = or_(told_dead(lost.c.id, month), told_dead(stays, month))
    return or_(died_before(owed), died, told)


def is_covered(owed: Any, lost: Any) -> ColumnElement[bool]:
    """Whether another row of the same person was granted anything of what is owed to a lost one."""
    whose = person.alias("whose")
    stays = lost.c.merged_into_id
    his = and_(or_(whose.c.id == stays, whose.c.merged_into_id == stays), whose.c.id != lost.c.id)
    other = select(whose.c.id).where(his).correlate(owed, lost)
    granted = other.where(or_(_has_month(owed, lost, whose), _has_arrears(owed, whose)))
    # An older system listed the month, and may have paid it to the other row.
    listed = and_(taken_over(owed), other.where(_was_enrolled(owed, whose)).exists())
    return or_(granted.exists(), listed)


def _has_month(owed: Any, lost: Any, whose: Any) -> ColumnElement[bool]:
    """A month's own line of another row. Of two lost rows the first is paid, unless the other was
    listed: whether that came back is not asked."""
    other = obligation.alias("other")
    counts = or_(whose.c.id == lost.c.merged_into_id, other.c.id < owed.c.id, is_lined(other))
    found = select(other.c.id).where(
        other.c.programme.in_(PROGRAMMES),
        other.c.person_id == whose.c.id,
        other.c.period.between(_first_month(owed), owed.c.period),
        other.c.regular > 0,
        _family(other) == _family(owed),
        counts,
    )
    return found.correlate(owed, lost, whose).exists()


def _has_arrears(owed: Any, whose: Any) -> ColumnElement[bool]:
    """Arrears of another row. What a new rate added is none, unless it is as much as a month."""
    a = arrears_grant.alias("granted")
    found = select(a.c.id).where(
        a.c.person_id == whose.c.id,
        _is_same(a, owed),
        a.c.first_period <= owed.c.period,
        a.c.last_period >= _first_month(owed),
        or_(a.c.is_decree == 0, a.c.monthly >= owed.c.regular),
        _is_monthly(owed),
    )
    return found.correlate(owed, whose).exists()


def _was_enrolled(owed: Any, whose: Any) -> ColumnElement[bool]:
    had = enrolment.alias("had")
    found = select(had.c.id).where(
        had.c.person_id == whose.c.id,
        _is_same(had, owed),
        had.c.start_period <= owed.c.period,
        or_(had.c.stop_period.is_(None), had.c.stop_period >= _first_month(owed)),
    )
    return found.correlate(owed, whose).exists()


def _first_month(owed: Any) -> ColumnElement[str]:
    """The first month that an obligation is for: of its arrears, else its own."""
    a = arrears_grant.alias("own_arrears")
    first = select(func.min(a.c.first_period)).where(
        a.c.person_id == owed.c.person_id,
        a.c.programme == owed.c.programme,
        a.c.period >= owed.c.period,
        a.c.first_period < owed.c.period,
    )
    earlier = func.coalesce(first.correlate(owed).scalar_subquery(), owed.c.period)
    return case((owed.c.arrears > 0, earlier), else_=owed.c.period)


def _is_same(one: Any, other: Any) -> ColumnElement[bool]:
    """Programmes of which a person gets one line."""
    both = and_(one.c.programme.in_(_ALLOWANCES), other.c.programme.in_(_ALLOWANCES))
    return or_(one.c.programme == other.c.programme, both)


def _is_monthly(owed: Any) -> ColumnElement[bool]:
    return or_(_stands_for(owed, "monthly"), _stands_for(owed, "carer"))


def _family(owed: Any) -> ColumnElement[str]:
    """What lines that stand for each other share: a gift is given once, by whatever programme."""
    programme = owed.c.programme
    allowance = and_(programme.in_(_ALLOWANCES), _stands_for(owed, "monthly"))
    return case(
        (allowance, "allowance"),
        (_stands_for(owed, "monthly"), programme + ":monthly"),
        (_stands_for(owed, "carer"), programme + ":carer"),
        else_=owed.c.component,
    )


def _stands_for(owed: Any, component: str) -> ColumnElement[bool]:
    """Of the month itself, paid ahead, or owed between two lists."""
    named = owed.c.component
    return or_(named.in_((component, AHEAD[component])), named.like(f"difference:%:{component}"))
