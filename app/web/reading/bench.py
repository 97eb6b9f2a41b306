"""The workbench of a bank account: its figures of a month, its lines by tab, what waits where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from app.access.viewer import Viewer
from app.disbursement.funding import cell_of
from app.disbursement.line_rules import rules
from app.disbursement.line_tables import line_decision, line_placing, line_proposal
from app.disbursement.rule_tables import line_rule
from app.units.tables import contract, paying_unit, programme, provider
from app.web.paging import Paging
from ledger.balances import account_balances
from ledger.periods import days_of
from reconciliation import matching
from reconciliation.lines import closing_balances
from reconciliation.tables import bank_line, bank_report, inbound_file, line_match, suspense_item

WAITING, AUTO, BY_HAND, LEFT_OUT = TABS = ("waiting", "auto", "by_hand", "left_out")
SIZES = {WAITING: 25, AUTO: 100, BY_HAND: 100, LEFT_OUT: 100}
"""Lines a page; those that wait carry a suggestion each."""
_NOTHING = (matching.NOTED, matching.TOLD)
_WAITS = and_(suspense_item.c.bank_line_id.is_not(None), suspense_item.c.resolved_at.is_(None))
_PLACED = line_placing.c.proposal_id.is_not(None)


def accounts_query() -> Select[Any]:
    """Every contract with an account at a bank, with the names of its place."""
    c = contract.c
    return (
        select(contract, paying_unit.c.name.label("unit_name"), paying_unit.c.sort_key,
               programme.c.name.label("programme_name"), provider.c.name.label("provider_name"))
        .join(provider, provider.c.code == c.provider)
        .join(paying_unit, paying_unit.c.code == c.unit_code)
        .join(programme, programme.c.code == c.programme)
        .where(provider.c.holds_advance == 0)
    )  # fmt: skip


def waiting_sums(session: Session) -> dict[tuple[str, str], tuple[int, int]]:
    """By (provider, account): how many lines wait, and their amounts together without signs."""
    line = bank_line.c
    query = (
        select(line.provider, line.account, func.count(), func.sum(func.abs(line.amount)))
        .join(suspense_item, suspense_item.c.bank_line_id == line.id)
        .where(suspense_item.c.resolved_at.is_(None))
        .group_by(line.provider, line.account)
    )
    return {(row[0], row[1]): (row[2], int(row[3])) for row in session.execute(query)}


def accounts(session: Session, mine: ColumnElement[bool]) -> list[Row[Any]]:
    """The bank accounts that somebody sees, by unit, programme and bank."""
    c = contract.c
    query = accounts_query().where(mine)
    return list(
        session.execute(query.order_by(paying_unit.c.sort_key, c.programme, c.provider, c.id))
    )


def account(session: Session, number: int) -> Row[Any] | None:
    """One bank account by the number of its contract."""
    return session.execute(accounts_query().where(contract.c.id == number)).one_or_none()


@dataclass(frozen=True, slots=True)
class Figures:
    """An account's month in đồng: what its statements say, what the books say on the same day of
    its cell (`accounts` of it together), None where no statement has come."""

    opening: int | None
    closing: int | None
    stated_on: date | None
    stated: int | None
    books: int | None
    accounts: int

    @property
    def difference(self) -> int | None:
        """Books less statement; must be 0."""
        if self.books is None or self.stated is None:
            return None
        return self.books - self.stated


def figures(session: Session, row: Row[Any], period: str) -> Figures:
    """The figures of an account's month."""
    first, last = days_of(period)
    r = bank_report.c
    day = func.coalesce(r.to_day, r.last_day)
    mine = (
        select(r.opening, r.closing, day.label("day"))
        .join(inbound_file, inbound_file.c.id == r.file_id)
        .where(
            inbound_file.c.state != "quarantined",
            r.provider == row.provider,
            r.account == row.account,
            r.kind == "statement",
        )
        .where(r.opening.is_not(None), r.closing.is_not(None), day.between(first, last))
    )
    earliest = session.execute(mine.order_by(day, r.id).limit(1)).one_or_none()
    newest = session.execute(mine.order_by(day.desc(), r.id.desc()).limit(1)).one_or_none()
    if earliest is None or newest is None:
        return Figures(None, None, None, None, None, 1)
    stated, count = _stated(session, row, newest)
    cell = cell_of(row)
    on = account_balances(session, on=newest.day, kinds=("bank",), cell=cell)
    books = -sum(one.balance for one in on)
    return Figures(earliest.opening, newest.closing, newest.day, stated, books, count)


def _stated(session: Session, row: Row[Any], newest: Any) -> tuple[int, int]:
    """What the statements of all accounts of the cell say on a day, and how many they are."""
    c = contract.c
    same = (c.fund == row.fund, c.programme == row.programme, c.unit_code == row.unit_code)
    query = select(c.account).where(c.provider == row.provider, *same)
    accounts = session.scalars(query).all()
    if len(accounts) == 1:
        return int(newest.closing), 1
    told = closing_balances(session, row.provider, newest.day)
    return sum(told.get(one) or 0 for one in accounts), len(accounts)


def counts(session: Session, row: Row[Any], period: str) -> dict[str, int]:
    """How many lines each tab has; what waits from before is among what waits."""
    nothing = line_match.c.verdict.in_(_NOTHING)
    tab = case((_WAITS, WAITING), (_PLACED, BY_HAND), (nothing, LEFT_OUT), else_=AUTO)
    of_month = _joined(select(tab, func.count())).where(*_of(row, period)).group_by(tab)
    found = dict.fromkeys(TABS, 0) | {one[0]: one[1] for one in session.execute(of_month)}
    found[WAITING] = (
        session.scalar(_joined(select(func.count())).where(*_of_tab(row, period, WAITING))) or 0
    )
    return found


def listed(session: Session, row: Row[Any], period: str, tab: str, paged: Paging) -> list[Row[Any]]:
    """One page of a tab, by day and number; what waits the longest stands first."""
    line = bank_line.c
    query = _joined(
        select(bank_line, line_match.c.verdict, line_match.c.pass_name, line_match.c.why,
               suspense_item.c.kind.label("waits_as"), suspense_item.c.owner,
               suspense_item.c.opened_on, suspense_item.c.why.label("waits_why"),
               line_placing.c.proposal_id)
    )  # fmt: skip
    query = query.where(*_of_tab(row, period, tab)).order_by(line.booked_on, line.id)
    return list(session.execute(query.limit(paged.size).offset(paged.offset)))


def _joined(query: Select[Any]) -> Select[Any]:
    line = bank_line.c
    return (
        query.select_from(bank_line)
        .outerjoin(line_match, line_match.c.bank_line_id == line.id)
        .outerjoin(suspense_item, suspense_item.c.bank_line_id == line.id)
        .outerjoin(line_placing, (line_placing.c.bank_line_id == line.id)
                   & (line_placing.c.undone_by == 0))
    )  # fmt: skip


def _of(row: Row[Any], period: str) -> tuple[ColumnElement[bool], ...]:
    first, last = days_of(period)
    line = bank_line.c
    return (line.provider == row.provider, line.account == row.account, line.kind == "booked",
            line.booked_on.between(first, last))  # fmt: skip


def _of_tab(row: Row[Any], period: str, tab: str) -> tuple[ColumnElement[bool], ...]:
    line, skipped = bank_line.c, line_match.c.verdict.in_(_NOTHING)
    if tab == WAITING:
        last = days_of(period)[1]
        return (line.provider == row.provider, line.account == row.account,
                line.booked_on <= last, _WAITS)  # fmt: skip
    if tab == BY_HAND:
        return (*_of(row, period), _PLACED)
    idle = (*_of(row, period), ~_WAITS, ~_PLACED)
    is_auto = or_(~skipped, line_match.c.verdict.is_(None))
    return (*idle, skipped) if tab == LEFT_OUT else (*idle, is_auto)


def proposals_of(session: Session, lines: list[int]) -> dict[int, int]:
    """The proposal that waits for a second officer, by line."""
    p = line_proposal.c
    decided = select(line_decision.c.proposal_id)
    query = select(p.bank_line_id, p.id).where(p.bank_line_id.in_(lines), p.id.not_in(decided))
    return {row[0]: row[1] for row in session.execute(query)}


def rules_of(session: Session, officer: Viewer) -> Sequence[Row[Any]]:
    """The confirmed rules that look at an account of the officer's units, also those that ended."""
    his = exists().where(
        contract.c.provider == line_rule.c.provider,
        or_(line_rule.c.account == "", contract.c.account == line_rule.c.account),
        officer.within_units(contract.c.unit_code),
    )
    return session.execute(rules().where(his)).all()
