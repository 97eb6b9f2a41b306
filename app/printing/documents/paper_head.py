"""The head that the papers of a payroll share, on paper and above a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, BinaryIO, TypeVar

from app.printing.blocks import draw_letterhead, draw_seal, draw_signatures, foot_height
from app.printing.fonts import ITALIC
from app.printing.frames import Sheet, heading
from app.printing.spreadsheet import Cell, SheetColumn, SheetWriter
from app.printing.values import (
    SYNTHETIC_NOTICE,
    DocumentError,
    Letterhead,
    Numbered,
    Place,
    Seal,
    Signature,
    long_day,
    moment,
    month,
    short_code,
    short_month,
)
from ledger.money import format_number, format_vnd
from ledger.words import in_words_vi_document

T = TypeVar("T")
_ASK = "bằng mã tra cứu, ở trang kiểm tra văn bản của cơ quan chi trả."
NO_HAMLET = "Chưa ghi thôn, xóm, tổ"


@dataclass(frozen=True, slots=True)
class PaperHead:
    """Whose paper it is: `unit` and `budget_code` of the payer, `period` like "2026-10".

    `seal` is None for a draft, which nobody has answered for yet.
    """

    letterhead: Letterhead
    title: str
    programme: str
    fund: str
    period: str
    unit: str
    budget_code: str
    synthetic: bool
    seal: Seal | None = None
    signatures: tuple[Signature, ...] = ()

    @property
    def file_title(self) -> str:
        """The title with its month."""
        return f"{self.title}, {short_month(self.period)}"

    @property
    def note(self) -> str:
        """One line above a spreadsheet: whose it is, its code, and whether it is made up."""
        code = f"mã kiểm tra {short_code(self.seal.code)}" if self.seal else "bản nháp"
        parts = (self.letterhead.body, self.programme, short_month(self.period), code)
        return "; ".join((*parts, SYNTHETIC_NOTICE) if self.synthetic else parts)


def open_paper(head: PaperHead, out: BinaryIO, *, wide: bool) -> Sheet:
    """The first page with letterhead, title, programme and month."""
    sheet = Sheet(
        out,
        title=head.file_title,
        author=head.letterhead.body,
        code=short_code(head.seal.code) if head.seal else "",
        synthetic=head.synthetic,
        wide=wide,
    )
    draw_letterhead(sheet, head.letterhead)
    heading(sheet, head.title, head.programme, f"Kỳ chi trả: {month(head.period)}")
    return sheet


def draw_payer(sheet: Sheet, head: PaperHead) -> None:
    """The payer's fund and code, and the unit of the amounts."""
    sheet.labelled("Nguồn kinh phí", head.fund, size=11)
    if head.budget_code:
        sheet.labelled("Mã số đơn vị có quan hệ với ngân sách", head.budget_code, size=11)
    sheet.paragraph("Đơn vị tính: đồng", font=ITALIC, size=10, align="right")
    sheet.skip(3)


def draw_amount(sheet: Sheet, total: int) -> None:
    """An amount in figures and in words."""
    sheet.labelled("Tổng số tiền", format_vnd(total), bold=True)
    sheet.labelled("Bằng chữ", in_words_vi_document(total), bold=True)


def paper_foot(sheet: Sheet, head: PaperHead) -> float:
    """The points that `close_paper` needs."""
    return foot_height(sheet, head.signatures, sealed=head.seal is not None)


def close_paper(sheet: Sheet, head: PaperHead) -> tuple[Place, ...]:
    """Signatures and seal on one page; the sheet is closed. Gives where each block leaves room for
    its signature."""
    sheet.keep(paper_foot(sheet, head))
    places = draw_signatures(sheet, head.signatures)
    if head.seal is not None:
        draw_seal(sheet, head.seal)
    sheet.finish()
    return places


def with_number(head: PaperHead, numbered: Numbered) -> PaperHead:
    """The head of a paper that has a number of its own: its day, and how anyone verifies it."""
    where = f"tại {numbered.address}" if numbered.address else _ASK
    told = (
        f"Văn bản số {numbered.number}, {long_day(numbered.dated_on)}. Mã tra cứu: {numbered.code}."
        f" Kiểm tra văn bản {where}"
    )
    known = replace(head.letterhead, number=numbered.number, issued_on=numbered.dated_on)
    seal = head.seal and replace(head.seal, content=numbered.address or numbered.code, told=told)
    return replace(head, letterhead=known, seal=seal)


def require_as_approved(found: tuple[int, int], approved: tuple[int, int]) -> None:
    """Raise DocumentError when lines and đồng are not those that were approved."""
    if found != approved:
        raise DocumentError(
            f"the lines are {found[0]} persons and {found[1]} đồng, "
            f"approved were {approved[0]} and {approved[1]}"
        )


def with_last(rows: Iterable[T]) -> Iterator[tuple[T, bool]]:
    """Each row of a stream, and whether it is the last one."""
    ahead = iter(rows)
    for row in islice(ahead, 1):
        held = row
        for following in ahead:
            yield held, False
            held = following
        yield held, True


def count_and_amount(persons: int, amount: int) -> str:
    """'20 người, 12.000.000 ₫'"""
    return f"{format_number(persons)} người, {format_vnd(amount)}"


def write_facts(book: Any, head: PaperHead, more: Sequence[tuple[str, Cell]]) -> None:
    """A sheet beside the rows: what stands above and below them on paper."""
    columns = (SheetColumn("Nội dung", 42), SheetColumn("Giá trị", 90, wrap=True))
    writer = SheetWriter(book, "Xác nhận", columns, title=head.file_title, note=head.note)
    facts: list[tuple[str, Cell]] = [
        ("Cơ quan", head.letterhead.body),
        ("Mã số đơn vị có quan hệ với ngân sách", head.budget_code),
        ("Chương trình", head.programme),
        ("Nguồn kinh phí", head.fund),
        ("Kỳ chi trả", month(head.period)),
        ("Ngày", head.letterhead.issued_on),
        *more,
        *((one.role, _signed(one)) for one in head.signatures),
    ]
    if head.seal is not None:
        facts += [("Mã kiểm tra", short_code(head.seal.code)), ("Mã QR", head.seal.content)]
    for fact in facts:
        writer.row(fact)


def _signed(signature: Signature) -> str:
    if signature.signed_at is None:
        return signature.name
    return f"{signature.name}, xác nhận điện tử lúc {moment(signature.signed_at)}"
