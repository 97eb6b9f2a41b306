"""Whom each kind of doubt is about: one SELECT of (payroll, person) a kind, set-wise.

The same SELECT counts them, gives the digest that a decision is bound to, and lists them. Each is
put together once, with parameters for what changes (`flag_scope.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from app.access.tables import officer
from app.beneficiaries.about_tables import payee
from app.beneficiaries.tables import person
from app.benefits.campaigns import AHEAD, MONTHLY, all_campaigns
from app.benefits.tables import obligation, overpayment
from app.checks.deaths import told_dead
from app.checks.told import is_paid_by_insurance
from app.doubles.held import asked_about, is_left_off
from app.months import months_between
from app.payroll.flag_accounts import ACCOUNTS, marked_as
from app.payroll.flag_scope import (
    MONTHS,
    PAST_MONTHS,
    PAYING,
    PERIOD,
    TODAY,
    UNLINED,
    Scope,
    looked_at,
)
from app.payroll.payable import died_before, is_lined, rightly_owed, who_stays_of
from app.payroll.tables import MONTH_LISTS, bridge_left, payroll, payroll_line
from app.payroll.ways import has_a_way

UNUSUAL_TIMES = 2
FETCH_ROWS = 5_000
_FEW = 5_000


class Flagged(NamedTuple):
    """A person behind a flag."""

    person_id: int
    name: str
    citizen_tail: str


Query = Select[Any]


def queries(session: Session, scope: Scope) -> tuple[Mapping[str, Query], Mapping[str, Any]]:
    """kind -> SELECT of (payroll id, person id), each once and in their order, for the kinds that
    fit these payrolls; and the values they are asked with."""
    named, values = scope.is_named, scope.values()
    found = dict(_of_lines(named))
    if scope.kind in MONTH_LISTS:
        found |= _lost(named)
    if scope.kind == "monthly":
        found |= _of_month(named)
        values["months"] = _months(session, scope.period)
        # What is owed and stands on no list is looked for once: mostly it is little, or nothing.
        ids = list(session.scalars(_unlined_ids(named), values))
        if ids:
            few = len(ids) <= _FEW
            values["unlined"] = ids if few else []
            found |= _of_unlined(named, few)
    if scope.kind == "campaign":
        found |= _of_campaign(named, scope.campaign)
    return found, values


def flagged(
    session: Session, scope: Scope, kind: str, *, first: int = 0, count: int | None = None
) -> Iterator[Flagged]:
    """The people behind one flag by name, each once, `count` of them from `first` on; none for a
    kind that is about the list."""
    asked, values = queries(session, scope)
    if kind not in asked:
        return
    ids = asked[kind].order_by(None).subquery("people")
    people = (
        select(person.c.id, person.c.name, person.c.citizen_tail)
        .where(person.c.id.in_(select(ids.c.person_id)))
        .order_by(person.c.sort_key, person.c.id)
        .offset(first)
        .limit(count)
    )
    for row in session.execute(people.execution_options(yield_per=FETCH_ROWS), values):
        yield Flagged(row.id, row.name, row.citizen_tail)


def _once(asked: Mapping[str, Query]) -> Mapping[str, Query]:
    """The same questions, each (payroll, person) once and in order."""
    people = {kind: query.subquery("flagged").c for kind, query in asked.items()}
    return {
        kind: select(of.payroll_id, of.person_id).distinct().order_by(of.payroll_id, of.person_id)
        for kind, of in people.items()
    }


def _months(session: Session, period: str) -> tuple[str, ...]:
    """Every month of which anything is owed, up to this one: named, so that an index serves."""
    first = session.scalar(select(func.min(obligation.c.period)))
    return months_between(min(first or period, period), period)


@cache
def _of_lines(named: bool) -> Mapping[str, Query]:
    """What is doubtful about lines, whatever the kind of payroll."""
    lines = (
        select(payroll.c.id.label("payroll_id"), payroll_line.c.person_id.label("person_id"))
        .join(payroll_line, payroll_line.c.payroll_id == payroll.c.id)
        .where(looked_at(named))
    )
    who = payroll_line.c.person_id
    return _once(
        {
            "deceased": lines.where(told_dead(who, PERIOD)),
            "doubted": lines.where(who.in_(asked_about())),
            **{kind: marked_as(named, kind) for kind in ACCOUNTS},
            "authorisation": lines.where(_expired()),
            "unusual_amount": _unusual(lines),
            "staff_payee": lines.join(person, person.c.id == who).join(
                officer,
                and_(officer.c.citizen_key == person.c.citizen_key, person.c.citizen_key != ""),
            ),
        }
    )


@cache
def _of_month(named: bool) -> Mapping[str, Query]:
    """What is doubtful about what a month should not owe."""
    here = _owing(named).where(obligation.c.period == PERIOD)
    return _once(
        {
            "overpaid": _overpaid(named),
            "insured": here.where(
                obligation.c.programme == "pension",
                obligation.c.component == "monthly",
                obligation.c.regular > 0,
                is_paid_by_insurance(obligation),
            ),
        }
    )


@cache
def _lost(named: bool) -> Mapping[str, Query]:
    """Whom a month's list lost without a reason."""
    lost = (
        select(payroll.c.id.label("payroll_id"), payroll_line.c.person_id.label("person_id"))
        .join(bridge_left, bridge_left.c.payroll_id == payroll.c.id)
        .join(payroll_line, payroll_line.c.id == bridge_left.c.line_id)
        .where(looked_at(named), bridge_left.c.cause == "left_missing")
    )
    return _once({"missing": lost})


@cache
def _of_unlined(named: bool, few: bool) -> Mapping[str, Query]:
    """What is doubtful about what a month's list leaves out; `few` are named by their ids."""
    unlined = _owing(named).where(obligation.c.id.in_(UNLINED)) if few else _unlined(named)
    waits = _waits()
    dead = told_dead(obligation.c.person_id, obligation.c.period)
    return _once(
        {
            "no_route": unlined.where(~died_before(), ~dead, ~waits, ~_has_a_way()),
            "told_dead": unlined.where(~died_before(), dead),
            "left_off": unlined.where(waits),
            "heirs": unlined.where(died_before()),
        }
    )


def _waits() -> ColumnElement[bool]:
    """Whether what a person is owed waits, and is not paid to the one whom his row became."""
    return and_(is_left_off(obligation.c.person_id), obligation.c.id.not_in(rightly_owed()))


def _has_a_way() -> ColumnElement[bool]:
    """Whether an obligation can be paid to its person, or to the one whom his row became."""
    return has_a_way(PAYING, func.coalesce(who_stays_of(obligation), obligation.c.person_id))


@cache
def _of_campaign(named: bool, code: str) -> Mapping[str, Query]:
    """What is doubtful about what a campaign's list leaves out."""
    owed, of = _owing(named).where(~is_lined()), all_campaigns().get(code)
    if of is not None:
        owed = owed.where(
            obligation.c.period == of.owed_for, obligation.c.component.in_(of.components)
        )
    waits = _waits()
    return _once(
        {
            "no_route_yet": owed.where(~died_before(), ~waits),
            "left_off": owed.where(waits),
        }
    )


def _owing(named: bool) -> Query:
    """Obligations with the payroll of the unit that owes them."""
    here = and_(
        payroll.c.unit_code == obligation.c.unit_code,
        payroll.c.programme == obligation.c.programme,
    )
    return (
        select(payroll.c.id.label("payroll_id"), obligation.c.person_id.label("person_id"))
        .select_from(obligation)
        .join(payroll, here)
        .where(looked_at(named))
    )


def _unlined(named: bool) -> Query:
    """What is owed for these months and stands on no list."""
    owed = (obligation.c.period.in_(MONTHS), obligation.c.component.in_(MONTHLY))
    return _owing(named).where(~is_lined(), *owed)


@cache
def _unlined_ids(named: bool) -> Query:
    return _unlined(named).with_only_columns(obligation.c.id).limit(_FEW + 1)


def _expired() -> ColumnElement[bool]:
    """Whether the paper of who takes the money for the person in the line has run out."""
    newer = payee.alias("newer")
    replaced = exists().where(
        newer.c.person_id == payee.c.person_id, newer.c.version > payee.c.version
    )
    out = select(payee.c.person_id).where(
        payee.c.kind != "self", payee.c.valid_until < TODAY, ~replaced
    )
    return payroll_line.c.person_id.in_(out)


def _unusual(lines: Query) -> Query:
    """More than twice the level, and more than twice what each of the last months brought.

    A line that is as last month's cannot be: only changed ones are looked up.
    """
    owed, past = obligation.alias("owed"), obligation.alias("past")
    most = (
        select(func.max(past.c.amount))
        .where(
            past.c.programme == owed.c.programme,
            past.c.person_id == owed.c.person_id,
            past.c.period.in_(PAST_MONTHS),
            past.c.component == owed.c.component,
        )
        .scalar_subquery()
    )
    changed = or_(payroll_line.c.cause == "rate", owed.c.arrears > 0)
    usual = func.coalesce(most, owed.c.regular)
    return lines.join(owed, owed.c.id == payroll_line.c.obligation_id).where(
        changed,
        owed.c.component.in_(MONTHLY),
        payroll_line.c.cause.not_in(("carried", "follow_up")),
        owed.c.amount > UNUSUAL_TIMES * usual,
    )


def _overpaid(named: bool) -> Query:
    """People of whom this list found that an earlier one granted too much."""
    granted = and_(
        obligation.c.programme == overpayment.c.programme,
        obligation.c.person_id == overpayment.c.person_id,
        obligation.c.component.in_(
            (overpayment.c.component, case(dict(AHEAD), value=overpayment.c.component))
        ),
        obligation.c.period == overpayment.c.month,
    )
    return (
        _owing(named)
        .join(overpayment, granted)
        .where(overpayment.c.period == PERIOD, overpayment.c.amount > 0)
    )
