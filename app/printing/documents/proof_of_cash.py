"""Proof of cash of a month: one provider, one programme, books against statement, on one page.

Four columns (opening, receipts, payments, closing), so that an error in the middle of the month
cannot hide behind balances that agree. What the statement has in one month and the books in
another stands between the two; the difference that is left must be 0 in every column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from app.printing.blocks import draw_letterhead, draw_signatures
from app.printing.documents.cash_figures import CashColumns, CashFigures, CashKind
from app.printing.fonts import REGULAR
from app.printing.frames import Sheet, heading
from app.printing.tables import Column, Table
from app.printing.values import Letterhead, Signature, month, short_code
from ledger.money import format_number, format_vnd

_SIZE = 8.1


@dataclass(frozen=True, slots=True)
class ProofOfCash:
    """One proof; names as people read them, `head_position` and `head_link` of the chain."""

    letterhead: Letterhead
    provider: str
    programme: str
    fund: str
    period: str
    figures: CashFigures
    head_position: int
    head_link: str
    digest: str
    synthetic: bool
    signatures: tuple[Signature, ...] = ()


def render_proof_of_cash(proof: ProofOfCash, out: BinaryIO) -> None:
    """Write the proof as PDF to `out`: one page. A difference is printed, never hidden."""
    sheet = Sheet(
        out,
        title=f"Đối chiếu tiền, {proof.provider}, {month(proof.period)}",
        author=proof.letterhead.body,
        code=short_code(proof.digest),
        synthetic=proof.synthetic,
        dense=True,
    )
    draw_letterhead(sheet, proof.letterhead)
    heading(sheet, "Đối chiếu tiền", month(proof.period).capitalize())
    _draw_subject(sheet, proof)
    _draw_columns(sheet, proof.figures)
    _draw_kinds(sheet, proof.figures)
    _draw_parts(sheet, proof.figures)
    _draw_verdict(sheet, proof)
    draw_signatures(sheet, proof.signatures)
    sheet.finish()


def _draw_subject(sheet: Sheet, proof: ProofOfCash) -> None:
    sheet.labelled("Tổ chức chi trả", proof.provider, size=10)
    sheet.labelled("Chương trình", f"{proof.programme} ({proof.fund})", size=10)
    figures = proof.figures
    if figures.is_advance:
        scope = f"Tạm ứng theo {format_number(figures.accounts)} hợp đồng"
        basis = "giấy báo Kho bạc và danh sách đã chi của tổ chức chi trả"
    else:
        scope = f"Tiền gửi trên {format_number(figures.accounts)} tài khoản"
        basis = f"{format_number(figures.statements)} sao kê của ngân hàng"
    scope = f"{scope}; đối chiếu với {basis}; đơn vị tính: đồng"
    sheet.labelled("Phạm vi", scope, size=10)
    sheet.skip(4)


def _draw_columns(sheet: Sheet, figures: CashFigures) -> None:
    amounts = ("Số dư đầu kỳ", "Thu", "Chi", "Số dư cuối kỳ")
    columns = [Column("", 20, "centre"), Column("Đối chiếu", 131)]
    columns += [Column(name, 90, "right") for name in amounts]
    table = Table(sheet, columns, size=_SIZE, close=True)
    opening, closing = map(format_number, (figures.opening_lines, figures.closing_lines))
    rows: Sequence[tuple[str, str, CashColumns, bool]] = (
        ("1", f"Theo {figures.source}", figures.statement, False),
        ("2", f"Ghi khác kỳ, ở đầu kỳ ({opening})", figures.at_opening, False),
        ("3", f"Ghi khác kỳ, ở cuối kỳ ({closing})", figures.at_closing, False),
        ("4", "Sau điều chỉnh (1 + 2 + 3)", figures.adjusted, True),
        ("5", "Theo sổ kế toán", figures.books, True),
        ("6", "Chênh lệch (5 − 4)", figures.difference, True),
    )
    for number, label, row, bold in rows:
        table.row((number, label, *map(_amount, row.cells())), bold=bold)
    table.close()
    sheet.skip(4)


def _draw_kinds(sheet: Sheet, figures: CashFigures) -> None:
    columns = (
        *(Column("", 20, "centre"), Column("Ghi sổ trong kỳ, theo nội dung", 171)),
        Column("Số dòng", 50, "right"),
        *(
            Column(name, 90, "right")
            for name in (f"Theo {figures.source}", "Theo sổ", "Chênh lệch")
        ),
    )
    table = Table(sheet, columns, size=_SIZE, close=True)
    for letter, label, kinds in (("A", "Thu", figures.receipts), ("B", "Chi", figures.payments)):
        total = CashKind(
            label,
            sum(one.lines for one in kinds),
            sum(one.statement for one in kinds),
            sum(one.books for one in kinds),
        )
        table.row((letter, *_kind(total)), bold=True)
        table.rows((str(at), *_kind(one)) for at, one in enumerate(kinds, 1))
    table.close()
    sheet.skip(4)


def _kind(one: CashKind) -> tuple[str, ...]:
    return one.label, *map(_amount, (one.lines, one.statement, one.books, one.excess))


def _draw_parts(sheet: Sheet, figures: CashFigures) -> None:
    columns = (
        *(Column("", 20, "centre"), Column("Số dư cuối kỳ gồm", 311)),
        *(Column("Số lượng", 90, "right"), Column("Số tiền", 90, "right")),
    )
    table = Table(sheet, columns, size=_SIZE, close=True)
    lines = f"{format_number(figures.instructions.count)} lệnh"
    parked = f"{format_number(figures.suspense.count)} khoản"
    way = "Đang chuyển, chưa có báo đã chi" if figures.is_advance else "Đang chuyển, chưa ghi nợ"
    table.row(("1", way, lines, _amount(figures.in_transit)))
    unknown = "Tiền vào chưa rõ nguồn, chờ xử lý"
    table.row(("2", unknown, parked, _amount(figures.suspense.amount)))
    table.row(("3", "Chưa sử dụng", "", _amount(figures.unspent)))
    table.row(("", "Cộng", "", _amount(figures.books.closing)), bold=True)
    table.close()


def _draw_verdict(sheet: Sheet, proof: ProofOfCash) -> None:
    sheet.skip(4)
    faults = "; ".join(proof.figures.faults())
    verdict = f"KHÔNG khớp: {faults}." if faults else "Khớp: chênh lệch 0 ₫ ở cả bốn cột."
    if not faults and proof.figures.is_empty:
        verdict = f"Khớp: không có số dư và phát sinh nên không cần {proof.figures.source}."
    # Many faults take many lines, and the page must hold them.
    sheet.labelled("Kết luận", verdict, size=9 if faults else 10.5, bold=True)
    if taken_over := proof.figures.taken_over:
        note = f"Số dư đầu kỳ gồm {format_vnd(taken_over)} chuyển sang từ hệ thống cũ."
        sheet.paragraph(note, size=9)
    head = f"Sổ kế toán đến mắt xích {format_number(proof.head_position)}: {proof.head_link}"
    sheet.paragraph(head, font=REGULAR, size=8)


def _amount(amount: int) -> str:
    """Grouped, with a minus sign that is as wide as a digit."""
    return format_number(amount).replace("-", "−")
