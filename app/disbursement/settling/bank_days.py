"""Closing a day of bank accounts: books = statement of that day, and every line of it is judged.

One finance officer closes what is ready; an account whose statement has not come, or differs by a
đồng, stays open and says why. What is closed cannot change: a line, an outcome or an entry on such
a day is refused by the database, and a late fact is posted on the first open day.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    case,
    func,
    insert,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from app.access.officers import Confirmation, confirm
from app.access.roles import require_role
from app.access.tables import act
from app.access.together import Signer
from app.audit.trail import record
from app.clock import local_date
from app.disbursement.funding import cell_of
from app.disbursement.settling.statements_due import Owed, owed
from app.errors import InputError, NotFound, Refused
from app.privacy import Keyring
from app.text import mask_account
from app.units.tables import contract, provider
from ledger.balances import account_balances
from ledger.chart import Cell
from ledger.money import format_vnd
from ledger.periods import close_day, hold_writers
from ledger.schema import whole_sum
from reconciliation.closed_days import bank_day
from reconciliation.intake import unapplied
from reconciliation.lines import closing_balances, opening_balances
from reconciliation.statements import statement_of
from reconciliation.tables import bank_line, line_match

STEP = "close_day"
# As the partial index writes it.
BOOKED_LINE: ColumnElement[bool] = literal_column("bank_line.kind = 'booked'")
DAY = timedelta(days=1)
SIGNED = ("provider", "account", "day", "since", "report_id", "lines", "opening", "came", "went",
          "balance")  # fmt: skip
"""What an officer confirms of each account."""


@dataclass(frozen=True, slots=True)
class DayDraft:
    """One account's days up to `day` as they would be closed, in đồng, and what is missing.

    `stated` and `books` are those of the cell: of all its accounts together.
    """

    provider: str
    account: str
    cell: Cell
    since: date
    day: date
    report_id: int
    lines: int
    opening: int
    came: int
    went: int
    balance: int
    stated: int
    books: int
    missing: tuple[str, ...]

    @property
    def shown(self) -> str:
        """The account as people may read it."""
        return f"{self.provider} {mask_account(self.account)}"

    def values(self) -> dict[str, Any]:
        """The columns of `bank_day` that are signed for."""
        return {name: getattr(self, name) for name in SIGNED}


def days_digest(rows: Iterable[Mapping[str, Any]]) -> str:
    """What the officer confirms: SHA-256 over the closed accounts in order."""
    said = sorted("|".join(str(row[name]) for name in SIGNED) for row in rows)
    return hashlib.sha256("\n".join((STEP, *said)).encode()).hexdigest()


def day_drafts(
    session: Session, day: date, now: datetime, where: tuple[ColumnElement[bool], ...] = ()
) -> list[DayDraft]:
    """Every bank account with a statement of the day, or that should have one; reads only.

    `where` narrows the contracts. Raises InputError for a day that has not come.
    """
    if day > local_date(now):
        raise InputError(f"Ngày {day:%d/%m/%Y} chưa tới.", "Khóa ngày đã có sổ phụ.")
    rows: Any = session.execute(
        select(contract)
        .join(provider, provider.c.code == contract.c.provider)
        .where(provider.c.holds_advance == 0, *where)
        .order_by(contract.c.provider, contract.c.account)
    ).all()
    wanted: dict[tuple[str, str], list[Owed]] = defaultdict(list)
    for one in owed(session, day) if rows else ():
        wanted[one.provider, one.account].append(one)
    by_bank: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        by_bank[row.provider].append(row)
    books = {
        one.cell: -one.balance for one in account_balances(session, on=day, kinds=("bank",))
    } if rows else {}  # fmt: skip
    return [
        one
        for code, mine in by_bank.items()
        for one in _of_bank(session, code, mine, day, books, wanted)
    ]


class _Sum(NamedTuple):
    """Booked lines since the last closed day: how many, not judged yet, đồng in and out."""

    lines: int = 0
    unjudged: int = 0
    came: int = 0
    went: int = 0


def _of_bank(
    session: Session,
    code: str,
    rows: Sequence[Any],
    day: date,
    books: Mapping[Cell, int],
    wanted: Mapping[tuple[str, str], list[Owed]],
) -> Iterator[DayDraft]:
    before = _before(session, code)
    sums = _line_sums(session, code, day, before)
    told = closing_balances(session, code, day)
    first = opening_balances(session, code, date.min, day)
    waiting = unapplied(session, code)
    stated: dict[Cell, int] = defaultdict(int)
    for row in rows:
        stated[cell_of(row)] += told.get(row.account) or 0
    for row in rows:
        last = before.get(row.account)
        due = wanted.get((code, row.account), [])
        report = statement_of(session, code, row.account, day)
        if (last is not None and last.day >= day) or (report is None and not due):
            continue
        found = sums.get(row.account, _Sum())
        opening = last.balance if last else (first.get(row.account) or 0)
        balance = int(report.closing) if report else 0
        cell = cell_of(row)
        draft = DayDraft(
            code, row.account, cell, last.day + DAY if last else min(row.valid_from, day), day,
            int(report.id) if report else 0, found.lines, opening, found.came, found.went,
            balance, stated[cell], books.get(cell, 0), (),
        )  # fmt: skip
        yield replace(draft, missing=tuple(_missing(draft, found, due, waiting)))


def _missing(draft: DayDraft, found: _Sum, due: Sequence[Owed], waiting: int) -> Iterator[str]:
    yield from (one.what for one in due)
    if waiting:
        yield f"{waiting} tệp chưa ghi sổ"
    if found.unjudged:
        yield f"{found.unjudged} dòng chưa được xét"
    if not draft.report_id:
        if not due:
            yield f"chưa có sổ phụ ngày {draft.day:%d/%m/%Y}"
        return
    if lines := draft.opening + draft.came - draft.went - draft.balance:
        yield f"các dòng lệch số dư sổ phụ {format_vnd(lines)}"
    if draft.stated != draft.books:
        yield (
            f"sổ kế toán {format_vnd(draft.books)}, sổ phụ {format_vnd(draft.stated)}:"
            f" lệch {format_vnd(draft.books - draft.stated)}"
        )


def _before(session: Session, code: str) -> dict[str, Any]:
    """Each account's last closed day."""
    d, later = bank_day.c, bank_day.alias("later")
    newer = select(later.c.day).where(
        later.c.provider == d.provider, later.c.account == d.account, later.c.day > d.day
    )
    query = select(bank_day).where(d.provider == code, ~newer.exists())
    return {row.account: row for row in session.execute(query)}


def _line_sums(
    session: Session, code: str, day: date, before: Mapping[str, Any]
) -> dict[str, _Sum]:
    """Each account's booked lines after its last closed day, up to `day`.

    By the index of booked lines, and of each account those since its own last closed day alone:
    one that has not moved for long does not make all lines of the others be read again.
    """
    accounts = session.scalars(select(contract.c.account).where(contract.c.provider == code))
    since: dict[date, set[str]] = defaultdict(set)
    for account in accounts:
        since[before[account].day if account in before else date.min].add(account)
    parts = [_booked(code, sorted(mine), last, day) for last, mine in since.items()]
    rows = session.execute(union_all(*parts)) if parts else ()
    return {row[0]: _Sum(row[1], int(row[2]), int(row[3]), int(row[4])) for row in rows}


def _booked(code: str, accounts: Sequence[str], after: date, until: date) -> Select[Any]:
    """The sums of some accounts' booked lines of the days after one and up to another."""
    line = bank_line.c
    return (
        select(
            line.account,
            func.count(),
            func.sum(case((line_match.c.bank_line_id.is_(None), 1), else_=0)),
            whole_sum(case((line.amount > 0, line.amount), else_=0)),
            whole_sum(case((line.amount < 0, -line.amount), else_=0)),
        )
        .outerjoin(line_match, line_match.c.bank_line_id == line.id)
        .where(line.provider == code, line.account.in_(accounts), BOOKED_LINE)
        .where(line.booked_on > after, line.booked_on <= until)
        .group_by(line.account)
    )


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """What was closed and what stays open; without `act_id` nothing was."""

    act_id: int | None
    closed: Sequence[DayDraft]
    left: Sequence[DayDraft]


def close_days(
    session: Session,
    keyring: Keyring,
    signer: Signer,
    day: date,
    now: datetime,
    where: tuple[ColumnElement[bool], ...] = (),
) -> ClosedDays:
    """A finance officer closes the day of every account that is ready; the others stay open.

    Must run at READ COMMITTED: nobody writes meanwhile. Raises NotFound where no account has
    anything of the day, Refused where none is ready, Forbidden without the role.
    """
    require_role(session, signer.officer_id, "releaser", "", now)
    hold_writers(session, {one.cell.programme for one in day_drafts(session, day, now, where)})
    found = day_drafts(session, day, now, where)
    if not found:
        raise NotFound(
            f"Không có tài khoản nào có sổ phụ ngày {day:%d/%m/%Y} chưa khóa.",
            "Xem lại --day, --provider.",
        )
    ready = [one for one in found if not one.missing]
    left = [one for one in found if one.missing]
    if not ready:
        raise Refused(
            f"Chưa khóa được tài khoản nào của ngày {day:%d/%m/%Y}.\n" + told(left),
            "Làm đủ rồi khóa.",
        )
    rows = [one.values() for one in ready]
    digest = days_digest(rows)
    total = sum(one.balance for one in ready)
    what = Confirmation(STEP, digest, len(ready), total)
    act_id = confirm(session, keyring, *signer, now, what)
    session.execute(insert(bank_day), [{**row, "act_id": act_id, "closed_at": now} for row in rows])
    for cell in dict.fromkeys(one.cell for one in ready):
        if not any(one.cell == cell for one in left):
            close_day(session, "bank", cell, day, now)
    record(session, now, str(signer.officer_id), "recon:day:close", f"day:{day}", digest,
           after={"accounts": len(ready), "balance": total, "left": len(left)})  # fmt: skip
    return ClosedDays(act_id, ready, left)


def told(found: Iterable[DayDraft], shown: int = 5) -> str:
    """What is missing, an account a line."""
    lines = [f"{one.shown} ({one.cell.unit}, {one.cell.programme}): {'; '.join(one.missing)}"
             for one in found]  # fmt: skip
    more = [f"và {len(lines) - shown} tài khoản khác"] if len(lines) > shown else []
    return "\n".join(lines[:shown] + more)


def day_acts(session: Session) -> dict[tuple[int, int, str], str]:
    """(act, officer, step) of every day that was closed, and the digest that act must carry."""
    found: dict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    rows = session.execute(
        select(bank_day, act.c.officer_id).join(act, act.c.id == bank_day.c.act_id)
    )
    for row in rows:
        found[row.act_id, row.officer_id].append(dict(row._mapping))
    return {(*key, STEP): days_digest(mine) for key, mine in found.items()}
