"""The settlement of one month: per paying unit, fund, programme and provider.

The closing identity stands on it term by term, so that a reader can add it up by hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

from app.printing.blocks import draw_letterhead, draw_signatures
from app.printing.fonts import ITALIC
from app.printing.frames import Sheet, heading
from app.printing.tables import Column, Table
from app.printing.values import DocumentError, Letterhead, Signature, month, short_code
from ledger.money import format_number, format_vnd
from ledger.words import in_words_vi_document

_WIDTHS = 36, 345, 130


@dataclass(frozen=True, slots=True)
class ClosingTerms:
    """The terms of the closing identity, in đồng, none below zero but the balances.

    opening + funding + credits_not_ours = credited + cash_paid + advance_open
      + debited_unconfirmed + fees_and_debits_not_ours + returned_to_treasury + balance;
    balance = in_transit + suspense + unspent.
    `credited` is net of returns; `in_transit` is what the bank has not debited yet.
    """

    funding: int
    credited: int
    balance: int
    opening: int = 0
    credits_not_ours: int = 0
    cash_paid: int = 0
    advance_open: int = 0
    debited_unconfirmed: int = 0
    fees_and_debits_not_ours: int = 0
    returned_to_treasury: int = 0
    in_transit: int = 0
    suspense: int = 0
    unspent: int = 0

    @property
    def sources(self) -> int:
        """The left side."""
        return self.opening + self.funding + self.credits_not_ours

    @property
    def uses(self) -> int:
        """The right side."""
        return self.balance + sum(amount for _, amount in self.use_lines())

    @property
    def difference(self) -> int:
        """Left side less right side; 0 when the month may close."""
        return self.sources - self.uses

    @property
    def balance_difference(self) -> int:
        """The balance less its parts; 0 when the month may close."""
        return self.balance - self.in_transit - self.suspense - self.unspent

    def source_lines(self) -> list[tuple[str, int]]:
        """The left side, named."""
        return [
            ("Số dư đầu kỳ", self.opening),
            ("Kinh phí nhận từ Kho bạc", self.funding),
            ("Tiền vào không thuộc đơn vị, chờ xử lý", self.credits_not_ours),
        ]

    def use_lines(self) -> list[tuple[str, int]]:
        """The right side without the balance, named."""
        return [
            ("Đã vào tài khoản người hưởng (đã trừ tiền bị trả lại)", self.credited),
            ("Đã chi tiền mặt, có ký nhận", self.cash_paid),
            ("Tạm ứng cho tổ chức chi trả, chưa quyết toán", self.advance_open),
            ("Ngân hàng đã ghi nợ, chưa xác nhận người nhận", self.debited_unconfirmed),
            ("Phí và khoản ghi nợ không thuộc đơn vị", self.fees_and_debits_not_ours),
            ("Đã nộp trả Kho bạc", self.returned_to_treasury),
        ]

    def balance_lines(self) -> list[tuple[str, int]]:
        """What the balance consists of, named."""
        return [
            ("Đang chuyển, ngân hàng chưa ghi nợ", self.in_transit),
            ("Chờ xử lý", self.suspense),
            ("Chưa sử dụng", self.unspent),
        ]


@dataclass(frozen=True, slots=True)
class BalanceCheck:
    """The closing balance in three books, in đồng; None where a provider keeps no such book."""

    ledger: int
    bank: int | None = None
    statement: int | None = None

    @property
    def agrees(self) -> bool:
        """Whether every book that exists says the same."""
        return all(other in (None, self.ledger) for other in (self.bank, self.statement))


@dataclass(frozen=True, slots=True)
class SettlementSheet:
    """One settlement. `period` reads "2026-10"; `digest` binds the sheet to the closing."""

    letterhead: Letterhead
    fund: str
    programme: str
    provider: str
    period: str
    terms: ClosingTerms
    digest: str
    synthetic: bool
    check: BalanceCheck | None = None
    unpaid_persons: int = 0
    unpaid_amount: int = 0
    budget_code: str = ""
    signatures: tuple[Signature, ...] = ()

    @property
    def closes(self) -> bool:
        """Whether both differences are 0 and every book agrees."""
        agrees = self.check is None or self.check.agrees
        return agrees and self.terms.difference == 0 == self.terms.balance_difference


def render_settlement_sheet(settlement: SettlementSheet, out: BinaryIO) -> None:
    """Write one settlement as PDF to `out`. A difference is printed, never hidden."""
    render_settlement_sheets((settlement,), out)


def render_settlement_sheets(settlements: Iterable[SettlementSheet], out: BinaryIO) -> None:
    """Write several settlements, each from a new page on, as one PDF.

    The footer shows the code of the first; raises `DocumentError` when there is none.
    """
    sheet = None
    for settlement in settlements:
        if sheet is None:
            sheet = _open(settlement, out)
        else:
            sheet.new_page()
        _draw(sheet, settlement)
    if sheet is None:
        raise DocumentError("there is no settlement to print")
    sheet.finish()


def _open(settlement: SettlementSheet, out: BinaryIO) -> Sheet:
    return Sheet(
        out,
        title=f"Bảng quyết toán chi trả, {month(settlement.period)}",
        author=settlement.letterhead.body,
        code=short_code(settlement.digest),
        synthetic=settlement.synthetic,
        dense=True,
    )


def _draw(sheet: Sheet, settlement: SettlementSheet) -> None:
    draw_letterhead(sheet, settlement.letterhead)
    heading(sheet, "Bảng quyết toán chi trả", month(settlement.period).capitalize())
    _draw_subject(sheet, settlement)
    _draw_figures(sheet, settlement)
    _draw_verdict(sheet, settlement)
    draw_signatures(sheet, settlement.signatures)


def _draw_subject(sheet: Sheet, settlement: SettlementSheet) -> None:
    sheet.labelled("Chương trình", settlement.programme, size=11.5)
    sheet.labelled("Nguồn kinh phí", settlement.fund, size=11.5)
    sheet.labelled("Tổ chức chi trả", settlement.provider, size=11.5)
    if settlement.budget_code:
        code = settlement.budget_code
        sheet.labelled("Mã số đơn vị có quan hệ với ngân sách", code, size=11.5)
    sheet.paragraph("Đơn vị tính: đồng", font=ITALIC, size=10, align="right")
    sheet.skip(3)


def _draw_figures(sheet: Sheet, settlement: SettlementSheet) -> None:
    terms = settlement.terms
    number, label, amount = _WIDTHS
    columns = (Column("STT", number, "centre"), Column("Nội dung", label))
    table = Table(sheet, (*columns, Column("Số tiền", amount, "right")), size=10.5, close=True)
    _section(table, "A", "Nguồn", terms.sources, terms.source_lines())
    lines = [*terms.use_lines(), ("Số dư cuối kỳ", terms.balance)]
    _section(table, "B", "Sử dụng", terms.uses, lines)
    table.row(("", "Chênh lệch (A − B)", _amount(terms.difference)), bold=True)
    _section(table, "C", "Số dư cuối kỳ gồm", terms.balance, terms.balance_lines())
    parts = "Chênh lệch giữa số dư và các phần của nó"
    table.row(("", parts, _amount(terms.balance_difference)), bold=True)
    if settlement.check is not None:
        _draw_check(table, settlement.check)
    table.close()


def _draw_check(table: Table, check: BalanceCheck) -> None:
    rows = [
        ("Số dư theo sổ kế toán", check.ledger),
        ("Số dư theo sổ của ngân hàng", check.bank),
        ("Số dư cuối kỳ trên sao kê", check.statement),
    ]
    table.row(("D", "Đối chiếu số dư", ""), bold=True)
    table.rows((str(at), label, _amount(amount)) for at, (label, amount) in enumerate(rows, 1))


def _draw_verdict(sheet: Sheet, settlement: SettlementSheet) -> None:
    sheet.skip(4)
    good = settlement.closes
    verdict = "Các vế và các sổ khớp nhau." if good else "KHÔNG khớp: chưa được khóa sổ."
    sheet.labelled("Kết luận", verdict, size=11.5, bold=True)
    spent = settlement.terms.credited + settlement.terms.cash_paid
    sheet.labelled("Đã đến tay người hưởng", format_vnd(spent), size=11.5)
    sheet.labelled("Bằng chữ", in_words_vi_document(spent), size=11.5)
    persons, amount = settlement.unpaid_persons, settlement.unpaid_amount
    text = f"{format_number(persons)} người, {format_vnd(amount)}"
    sheet.labelled("Chưa chi trả được, chuyển sang kỳ sau", text, size=11.5)


def _section(
    table: Table, letter: str, label: str, total: int, lines: Iterable[tuple[str, int]]
) -> None:
    table.row((letter, label, _amount(total)), bold=True)
    table.rows((str(at), name, _amount(amount)) for at, (name, amount) in enumerate(lines, 1))


def _amount(amount: int | None) -> str:
    return "–" if amount is None else format_number(amount)
