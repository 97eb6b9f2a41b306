"""The sheet on which people sign for cash, hamlet by hamlet, in large letters.

A hamlet begins on a page of its own, so that whoever pays takes along just the own part. No
group stands on it: everybody who signs sees the names of the others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import BinaryIO

from app.printing.blocks import draw_signatures, foot_height
from app.printing.documents.paper_head import (
    PaperHead,
    close_paper,
    draw_amount,
    draw_payer,
    open_paper,
    paper_foot,
    require_as_approved,
    with_last,
)
from app.printing.fonts import BOLD, ITALIC
from app.printing.frames import LEADING, Sheet
from app.printing.tables import Column, Table
from app.printing.values import Signature, short_month
from ledger.money import format_number

TITLE = "Danh sách ký nhận trợ cấp bằng tiền mặt"
BY_PLACE = "Tổng hợp theo thôn, xóm, tổ"
_HINT = (
    "Người nhận kiểm đủ tiền rồi mới ký, ghi rõ họ tên; không ký được thì điểm chỉ ngón trỏ phải. "
    "Nhận thay phải có giấy tờ còn hạn."
)
_SIZE, _ROW, _AMOUNT = 12.5, 50.0, 46.0
_WITNESSES = (Signature("Người chi tiền"), Signature("Người chứng kiến"))
_COLUMNS = (
    Column("STT", 34, "centre"),
    Column("Họ và tên, năm sinh", 152),
    Column("Người nhận thay", 130),
    Column("Kỳ này", 78, "right"),
    Column("Kỳ trước chuyển sang", 82, "right"),
    Column("Tổng số tiền", 88, "right"),
    Column("Ngày nhận", 64, "centre"),
    Column("Ký nhận hoặc điểm chỉ", 130, "centre"),
)
_PLACES = (
    Column("Thôn, xóm, tổ", 420),
    Column("Số người", 120, "right"),
    Column("Số tiền", 218, "right"),
)


@dataclass(frozen=True, slots=True)
class SignRow:
    """One person who is handed the money: `place` is the hamlet as it is to be read.

    `payee` says who takes it for the person, '' when nobody does; amounts in đồng, `other` of
    earlier months.
    """

    place: str
    name: str
    born: str
    payee: str
    regular: int
    other: int = 0

    @property
    def total(self) -> int:
        """What is handed over."""
        return self.regular + self.other


@dataclass(frozen=True, slots=True)
class SignHeader:
    """What stands above and below. `persons` and `total` are of the cash lines as approved;
    `keepers` hand out the money."""

    head: PaperHead
    persons: int
    total: int
    keepers: str


@dataclass(frozen=True, slots=True)
class PlaceSum:
    """What one hamlet is handed: persons and đồng."""

    place: str
    persons: int
    regular: int
    other: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.regular + self.other


def render_sign_for(header: SignHeader, rows: Iterable[SignRow], out: BinaryIO) -> int:
    """Write the sheets of all hamlets as one PDF; gives how many people stand in it.

    `rows` may be a stream, the people of a place together; it is walked once. Raises
    DocumentError when they do not add up to what was approved.
    """
    sheet = open_paper(header.head, out, wide=True)
    sheet.labelled("Tổ chức chi trả", header.keepers, size=11)
    draw_payer(sheet, header.head)
    sums: list[PlaceSum] = []
    for place, group in groupby(rows, key=lambda row: row.place):
        if sums:
            sheet.new_page()
            _repeat_title(sheet, header.head)
        sums.append(_hamlet(sheet, place, group))
    found = sum(one.persons for one in sums), sum(one.total for one in sums)
    require_as_approved(found, (header.persons, header.total))
    _summary(sheet, header, sums)
    close_paper(sheet, header.head)
    return found[0]


def of_place(place: str, rows: Iterable[SignRow]) -> PlaceSum:
    """The sums of a hamlet's rows."""
    persons = regular = other = 0
    for row in rows:
        persons, regular, other = persons + 1, regular + row.regular, other + row.other
    return PlaceSum(place, persons, regular, other)


def subtotal(place: str) -> str:
    """What a hamlet's sum is called."""
    return f"CỘNG {place}"


def _repeat_title(sheet: Sheet, head: PaperHead) -> None:
    """On the first page of each further hamlet: whose sheet it is."""
    sheet.paragraph(head.title.upper(), font=BOLD, size=13, align="centre")
    told = f"{head.unit}; {head.programme}; {short_month(head.period)}"
    sheet.paragraph(told, font=ITALIC, size=11, align="centre")


def _hamlet(sheet: Sheet, place: str, rows: Iterable[SignRow]) -> PlaceSum:
    sheet.skip(4)
    sheet.paragraph(place, font=BOLD, size=15)
    sheet.paragraph(_HINT, font=ITALIC, size=11)
    sheet.skip(4)

    def again() -> None:
        sheet.paragraph(f"{place} (tiếp theo)", font=BOLD, size=13)
        sheet.skip(4)

    table = Table(sheet, _COLUMNS, size=_SIZE, least=_ROW, again=again)

    # The sum may take a second line; who hands out and who sees it sign beneath the last row.
    below = _SIZE * LEADING + foot_height(sheet, _WITNESSES, sealed=False)

    def drawn() -> Iterable[SignRow]:
        for number, (row, is_last) in enumerate(with_last(rows), 1):
            table.row(_cells(number, row), followed=is_last, below=below if is_last else 0)
            yield row

    sums = of_place(place, drawn())
    amounts = map(format_number, (sums.regular, sums.other, sums.total))
    name = f"{subtotal(place)}: {format_number(sums.persons)} người"
    table.row(("", name, "", *amounts, "", ""), bold=True)
    table.close()
    draw_signatures(sheet, _WITNESSES)
    return sums


def _cells(number: int, row: SignRow) -> tuple[str, ...]:
    amounts = map(format_number, (row.regular, row.other, row.total))
    return (str(number), f"{row.name}\n{row.born}", row.payee, *amounts, "", "")


def _summary(sheet: Sheet, header: SignHeader, sums: list[PlaceSum]) -> None:
    if sums:
        sheet.new_page()
    sheet.paragraph(BY_PLACE, font=BOLD, size=13)
    sheet.skip(4)
    table = Table(sheet, _PLACES, size=11, close=True)
    below = _AMOUNT + paper_foot(sheet, header.head)
    for one, is_last in with_last(sums):
        cells = one.place, format_number(one.persons), format_number(one.total)
        table.row(cells, followed=is_last, below=below if is_last else 0)
    table.row(("TỔNG CỘNG", format_number(header.persons), format_number(header.total)), bold=True)
    table.close()
    sheet.keep(below)
    sheet.skip(8)
    draw_amount(sheet, header.total)
