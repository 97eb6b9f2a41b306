"""Opening the payrolls of a month, all paying units at once, in a fixed number of statements.

A monthly payroll holds what is newly owed and what was carried over unpaid, also from an older
system; one of differences what is owed and was not listed when the month's list was fixed; a
follow-up payroll holds returned or rejected obligations whose destination was repaired since, and
those that never came to the provider; a campaign payroll holds what a one-off payment owes. What no
list holds yet is listed once, by whichever of them is opened first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Subquery,
    and_,
    case,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    tuple_,
    union,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from app.beneficiaries.near import staff_payees
from app.beneficiaries.tables import destination, person
from app.benefits.campaigns import MONTHLY, Campaign
from app.benefits.late import is_late
from app.benefits.tables import obligation
from app.errors import Refused
from app.months import in_words, previous
from app.payroll.payable import Payee, is_lined, payees
from app.payroll.states import DRAFT, VOID
from app.payroll.tables import MONTH_LISTS, payroll, payroll_line
from app.payroll.ways import has_a_way, paying_day, route_of, usable
from app.schedule.locking import refuse_locked
from app.takeover.lookup import taken_over
from app.units.lookup import in_force
from app.units.tables import contract, contract_route, programme
from ledger.bulk import refresh_statistics
from ledger.schema import Moment, Whole, whole_sum


class _Where(NamedTuple):
    """Which payrolls are opened: their month, number, the day whose contracts count, and the
    campaign they are for."""

    period: str
    number: int
    on: date
    campaign: str = ""


class _Part(NamedTuple):
    """What belongs on lists of one kind: which obligations, and whom they are paid to.

    `lined` is 1 for what an earlier list holds: its expense is in the books already.
    """

    which: ColumnElement[bool]
    kind: str
    payee: Payee
    lined: ColumnElement[int] = literal(0, Whole)


def open_monthly(session: Session, period: str, open_again: Select[Any], now: datetime) -> int:
    """Open the month's payrolls as drafts with their lines; gives how many.

    Officers who act for a unit, their wards, households and whoever shares their account stand on
    a payroll of their own, which nobody of the unit decides upon.
    `open_again` selects the obligation ids of earlier months that are owed and not on their
    way (the disbursement room knows). Called again it adds nothing. Raises Refused once the list
    of the month is locked.
    """
    refuse_locked(session, period)
    fresh = and_(_is_regular(), ~is_lined())
    new = _first_of(_never_listed(period))
    old = and_(obligation.c.period < period, _first_of(open_again), ~fresh)
    # Apart, and not with an "or": so the few are found by what they are, and the many as a set.
    near = _near_staff(session, now)
    parts = [
        part
        for payee in payees(session)
        for kind, mine in _month_kinds(payee.person, near)
        for part in (
            _Part(and_(new, mine), kind, payee),
            _Part(and_(old, mine), kind, payee, case((is_lined(), 1), else_=0)),
        )
    ]
    return _open(session, _Where(period, 1, paying_day(period, now)), parts, now)


def _first_of(few: Select[tuple[int]]) -> ColumnElement[bool]:
    """Whether an obligation is one of these, which are found before anything is looked up for any:
    few of all that was ever owed. The offset keeps PostgreSQL from asking of each."""
    return obligation.c.id.in_(few.offset(0))


def _never_listed(period: str) -> Select[tuple[int]]:
    """What a month's list is made of."""
    owed = obligation.alias("never_listed")
    fresh = (owed.c.period <= period, _is_regular(owed), ~is_lined(owed))
    return select(owed.c.id).where(*fresh)


def _near_staff(session: Session, now: datetime) -> CompoundSelect[Any] | None:
    """(person_id, unit_code) of payees near an officer who acts for the unit; None for nobody."""
    near = staff_payees(now)
    return near if session.execute(near.limit(1)).first() else None


def _month_kinds(
    payee: ColumnElement[int], near: CompoundSelect[Any] | None
) -> Sequence[tuple[str, ColumnElement[bool]]]:
    """The kinds of a month's lists, and whose obligations stand on them."""
    if near is None:
        return [("monthly", true())]
    staff = tuple_(payee, obligation.c.unit_code).in_(near)
    return [("monthly", ~staff), ("staff", staff)]


def open_difference(
    session: Session, period: str, unit: str, programme_code: str, number: int, now: datetime
) -> int | None:
    """Open a list of what one unit owes in a programme up to a month and no list holds yet.

    The month's own list must be fixed. Gives the payroll's id, None when there is nothing to list
    that has a way to be paid.
    """
    require_fixed(session, period, unit, programme_code)
    which = and_(
        obligation.c.period <= period,
        obligation.c.unit_code == unit,
        obligation.c.programme == programme_code,
        _is_regular(),
        ~taken_over(obligation),
        ~is_lined(),
    )
    where = _Where(period, number, paying_day(period, now))
    if not _open(session, where, _with_a_way(session, which, "difference", where.on), now):
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


def _is_regular(owed: Any = obligation) -> ColumnElement[bool]:
    """What monthly lists and lists of differences pay; one-off payments have their own."""
    return or_(owed.c.component.in_(MONTHLY), is_late(owed))


def open_campaign(session: Session, campaign: Campaign, now: datetime) -> int:
    """Open the payrolls of what a campaign owes and no list holds yet; gives how many.

    What had no way to be paid the first time stands on a further payroll once it has one.
    """
    which = and_(
        obligation.c.period == campaign.owed_for,
        obligation.c.component.in_(campaign.components),
        obligation.c.programme.in_(campaign.programmes),
        ~is_lined(),
    )
    number = next_number(session, "campaign", campaign.period)
    where = _Where(campaign.period, number, paying_day(campaign.period, now), campaign.code)
    return _open(session, where, _with_a_way(session, which, "campaign", where.on), now)


def open_follow_up(session: Session, period: str, open_again: Select[Any], now: datetime) -> int:
    """Open follow-up payrolls for obligations that can be tried anew; gives how many."""
    which = _first_of(open_again)
    where = _Where(period, next_number(session, "follow_up", period), paying_day(period, now))
    return _open(session, where, _with_a_way(session, which, "follow_up", where.on), now)


def _with_a_way(
    session: Session, which: ColumnElement[bool], kind: str, on: date
) -> Sequence[_Part]:
    """What has a way to be paid, only."""
    return [
        _Part(and_(which, has_a_way(on, payee.person)), kind, payee) for payee in payees(session)
    ]


def _cause(owed: Subquery, kind: str) -> ColumnElement[str]:
    """Why a line stands on a list: on a month's, against what was owed the month before."""
    if kind not in MONTH_LISTS:
        return literal(kind)
    # As one value, so that it is compared once for each line.
    is_same = _BEFORE.c.regular == owed.c.regular
    against = case({True: "same", False: "rate"}, value=is_same, else_="joined")
    # What the older system listed came over with its balance: it must not be accrued again.
    return case((or_(owed.c.lined == 1, taken_over(owed)), "carried"), else_=against)


def _open(session: Session, where: _Where, parts: Sequence[_Part], now: datetime) -> int:
    _headers(session, where, parts, now)
    # So that PostgreSQL plans for as many payrolls as these are, and not for last month's. Its
    # own daemon never looks at contracts, they are too few; not knowing them it compares every
    # account with everything that is owed.
    refresh_statistics(session, payroll, contract, contract_route)
    kinds = sorted({part.kind for part in parts})
    ids = list(session.scalars(select(payroll.c.id).where(_is_opened(where, kinds))))
    if ids:
        _lines(session, where, parts)
        _totals(session, ids)
    return len(ids)


def _is_opened(where: _Where, kinds: Sequence[str]) -> ColumnElement[bool]:
    """Payrolls that `_headers` made, and that have no lines yet."""
    return and_(
        payroll.c.period == where.period,
        payroll.c.kind.in_(kinds),
        payroll.c.number == where.number,
        payroll.c.state == DRAFT,
        payroll.c.lines == 0,
    )


def _headers(session: Session, where: _Where, parts: Sequence[_Part], now: datetime) -> None:
    units = union(
        *(
            select(literal(part.kind).label("kind"), obligation.c.unit_code, obligation.c.programme)
            .where(part.which, part.payee.may_be_paid)
            .distinct()
            for part in parts
        )
    ).subquery()
    known = exists().where(
        payroll.c.period == where.period,
        payroll.c.kind == units.c.kind,
        payroll.c.number == where.number,
        payroll.c.unit_code == units.c.unit_code,
        payroll.c.programme == units.c.programme,
    )
    rows = (
        select(
            units.c.kind,
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
        .where(~known)
        .order_by(units.c.kind, units.c.unit_code, units.c.programme)
    )
    columns = ["kind", "period", "number", "unit_code", "programme", "fund", "state"]
    columns += ["lines", "total", "opened_at", "campaign"]
    session.execute(insert(payroll).from_select(columns, rows, include_defaults=False))


def _lines(session: Session, where: _Where, parts: Sequence[_Part]) -> None:
    """One line per obligation that has a usable destination and a contract for it."""
    found = union_all(*(_found(where, part) for part in parts)).subquery()
    row = found.c
    place = func.row_number().over(
        partition_by=row.payroll_id, order_by=(row.sort_key, row.person_id, row.obligation_id)
    )
    columns = ["payroll_id", "obligation_id", "person_id", "destination_id"]
    columns += ["contract_id", "method", "amount", "cause"]
    rows = select(place.label("line"), *(row[name] for name in columns)).order_by(
        row.payroll_id, "line"
    )
    into = insert(payroll_line).from_select(["line", *columns], rows, include_defaults=False)
    session.execute(into)


def _found(where: _Where, part: _Part) -> Select[Any]:
    """The lines of one part, not numbered yet, with what they are sorted by."""
    owed = _owed(where, part)
    return (
        select(
            owed.c.payroll_id,
            owed.c.id.label("obligation_id"),
            person.c.id.label("person_id"),
            person.c.sort_key,
            destination.c.id.label("destination_id"),
            contract_route.c.contract_id,
            destination.c.method,
            owed.c.amount,
            _cause(owed, part.kind).label("cause"),
        )
        .select_from(owed)
        .join(person, person.c.id == owed.c.payee_id)
        .join(destination, destination.c.id == person.c.destination_id)
        .join(contract_route, route_of(owed))
        .join(contract, and_(contract.c.id == contract_route.c.contract_id, in_force(where.on)))
        .outerjoin(_BEFORE, _last_month(owed, where.period))
        .where(owed.c.payroll_id.is_not(None), usable(where.on))
    )


def _owed(where: _Where, part: _Part) -> Subquery:
    """What is owed and the list that it stands on, found before anything is looked up for it: the
    offset keeps PostgreSQL from joining every month that was ever listed first, and the list is
    looked up, or everything that is owed would be compared with every list."""
    of = select(payroll.c.id).where(
        _is_opened(where, [part.kind]),
        payroll.c.unit_code == obligation.c.unit_code,
        payroll.c.programme == obligation.c.programme,
    )
    told = (
        of.correlate(obligation).scalar_subquery().label("payroll_id"),
        part.lined.label("lined"),
        part.payee.person.label("payee_id"),
    )
    which = and_(part.which, part.payee.may_be_paid)
    return select(obligation, *told).where(which).offset(0).subquery("owed")


_BEFORE = obligation.alias("before")


def _last_month(owed: Subquery, period: str) -> ColumnElement[bool]:
    """The same thing owed to the same person for the month before, by our own list."""
    return and_(
        _BEFORE.c.programme == owed.c.programme,
        _BEFORE.c.person_id == owed.c.person_id,
        _BEFORE.c.component == owed.c.component,
        _BEFORE.c.period == previous(period),
        ~taken_over(_BEFORE),
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
