"""The cashless rates of a month side by side, each with what it is divided by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from app.printing.blocks import draw_letterhead, draw_signatures
from app.printing.fonts import BOLD, ITALIC
from app.printing.frames import Sheet, heading
from app.printing.tables import Column, Table
from app.printing.values import Letterhead, Signature, moment, month, short_code, short_month
from ledger.money import format_number

_RATE_COLUMNS = (
    Column("Mã", 36, "centre"),
    Column("Chỉ số", 222),
    Column("Tử số", 98, "right"),
    Column("Mẫu số", 98, "right"),
    Column("Tỷ lệ", 58, "right"),
    Column("Tính đến", 84, "centre"),
    Column("Chốt số liệu", 84, "centre"),
    Column("Định nghĩa", 77, "centre"),
)
_PROOF_COLUMNS = (
    Column("Phép kiểm tra", 300),
    Column("Kết quả", 80, "centre"),
    Column("Số liệu", 377),
)


@dataclass(frozen=True, slots=True)
class RateLine:
    """One rate. `percent` is text as it is to be read ("80,75%"), empty when d is 0.

    `n` and `d` are persons or đồng; `unit` says which ("người", "đồng").
    """

    code: str
    name: str
    n: int
    d: int
    percent: str
    unit: str
    as_of: datetime
    cut_off: datetime
    definition: str


@dataclass(frozen=True, slots=True)
class ProofLine:
    """One proof: what was compared, whether it holds, the figures as text."""

    name: str
    ok: bool
    figures: str


@dataclass(frozen=True, slots=True)
class ReportPage:
    """One report. `area` is a name; `notes` are sentences printed beneath the rates."""

    letterhead: Letterhead
    area: str
    period: str
    rates: tuple[RateLine, ...]
    proofs: tuple[ProofLine, ...]
    synthetic: bool
    digest: str = ""
    notes: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()


def render_report_page(report: ReportPage, out: BinaryIO) -> None:
    """Write the report as PDF to `out`: one page for the four rates and a dozen proofs."""
    sheet = Sheet(
        out,
        title=f"Tỷ lệ chi trả không dùng tiền mặt, {short_month(report.period)}",
        author=report.letterhead.body,
        code=short_code(report.digest),
        synthetic=report.synthetic,
        wide=True,
    )
    draw_letterhead(sheet, report.letterhead)
    subtitle = f"{report.area}, {month(report.period)}"
    heading(sheet, "Tỷ lệ chi trả không dùng tiền mặt", subtitle)
    _draw_rates(sheet, report.rates)
    _draw_notes(sheet, report.notes)
    _draw_proofs(sheet, report.proofs)
    if report.signatures:
        draw_signatures(sheet, report.signatures)
    sheet.finish()


def _draw_rates(sheet: Sheet, rates: Iterable[RateLine]) -> None:
    table = Table(sheet, _RATE_COLUMNS, size=10.5, close=True)
    for rate in rates:
        figures = f"{format_number(rate.n)} {rate.unit}", f"{format_number(rate.d)} {rate.unit}"
        times = moment(rate.as_of), moment(rate.cut_off)
        percent = rate.percent or "–"
        table.row((rate.code, rate.name, *figures, percent, *times, rate.definition))
    table.close()
    sheet.skip(4)


def _draw_notes(sheet: Sheet, notes: Iterable[str]) -> None:
    for note in notes:
        sheet.paragraph(note, font=ITALIC, size=10.5)


def _draw_proofs(sheet: Sheet, proofs: Iterable[ProofLine]) -> None:
    sheet.skip(8)
    sheet.paragraph("Các phép kiểm tra", font=BOLD)
    sheet.skip(3)
    table = Table(sheet, _PROOF_COLUMNS, close=True)
    for proof in proofs:
        verdict = "Đạt" if proof.ok else "KHÔNG ĐẠT"
        table.row((proof.name, verdict, proof.figures), bold=not proof.ok)
    table.close()
