"""What stands in the way of settling a budget year, each with its figures and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import local_date
from app.disbursement.paid import kept_in, paid_in, reported_balances
from app.disbursement.year_end.figures import CellYear, money_figures
from app.disbursement.year_end.places import place_of
from app.units.tables import programme
from ledger.chart import KINDS, Cell
from ledger.money import format_vnd
from ledger.years import unclosed_months, year_balances
from reconciliation import closing
from reconciliation.years import closed_years


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing in the way: what it is, with figures, and what to do."""

    says: str
    what_to_do: str

    def __str__(self) -> str:
        return f"{self.says} {self.what_to_do}"


def obstacles(session: Session, year: int, now: datetime) -> list[Obstacle]:
    """Everything in the way, the most basic first; empty when the year may be settled."""
    closed = closed_years(session)
    if year in closed:
        return []
    if closed and closed[-1] > year:
        return [Obstacle(f"Năm {closed[-1]} đã khoá, năm {year} đứng trước.", "Xem lại năm.")]
    if local_date(now) <= date(year, 12, 31):
        return [
            Obstacle(f"Năm ngân sách {year} chưa hết.", f"Quyết toán từ ngày 01/01/{year + 1}.")
        ]
    if not _has_balance(session, year):
        return [Obstacle(f"Sổ không có số dư nào của năm {year}.", "Xem lại năm.")]
    months = list(_open_months(session, year))
    # Cells are compared with their banks only once every month is closed: else all would differ.
    different = [] if months else list(_different(session, year))
    cells = money_figures(session, year)
    left = [one for place, cell in cells.items() for one in _left(place, cell)]
    return [*months, *different, *left]


def _has_balance(session: Session, year: int) -> bool:
    """Whether the year leaves any balance. What people are owed is millions of postings and is not
    asked for: an entry moves another account beside it, and a year's entries balance."""
    kinds = [kind for kind in KINDS if kind != "payable"]
    return any(one.balance for one in year_balances(session, year, kinds=kinds))


def _open_months(session: Session, year: int) -> Iterator[Obstacle]:
    for code, name in session.execute(
        select(programme.c.code, programme.c.name).order_by(programme.c.code)
    ):
        months = unclosed_months(session, code, year)[0]
        if months:
            shown = ", ".join(f"{one[5:]}/{one[:4]}" for one in months)
            yield Obstacle(
                f"{name} ({code}): {len(months)} tháng chưa khoá: {shown}.",
                "Đối chiếu và khoá từng tháng trước.",
            )


def _different(session: Session, year: int) -> Iterator[Obstacle]:
    """December once more: a statement that came late may say something else than its close."""
    december, last = f"{year}-12", date(year, 12, 31)
    paid, kept = paid_in(session, december), kept_in(session, december)
    cells = closing.compute(session, december, paid, reported_balances(session, last), kept)
    for place, cell in cells.items():
        if not cell.closes:
            yield Obstacle(
                f"{place_of(place)}: ngày 31/12/{year} lệch {format_vnd(cell.difference)},"
                f" so với sao kê lệch {format_vnd(cell.bank_difference)}.",
                "Đối chiếu lại ô này.",
            )


def _left(place: Cell, cell: CellYear) -> Iterator[Obstacle]:
    name = place_of(place)
    questions = (
        (cell.suspense, "{} tiền vào chưa rõ nguồn.", "Làm rõ hoặc trả lại từng khoản."),
        (cell.unexplained, "{} ghi nợ chưa rõ lý do.", "Làm rõ từng dòng sao kê."),
        (cell.unallocated, "{} ghi nợ cả lô chờ chi tiết.", "Chờ báo có từng người của lô."),
        (cell.over_carried, "{} chuyển nguồn vượt số còn lại.", "Ghi lại quyết định đúng số."),
        (
            max(0, cell.spent - cell.funding),
            "{} đã chi vượt kinh phí được cấp.",
            "Bổ sung chứng từ Kho bạc cấp tiền.",
        ),
        (
            cell.to_return,
            "{} chưa nộp trả và không có quyết định chuyển nguồn.",
            "Duyệt nộp trả, hoặc ghi quyết định chuyển nguồn.",
        ),
    )
    for amount, says, what_to_do in questions:
        if amount:
            yield Obstacle(f"{name}: {says.format(format_vnd(amount))}", what_to_do)
