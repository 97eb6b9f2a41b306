"""The books of some days as one workbook: journal, accounts voucher by voucher, trial balance,
chart with the accounts of the public sector beside ours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time
from itertools import groupby
from operator import attrgetter
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from app.errors import InputError
from app.printing.spreadsheet import (
    FIRST_ROW,
    ROWS_MAX,
    SheetColumn,
    SheetWriter,
    open_workbook,
)
from app.printing.values import SYNTHETIC_NOTICE, day
from app.statements.chart_words import DIMENSIONS, ITEMS
from ledger.chart import KINDS, Kind, public_chart
from ledger.export.books import (
    PublicChart,
    Sums,
    count_postings,
    read_accounts,
    read_entries,
    read_movements,
    read_sums,
)
from ledger.export.span import Span
from ledger.money import format_number

JOURNAL = (
    *(SheetColumn("Ngày", 11), SheetColumn("Số chứng từ", 13), SheetColumn("Bút toán", 9)),
    *(SheetColumn("Diễn giải", 34), SheetColumn("Số TK", 7), SheetColumn("TK nhà nước", 9)),
    *(SheetColumn("Tên tài khoản", 28), SheetColumn("Mã chi tiết", 30)),
    *(SheetColumn("Khoản", 12), SheetColumn("Nợ", 18), SheetColumn("Có", 18)),
    SheetColumn("Nguồn", 22),
)
DETAIL = (
    *(SheetColumn("Số TK", 7), SheetColumn("TK nhà nước", 9), SheetColumn("Tên tài khoản", 28)),
    *(SheetColumn("Mã chi tiết", 30), SheetColumn("Ngày", 11), SheetColumn("Số chứng từ", 13)),
    *(SheetColumn("Diễn giải", 40), SheetColumn("Số khoản", 9)),
    *(SheetColumn("Nợ", 18), SheetColumn("Có", 18)),
    *(SheetColumn("Dư Nợ", 18), SheetColumn("Dư Có", 18)),
)
TRIAL = (
    *(SheetColumn("Số TK", 7), SheetColumn("TK nhà nước", 9), SheetColumn("Tên tài khoản", 34)),
    SheetColumn("Mã chi tiết", 34),
    *(SheetColumn("Dư Nợ đầu kỳ", 18), SheetColumn("Dư Có đầu kỳ", 18)),
    *(SheetColumn("Phát sinh Nợ", 18), SheetColumn("Phát sinh Có", 18)),
    *(SheetColumn("Dư Nợ cuối kỳ", 18), SheetColumn("Dư Có cuối kỳ", 18)),
)
CHART = (
    *(SheetColumn("Số TK", 8), SheetColumn("Tên tài khoản", 42), SheetColumn("Tên tiếng Anh", 34)),
    *(SheetColumn("TK nhà nước", 12), SheetColumn("Tên TK nhà nước", 42)),
    *(SheetColumn("Theo", 26), SheetColumn("Đã xác nhận", 12)),
    *(SheetColumn("Bên", 12), SheetColumn("Mở theo", 32), SheetColumn("Khoản", 14)),
)
_SIDES = {0: "hai bên", 1: "Có", 2: "Nợ"}


def write_books_xlsx(
    session: Session,
    out: BinaryIO,
    span: Span,
    synthetic: bool,
    public: PublicChart | None = None,
) -> int:
    """Write the workbook; gives the number of postings. The same books give the same bytes.

    Raises InputError when a sheet could not hold them. While others write to PostgreSQL, run it in
    a REPEATABLE READ transaction.
    """
    books = _Books(session, span, public or public_chart())
    postings = count_postings(session, span)
    _refuse_too_many(postings, len(books.sums))
    words = f"từ {day(span.first)} đến {day(span.last)}"
    moment = datetime.combine(span.last, time(), UTC)
    book = open_workbook(out, f"Sổ kế toán {words}", moment, streaming=True)
    notice = SYNTHETIC_NOTICE if synthetic else ""
    for name, columns, write in (
        ("Nhật ký", JOURNAL, _journal),
        ("Sổ chi tiết", DETAIL, _detail),
        ("Cân đối tài khoản", TRIAL, _trial),
        ("Tài khoản", CHART, _chart),
    ):
        write(SheetWriter(book, name, columns, title=f"{name} {words}", note=notice), books)
    book.close()
    return postings


class _Books:
    """What the four sheets are written from."""

    def __init__(self, session: Session, span: Span, public: PublicChart) -> None:
        self.session, self.span, self.public = session, span, public
        self.accounts, self.sums = read_accounts(session), read_sums(session, span)

    def named(self, account_id: int) -> tuple[str, str, str, str]:
        """Number, number in the public chart, name, codes."""
        one = self.accounts[account_id]
        kind = one.kind
        return kind.number, self.public[kind.code].number, kind.name, "/".join(one.codes)


def _refuse_too_many(postings: int, accounts: int) -> None:
    # The detailed sheet has at most a row a posting and two an account.
    if postings + 2 * accounts > ROWS_MAX - FIRST_ROW:
        raise InputError(
            f"Có {format_number(postings)} định khoản, một trang tính không chứa hết.",
            "Kết xuất từng tháng bằng --period, hoặc dùng --format csv.",
        )


def _journal(sheet: SheetWriter, books: _Books) -> None:
    """A row a posting, in the order of writing."""
    named = {number: books.named(number) for number in books.accounts}
    for header, rows in read_entries(books.session, books.span):
        facts = (header.effective_on, _voucher(header), str(header.id), header.reason)
        for row in rows:
            item = str(row.item) if row.item else ""
            amounts = (row.debit or None, row.credit or None)
            sheet.row((*facts, *named[row.account_id], item, *amounts, header.source))


def _detail(sheet: SheetWriter, books: _Books) -> None:
    """Account by account: opening, a row a voucher with the balance after it, turnover."""
    known = {one.account_id: one for one in books.sums}
    moved = read_movements(books.session, books.span)
    for number, rows in groupby(moved, key=attrgetter("account_id")):
        named, total = books.named(number), known[number]
        balance = total.opening
        opening = (None, "", "Số dư đầu kỳ", "", None, None)
        sheet.row((*named, *opening, *_sides(balance)), bold=True)
        for row in rows:
            balance += row.credit - row.debit
            facts = (row.effective_on, _voucher(row), row.reason, row.items)
            amounts = (row.debit or None, row.credit or None)
            sheet.row((*named, *facts, *amounts, *_sides(balance)))
        turnover = (None, "", "Cộng phát sinh, số dư cuối kỳ", "", total.debit, total.credit)
        sheet.row((*named, *turnover, *_sides(total.closing)), bold=True)


def _trial(sheet: SheetWriter, books: _Books) -> None:
    """A total for each kind of account, its accounts beneath it, and the total of all."""

    def kind_of(one: Sums) -> Kind:
        return books.accounts[one.account_id].kind

    ours = sorted(books.sums, key=lambda one: (kind_of(one).number, one.account_id))
    every = [0] * 6
    for kind, group in groupby(ours, key=kind_of):
        rows = [(books.named(one.account_id), _turnover(one)) for one in group]
        total = _added([row for _, row in rows])
        sheet.row((kind.number, books.public[kind.code].number, kind.name, "", *total), bold=True)
        for named, row in rows:
            sheet.row((*named, *row))
        every = _added([every, total])
    sheet.row(("", "", "Tổng cộng", "", *every), bold=True)


def _chart(sheet: SheetWriter, books: _Books) -> None:
    for kind in sorted(KINDS.values(), key=attrgetter("number")):
        there = books.public[kind.code]
        confirmed = "có" if there.confirmed else "chưa"
        place = (there.number, there.name, there.source, confirmed)
        opened = ", ".join(DIMENSIONS[one] for one in kind.dimensions)
        ours = (kind.number, kind.name, kind.name_en)
        sheet.row((*ours, *place, _SIDES[kind.guard], opened, ITEMS[kind.item]))


def _voucher(row: Any) -> str:
    """Number and budget year, e.g. 17/2026; empty until the entry is sealed."""
    return f"{row.voucher}/{row.fiscal_year}" if row.voucher else ""


def _sides(balance: int) -> tuple[int | None, int | None]:
    """A balance in the column of its side."""
    return -balance if balance < 0 else None, balance if balance > 0 else None


def _turnover(one: Sums) -> list[int]:
    """Opening, turnover and closing, each as debit and credit."""
    opening, closing = ((max(-by, 0), max(by, 0)) for by in (one.opening, one.closing))
    return [*opening, one.debit, one.credit, *closing]


def _added(rows: Sequence[Sequence[int]]) -> list[int]:
    return [sum(column) for column in zip(*rows, strict=True)]
