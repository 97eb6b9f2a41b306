"""Opening the payrolls of a month, all paying units at once, in a fixed number of statements.

A monthly payroll holds what is newly owed and what was carried over unpaid, also from an older
system; one of differences what is owed and was not listed when the month's list was fixed; a
follow-up payroll holds returned or rejected obligations whose destination was repaired since; a
campaign payroll holds what a one-off payment owes. What no list holds yet is listed once, by
whichever of them is opened first.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from app.beneficiaries.near import staff_payees
from app.beneficiaries.tables import banned_account, destination, enrolment, person
from app.benefits.campaigns import MONTHLY, Campaign
from app.benefits.late import is_late
from app.benefits.tables import obligation
from app.checks.deaths import told_dead
from app.doubles.held import is_left_off
from app.errors import Refused
from app.months import in_words, previous
from app.payroll.states import DRAFT, VOID
from app.payroll.tables import payroll, payroll_line
from app.schedule.locking import refuse_locked
from app.takeover.lookup import taken_over
from app.units.tables import contract_route, programme
from ledger.schema import Moment, Whole, whole_sum


class _Where(NamedTuple):
    """Which payrolls are opened: their kind, month, number, and the campaign they are for."""

    kind: str
    period: str
    number: int
    campaign: str = ""


def open_monthly(session: Session, period: str, open_again: Select[Any], now: datetime) -> int:
    """Open the month's payrolls as drafts with their lines; gives how many.

    Officers who act for a unit, their wards, households and whoever shares their account stand on
    a payroll of their own, which nobody of the unit decides upon.
    `open_again` selects the obligation ids of earlier months that are owed and not on their
    way (the disbursement room knows). Called again it adds nothing. Raises Refused once the list
    of the month is locked.
    """
    refuse_locked(session, period)
    lined = is_lined()
    fresh = and_(obligation.c.period <= period, _is_regular(), ~lined)
    carried = and_(obligation.c.period < period, obligation.c.id.in_(open_again))
    which, staff = or_(fresh, carried), _is_staff(now)
    opened = _open(session, _Where("monthly", period, 1), which & ~staff, _cause(period), now)
    apart = _Where("staff", period, 1)
    return opened + _open(session, apart, which & staff, _cause(period), now)


def _is_staff(now: datetime) -> ColumnElement[bool]:
    """Whether an obligation is owed to somebody near an officer who acts for its unit."""
    return tuple_(obligation.c.person_id, obligation.c.unit_code).in_(staff_payees(now))


def open_difference(
    session: Session, period: str, unit: str, programme_code: str, number: int, now: datetime
) -> int | None:
    """Open a list of what one unit owes in a programme up to a month and no list holds yet.

    The month's own list must be fixed. Gives the payroll's id, None when there is nothing to list
    that has a way to be paid.
    """
    require_fixed(session, period, unit, programme_code)
    lined = is_lined()
    which = and_(
        obligation.c.period <= period,
        obligation.c.unit_code == unit,
        obligation.c.programme == programme_code,
        _is_regular(),
        ~taken_over(obligation),
        ~lined,
        has_a_way(),
    )
    where = _Where("difference", period, number)
    if not _open(session, where, which, literal("difference"), now):
        return None
    return session.scalar(
        select(payroll.c.id).where(
            payroll.c.kind == "difference",
            payroll.c.period == period,
            payroll.c.number == number,
            payroll.c.unit_code == unit,
            payroll.c.programme == programme_code,
        )
    )


def next_number(session: Session, kind: str, period: str) -> int:
    """The number of the next payroll of a kind in a month, whatever its unit."""
    last = session.scalar(
        select(func.max(payroll.c.number)).where(payroll.c.period == period, payroll.c.kind == kind)
    )
    return (last or 0) + 1


def require_fixed(session: Session, period: str, unit: str, programme_code: str) -> None:
    """Until the month's list is submitted, what is missing on it belongs on it. Raises Refused."""
    month = (payroll.c.kind == "monthly", payroll.c.period == period, payroll.c.state != VOID)
    rows = session.execute(
        select(payroll.c.unit_code, payroll.c.programme, payroll.c.state).where(*month)
    ).all()
    if not rows:
        raise Refused(
            f"Kỳ {in_words(period)} chưa lập bảng tháng.",
            "Lập bảng tháng trước; bảng chênh lệch chỉ trả phần còn thiếu.",
        )
    if (unit, programme_code, DRAFT) in {tuple(row) for row in rows}:
        raise Refused(
            f"Bảng tháng {in_words(period)} của đơn vị {unit} còn là bản nháp.",
            "Trình bảng tháng trước, rồi mới lập bảng chênh lệch.",
        )


def _is_regular() -> ColumnElement[bool]:
    """What monthly lists and lists of differences pay; one-off payments have their own."""
    return or_(obligation.c.component.in_(MONTHLY), is_late(obligation))


def open_campaign(session: Session, campaign: Campaign, now: datetime) -> int:
    """Open the payrolls of what a campaign owes and no list holds yet; gives how many.

    What had no way to be paid the first time stands on a further payroll once it has one.
    """
    lined = is_lined()
    which = and_(
        obligation.c.period == campaign.owed_for,
        obligation.c.component.in_(campaign.components),
        obligation.c.programme.in_(campaign.programmes),
        ~lined,
        has_a_way(),
    )
    number = next_number(session, "campaign", campaign.period)
    where = _Where("campaign", campaign.period, number, campaign.code)
    return _open(session, where, which, literal("campaign"), now)


def open_follow_up(session: Session, period: str, open_again: Select[Any], now: datetime) -> int:
    """Open follow-up payrolls for repaired obligations; gives how many."""
    which = obligation.c.id.in_(open_again)
    where = _Where("follow_up", period, next_number(session, "follow_up", period))
    return _open(session, where, which, literal("follow_up"), now)


def is_lined() -> ColumnElement[bool]:
    """Whether an obligation stands on a list that was not undone."""
    return exists().where(
        payroll_line.c.obligation_id == obligation.c.id, payroll_line.c.undone == 0
    )


def _cause(period: str) -> ColumnElement[str]:
    """Why a line stands here, against last month's list."""
    before = obligation.alias("before")
    regular = (
        select(before.c.regular)
        .where(
            before.c.programme == obligation.c.programme,
            before.c.person_id == obligation.c.person_id,
            before.c.component == obligation.c.component,
            before.c.period == previous(period),
            ~taken_over(before),
        )
        .scalar_subquery()
    )
    # As one value, so that last month is looked up once for each line.
    is_same = regular == obligation.c.regular
    against = case({True: "same", False: "rate"}, value=is_same, else_="joined")
    return case(
        (is_lined(), "carried"),
        # The older system listed it and its balance came over: it must not be accrued again.
        (taken_over(obligation), "carried"),
        else_=against,
    )


def _open(
    session: Session,
    where: _Where,
    which: ColumnElement[bool],
    cause: ColumnElement[str],
    now: datetime,
) -> int:
    which = and_(which, ~died_before(), ~told_dead(obligation.c.person_id, obligation.c.period))
    which = and_(which, ~is_left_off(obligation.c.person_id))
    _headers(session, where, which, now)
    opened = select(payroll.c.id).where(
        payroll.c.kind == where.kind,
        payroll.c.period == where.period,
        payroll.c.number == where.number,
        payroll.c.state == DRAFT,
        payroll.c.lines == 0,
    )
    ids = list(session.scalars(opened))
    if ids:
        _lines(session, where, which, cause)
        _totals(session, ids)
    return len(ids)


def _headers(session: Session, where: _Where, which: ColumnElement[bool], now: datetime) -> None:
    known = exists().where(
        payroll.c.period == where.period,
        payroll.c.kind == where.kind,
        payroll.c.number == where.number,
        payroll.c.unit_code == obligation.c.unit_code,
        payroll.c.programme == obligation.c.programme,
    )
    units = (
        select(obligation.c.unit_code, obligation.c.programme)
        .where(which, ~known)
        .distinct()
        .subquery()
    )
    rows = (
        select(
            literal(where.kind),
            literal(where.period),
            literal(where.number, Whole),
            units.c.unit_code,
            units.c.programme,
            programme.c.fund,
            literal(DRAFT),
            literal(0, Whole),
            literal(0, Whole),
            literal(now, Moment),
            literal(where.campaign),
        )
        .join(programme, programme.c.code == units.c.programme)
        .order_by(units.c.unit_code, units.c.programme)
    )
    columns = ["kind", "period", "number", "unit_code", "programme", "fund", "state"]
    columns += ["lines", "total", "opened_at", "campaign"]
    session.execute(insert(payroll).from_select(columns, rows, include_defaults=False))


def _lines(
    session: Session, where: _Where, which: ColumnElement[bool], cause: ColumnElement[str]
) -> None:
    """One line per obligation that has a usable destination and a contract for it."""
    # All that names a payroll, so that its key finds it for each obligation.
    here = and_(
        payroll.c.period == where.period,
        payroll.c.unit_code == obligation.c.unit_code,
        payroll.c.programme == obligation.c.programme,
        payroll.c.kind == where.kind,
        payroll.c.number == where.number,
        payroll.c.lines == 0,
        payroll.c.state == DRAFT,
    )
    place = func.row_number().over(
        partition_by=payroll.c.id, order_by=(person.c.sort_key, person.c.id, obligation.c.id)
    )
    rows = (
        select(
            payroll.c.id,
            place,
            obligation.c.id,
            person.c.id,
            destination.c.id,
            contract_route.c.contract_id,
            destination.c.method,
            obligation.c.amount,
            cause,
        )
        .select_from(obligation)
        .join(payroll, here)
        .join(person, person.c.id == obligation.c.person_id)
        .join(destination, destination.c.id == person.c.destination_id)
        .join(contract_route, _route())
        .where(which, ~_banned())
        .order_by(payroll.c.id, place)
    )
    columns = ["payroll_id", "line", "obligation_id", "person_id", "destination_id"]
    columns += ["contract_id", "method", "amount", "cause"]
    session.execute(insert(payroll_line).from_select(columns, rows, include_defaults=False))


def _route() -> ColumnElement[bool]:
    return and_(
        contract_route.c.unit_code == obligation.c.unit_code,
        contract_route.c.programme == obligation.c.programme,
        contract_route.c.method == destination.c.method,
        contract_route.c.bank_bin == destination.c.bank_bin,
    )


def has_a_way() -> ColumnElement[bool]:
    """Whether an obligation's person has a usable destination and a contract for it."""
    found = (
        select(person.c.id)
        .join(destination, destination.c.id == person.c.destination_id)
        .join(contract_route, contract_route.c.bank_bin == destination.c.bank_bin)
        .where(person.c.id == obligation.c.person_id, _route(), ~_banned())
        .correlate(obligation)
    )
    return found.exists()


def died_before() -> ColumnElement[bool]:
    """Arrears of a person who died are owed, and wait for an heir: a dead person is not paid."""
    return exists().where(
        enrolment.c.id == obligation.c.enrolment_id,
        enrolment.c.stop_cause == "death",
        enrolment.c.stop_period < obligation.c.period,
    )


def _banned() -> ColumnElement[bool]:
    return exists().where(
        banned_account.c.account_key == destination.c.account_key,
        destination.c.method == "account",
    )


def _totals(session: Session, ids: list[int]) -> None:
    mine = payroll_line.c.payroll_id == payroll.c.id
    session.execute(
        update(payroll)
        .where(payroll.c.id.in_(ids))
        .values(
            lines=select(func.count()).where(mine).scalar_subquery(),
            total=select(func.coalesce(whole_sum(payroll_line.c.amount), 0))
            .where(mine)
            .scalar_subquery(),
        )
    )
