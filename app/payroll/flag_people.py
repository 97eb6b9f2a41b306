"""Whom each kind of doubt is about: one SELECT of (payroll, person) a kind, set-wise.

The same SELECT counts them, gives the digest that a decision is bound to, and lists them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, or_, select
from sqlalchemy.orm import Session

from app.access.tables import officer
from app.beneficiaries.about_tables import destination_check, payee
from app.beneficiaries.kinds import MOBILE, MOBILE_MONTHLY_LIMIT
from app.beneficiaries.tables import destination, person
from app.beneficiaries.verified import is_proved, last_check
from app.benefits.campaigns import AHEAD, MONTHLY, all_campaigns
from app.benefits.tables import obligation, overpayment
from app.checks.deaths import told_dead
from app.checks.told import is_paid_by_insurance
from app.doubles.held import asked_about, is_left_off
from app.months import months_between, shift
from app.payroll.runs import died_before, has_a_way, is_lined
from app.payroll.states import VOID
from app.payroll.tables import bridge_left, payroll, payroll_line
from ledger.schema import whole_sum

CHANGED_DAYS = 30
UNUSUAL_TIMES = 2
UNUSUAL_MONTHS = 3
FETCH_ROWS = 5_000
_FEW = 5_000
_SIMILAR = ("close", "different")


class Scope(NamedTuple):
    """The payrolls that are looked at: one month and kind, narrowed by `which`, and when."""

    period: str
    kind: str
    which: ColumnElement[bool]
    now: datetime
    campaign: str = ""


class Flagged(NamedTuple):
    """A person behind a flag."""

    person_id: int
    name: str
    citizen_tail: str


Query = Select[Any]


def queries(session: Session, scope: Scope) -> Mapping[str, Query]:
    """kind -> SELECT of (payroll id, person id), for the kinds that fit these payrolls."""
    found = dict(_of_lines(scope))
    if scope.kind == "monthly":
        found |= _of_month(scope, _unlined_of_month(session, scope))
    if scope.kind == "campaign":
        owed = _unlined(scope, ())
        waits = is_left_off(obligation.c.person_id)
        found["no_route_yet"] = owed.where(~died_before(), ~waits)
        found["left_off"] = owed.where(waits)
    return found


def flagged(session: Session, scope: Scope, kind: str) -> Iterator[Flagged]:
    """The people behind one flag by name, each once; none for a kind that is about the list."""
    query = queries(session, scope).get(kind)
    if query is None:
        return
    ids = query.subquery("flagged")
    people = (
        select(person.c.id, person.c.name, person.c.citizen_tail)
        .where(person.c.id.in_(select(ids.c.person_id)))
        .order_by(person.c.sort_key, person.c.id)
    )
    for row in session.execute(people.execution_options(yield_per=FETCH_ROWS)):
        yield Flagged(row.id, row.name, row.citizen_tail)


def _months(session: Session, period: str) -> tuple[str, ...]:
    """Every month of which anything is owed, up to this one: named, so that an index serves."""
    first = session.scalar(select(func.min(obligation.c.period)))
    return months_between(min(first or period, period), period)


def _unlined_of_month(session: Session, scope: Scope) -> Query:
    """What is owed up to a month and stands on no list, looked for once: mostly it is little."""
    query = _unlined(scope, _months(session, scope.period))
    found = query.with_only_columns(obligation.c.id).limit(_FEW + 1)
    ids = list(session.scalars(found))
    if len(ids) > _FEW:
        return query
    return _owing(scope).where(obligation.c.id.in_(ids) if ids else false())


def _mine(scope: Scope) -> ColumnElement[bool]:
    of = payroll.c
    return and_(of.period == scope.period, of.kind == scope.kind, scope.which)


def _of_lines(scope: Scope) -> Mapping[str, Query]:
    """What is doubtful about lines, whatever the kind of payroll."""
    lines = (
        select(payroll.c.id.label("payroll_id"), payroll_line.c.person_id.label("person_id"))
        .join(payroll_line, payroll_line.c.payroll_id == payroll.c.id)
        .where(_mine(scope))
    )
    paid_to = lines.join(destination, destination.c.id == payroll_line.c.destination_id)
    recent = scope.now - timedelta(days=CHANGED_DAYS)
    changed = and_(destination.c.version > 1, destination.c.recorded_at >= recent)
    account = destination.c.method == "account"
    similar = and_(payroll_line.c.person_id.in_(_once_similar()), last_check().in_(_SIMILAR))
    who = payroll_line.c.person_id
    return {
        "deceased": lines.where(told_dead(who, scope.period)),
        "doubted": lines.where(who.in_(asked_about())),
        "account_changed": paid_to.where(changed),
        "account_unproven": paid_to.where(changed, account, ~func.coalesce(is_proved(), False)),
        "name_differs": paid_to.where(account, similar),
        "mobile_limit": lines.where(payroll_line.c.destination_id.in_(_above_limit(scope))),
        "authorisation": lines.where(_expired(scope.now.date())),
        "shared_account": paid_to.where(account, _is_shared()),
        "unusual_amount": _unusual(lines, scope),
        "staff_payee": lines.join(person, person.c.id == who).join(
            officer, and_(officer.c.citizen_key == person.c.citizen_key, person.c.citizen_key != "")
        ),
    }


def _once_similar() -> Any:
    """People of whom a bank once told another name: few, so that only theirs is looked up."""
    other = destination.alias("other")
    return (
        select(other.c.person_id)
        .join(destination_check, destination_check.c.destination_id == other.c.id)
        .where(destination_check.c.result.in_(_SIMILAR))
    )


def _of_month(scope: Scope, unlined: Query) -> Mapping[str, Query]:
    """What is doubtful about what a month's list leaves out, or should not owe."""
    waits = is_left_off(obligation.c.person_id)
    dead = told_dead(obligation.c.person_id, obligation.c.period)
    here = _owing(scope).where(obligation.c.period == scope.period)
    return {
        "no_route": unlined.where(~died_before(), ~dead, ~waits, ~has_a_way()),
        "told_dead": unlined.where(~died_before(), dead),
        "left_off": unlined.where(waits),
        "heirs": unlined.where(died_before()),
        "overpaid": _overpaid(scope),
        "insured": here.where(
            obligation.c.programme == "pension",
            obligation.c.component == "monthly",
            obligation.c.regular > 0,
            is_paid_by_insurance(obligation),
        ),
        "missing": (
            select(payroll.c.id.label("payroll_id"), payroll_line.c.person_id.label("person_id"))
            .join(bridge_left, bridge_left.c.payroll_id == payroll.c.id)
            .join(payroll_line, payroll_line.c.id == bridge_left.c.line_id)
            .where(_mine(scope), bridge_left.c.cause == "left_missing")
        ),
    }


def _owing(scope: Scope) -> Query:
    """Obligations with the payroll of the unit that owes them."""
    here = and_(
        payroll.c.unit_code == obligation.c.unit_code,
        payroll.c.programme == obligation.c.programme,
    )
    return (
        select(payroll.c.id.label("payroll_id"), obligation.c.person_id.label("person_id"))
        .select_from(obligation)
        .join(payroll, here)
        .where(_mine(scope))
    )


def _unlined(scope: Scope, months: Sequence[str]) -> Query:
    """What is owed for these months, or by a campaign, and stands on no list."""
    owing = _owing(scope).where(~is_lined())
    if scope.kind == "campaign":
        of = all_campaigns().get(scope.campaign)
        return (
            owing
            if of is None
            else owing.where(
                obligation.c.period == of.owed_for, obligation.c.component.in_(of.components)
            )
        )
    return owing.where(obligation.c.period.in_(months), obligation.c.component.in_(MONTHLY))


def _above_limit(scope: Scope) -> Any:
    """Destinations whose month, all lists of it together, is above what mobile money may take."""
    first_lists = (payroll.c.period == scope.period, payroll.c.kind != "follow_up")
    return (
        select(payroll_line.c.destination_id)
        .join(payroll, payroll.c.id == payroll_line.c.payroll_id)
        .join(destination, destination.c.id == payroll_line.c.destination_id)
        .where(*first_lists, payroll.c.state != VOID, destination.c.kind == MOBILE)
        .group_by(payroll_line.c.destination_id)
        .having(whole_sum(payroll_line.c.amount) > MOBILE_MONTHLY_LIMIT)
        .correlate(None)
    )


def _expired(today: date) -> ColumnElement[bool]:
    """Whether the paper of who takes the money for the person in the line has run out."""
    newer = payee.alias("newer")
    replaced = exists().where(
        newer.c.person_id == payee.c.person_id, newer.c.version > payee.c.version
    )
    out = select(payee.c.person_id).where(
        payee.c.kind != "self", payee.c.valid_until < today, ~replaced
    )
    return payroll_line.c.person_id.in_(out)


def _is_shared() -> ColumnElement[bool]:
    other, other_person = destination.alias("other"), person.alias("other_person")
    return exists().where(
        other.c.account_key == destination.c.account_key,
        other.c.person_id != destination.c.person_id,
        other.c.method == "account",
        other_person.c.destination_id == other.c.id,
    )


def _unusual(lines: Query, scope: Scope) -> Query:
    """More than twice the level, and more than twice what each of the last months brought.

    A line that is as last month's cannot be: only changed ones are looked up.
    """
    owed, past = obligation.alias("owed"), obligation.alias("past")
    months = [shift(scope.period, -number) for number in range(1, UNUSUAL_MONTHS + 1)]
    most = (
        select(func.max(past.c.amount))
        .where(
            past.c.programme == owed.c.programme,
            past.c.person_id == owed.c.person_id,
            past.c.period.in_(months),
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


def _overpaid(scope: Scope) -> Query:
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
        _owing(scope)
        .join(overpayment, granted)
        .where(overpayment.c.period == scope.period, overpayment.c.amount > 0)
    )
