"""How the lines of bank accounts stand, day by day: what was matched, what waits, what differs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select
from sqlalchemy.orm import Session

from app.clock import TIME_ZONE, local_date
from app.disbursement.line_tables import line_placing
from app.disbursement.settling.bank_days import day_drafts
from app.disbursement.workbench.lines import lines
from app.disbursement.workbench.proposing import waiting
from app.text import mask_account
from app.units.tables import contract
from app.units.tables import provider as provider_table
from reconciliation.closed_days import bank_day
from reconciliation.tables import bank_line, inbound_file, line_match, suspense_item

BY_HAND = "by-hand"
"""Under what name lines that officers placed are counted, beside the matcher's passes."""
DAYS_MOST = 31


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line that waits: đồng as the bank signs it, whose it is, why, for how many days, and the
    number of the proposal about it, None where there is none."""

    line: int
    kind: str
    amount: int
    owner: str
    why: str
    text: str
    age: int
    proposal: int | None


@dataclass(slots=True)
class DayStanding:
    """One account on one day. `difference` is books less statement in đồng for its cell, None
    where no statement ends on the day."""

    provider: str
    account: str
    day: date
    is_closed: bool
    lines: int = 0
    by_pass: dict[str, int] = field(default_factory=dict)
    waiting: list[Waiting] = field(default_factory=list)
    difference: int | None = None

    @property
    def shown(self) -> str:
        """The account as people may read it."""
        return f"{self.provider} {mask_account(self.account)}"


def standing(
    session: Session, now: datetime, provider: str = "", account: str = "", day: date | None = None
) -> list[DayStanding]:
    """Days of accounts by account and day: the named one, else those that are open or on which a
    line waits, at most the `DAYS_MOST` newest days. Reads only."""
    where = _chosen(provider, account, day)
    found = _days(session, where, is_named=day is not None)
    _count(session, found, where)
    _wait(session, found, where, now)
    _differ(session, found, now, provider)
    return list(found.values())


Days = dict[tuple[str, str, date], DayStanding]
Where = tuple[ColumnElement[bool], ...]


def _chosen(provider: str, account: str, day: date | None) -> Where:
    line = bank_line.c
    named = ((line.provider, provider), (line.account, account), (line.booked_on, day))
    return (line.kind == "booked", *(column == value for column, value in named if value))


def _days(session: Session, where: Where, *, is_named: bool) -> Days:
    line = bank_line.c
    closed = _closed(session)
    keys = (line.provider, line.account, line.booked_on)
    query = select(*keys, func.max(suspense_item.c.bank_line_id).label("waits"))
    query = query.outerjoin(
        suspense_item,
        (suspense_item.c.bank_line_id == line.id) & suspense_item.c.resolved_at.is_(None),
    ).where(*where)
    if not is_named and (recent := _recent(session, closed)) is not None:
        query = query.where(or_(recent, suspense_item.c.bank_line_id.is_not(None)))
    found: Days = {}
    for row in session.execute(query.group_by(*keys).order_by(*keys)):
        until = closed.get((row.provider, row.account))
        is_closed = until is not None and row.booked_on <= until
        if is_named or not is_closed or row.waits is not None:
            found[tuple(row[:3])] = DayStanding(*row[:3], is_closed)
    newest = set(sorted({day for *_, day in found})[-DAYS_MOST:])
    return {key: one for key, one in found.items() if one.day in newest}


def _closed(session: Session) -> dict[tuple[str, str], date]:
    """The last closed day of each account that has one."""
    d = bank_day.c
    query = select(d.provider, d.account, func.max(d.day)).group_by(d.provider, d.account)
    return {(row[0], row[1]): row[2] for row in session.execute(query)}


def _recent(session: Session, closed: Mapping[Any, date]) -> ColumnElement[bool] | None:
    """Lines of files that came since some account was closed last; None where one never was."""
    mine = select(contract.c.provider, contract.c.account).join(
        provider_table, provider_table.c.code == contract.c.provider
    )
    banks = mine.where(provider_table.c.holds_advance == 0)
    accounts = {(row[0], row[1]) for row in session.execute(banks)}
    if not accounts or not accounts <= closed.keys():
        return None
    began = datetime.combine(min(closed[one] for one in accounts), time(), TIME_ZONE)
    files = select(inbound_file.c.id).where(inbound_file.c.received_at >= began)
    return bank_line.c.file_id.in_(files)


def _count(session: Session, found: Days, where: Where) -> None:
    """Lines by the pass that placed them; those that wait are not among the passes."""
    line, placed, item = bank_line.c, line_placing.c, suspense_item.c
    keys = (line.provider, line.account, line.booked_on, line_match.c.pass_name)
    waits = item.bank_line_id.is_not(None) & item.resolved_at.is_(None)
    by_hand = placed.proposal_id.is_not(None)
    rows = session.execute(
        select(*keys, by_hand.label("by_hand"), waits.label("waits"), func.count().label("lines"))
        .select_from(bank_line)
        .outerjoin(line_match, line_match.c.bank_line_id == line.id)
        .outerjoin(line_placing, (placed.bank_line_id == line.id) & (placed.undone_by == 0))
        .outerjoin(suspense_item, item.bank_line_id == line.id)
        .where(*where, line.booked_on.in_({one.day for one in found.values()}))
        .group_by(*keys, by_hand, waits)
    )
    for row in rows:
        if (one := found.get(tuple(row[:3]))) is None:
            continue
        one.lines += row.lines
        if not row.waits:
            name = BY_HAND if row.by_hand else row.pass_name or ""
            one.by_pass[name] = one.by_pass.get(name, 0) + row.lines


def _wait(session: Session, found: Days, where: Where, now: datetime) -> None:
    proposed = {row.bank_line_id: row.id for row in waiting(session)}
    query = lines().where(*where, suspense_item.c.resolved_at.is_(None))
    for row in session.execute(query.order_by(bank_line.c.id)):
        if (one := found.get((row.provider, row.account, row.booked_on))) is not None:
            one.waiting.append(waiting_of(row, proposed.get(row.id), now))


def waiting_of(row: Row[Any], proposal: int | None, now: datetime) -> Waiting:
    """A line that waits, as people are told of it."""
    age = (local_date(now) - row.opened_on).days
    return Waiting(row.id, row.waits_as, row.amount, row.owner, row.why, row.remittance, age,
                   proposal)  # fmt: skip


def _differ(session: Session, found: Days, now: datetime, provider: str) -> None:
    """Books against the statement, of days on which one ends and that are not closed."""
    where = (contract.c.provider == provider,) if provider else ()
    by_day: dict[date, list[DayStanding]] = defaultdict(list)
    for one in found.values():
        if one.is_closed:
            one.difference = 0
        else:
            by_day[one.day].append(one)
    for day, mine in by_day.items():
        stated = _stated(session, day, now, where) if day <= local_date(now) else {}
        for one in mine:
            one.difference = stated.get((one.provider, one.account))


def _stated(
    session: Session, day: date, now: datetime, where: Iterable[ColumnElement[bool]]
) -> dict[tuple[str, str], int]:
    drafts = day_drafts(session, day, now, tuple(where))
    return {(one.provider, one.account): one.books - one.stated for one in drafts if one.report_id}
