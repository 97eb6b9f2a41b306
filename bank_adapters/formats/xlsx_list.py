"""Excel lists: the list we hand to a provider and the paid and unpaid lists it hands back.

The layouts are declarative (`ListLayout`, `AnswerLayout`): a heading row and the field under
each heading, so a provider with other headings needs another layout, not other code. Names
keep their accents here: people read these lists.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from io import BytesIO
from typing import BinaryIO

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook

from bank_adapters.contract import (
    BankLine,
    BankReport,
    LineKind,
    Method,
    OutboundBatch,
    PaymentInstruction,
    ReportKind,
)
from bank_adapters.errors import Refused, Unreadable
from bank_adapters.formats import zips
from bank_adapters.formats.amounts import exponent

MAX_ROWS = 1_000_000
METHOD_WORDS = {Method.ACCOUNT: "Tài khoản", Method.CASH: "Tiền mặt"}
_METHODS = {word.casefold(): method for method, word in METHOD_WORDS.items()}
Cell = object
Row = list[Cell]


@dataclass(frozen=True, slots=True)
class ListLayout:
    """Our outbound list: labels in A1..A6, headings in `heading_row`, data below it."""

    sheet: str = "DS"
    labels: tuple[str, ...] = (
        "Mã lô",
        "Tài khoản nguồn",
        "Ngày chi",
        "Số dòng",
        "Tổng số tiền",
        "Đơn vị",
    )
    headings: tuple[str, ...] = (
        "STT",
        "Mã tham chiếu",
        "Họ và tên",
        "Số tài khoản",
        "Mã ngân hàng",
        "Hình thức",
        "Nơi chi",
        "Số tiền",
        "Nội dung",
    )
    heading_row: int = 8


@dataclass(frozen=True, slots=True)
class AnswerLayout:
    """The provider's answer: two sheets of one shape."""

    paid: str = "Đã chi"
    unpaid: str = "Chưa chi"
    unspent_label: str = "Số tiền chưa chi"
    headings: tuple[str, ...] = (
        "STT",
        "Mã tham chiếu",
        "Họ và tên",
        "Số tiền",
        "Hình thức",
        "Kết quả",
        "Mã lỗi",
        "Ngày chi",
        "Chứng từ",
    )
    heading_row: int = 8


LIST = ListLayout()
ANSWER = AnswerLayout()
_WIDTHS = (6, 20, 32, 20, 12, 12, 28, 14, 40)


def nfc(text: str) -> str:
    """Precomposed and single-spaced, accents kept."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _refuse_item(item: PaymentInstruction, methods: frozenset[Method], number: int) -> None:
    where = f"lệnh thứ {number} ({item.reference})"
    if item.method not in methods:
        raise Refused(f"{where}: đơn vị này không chi bằng “{METHOD_WORDS[item.method]}”")
    if not re.fullmatch(r"[A-Z0-9]{16}", item.reference):
        raise Refused(f"{where}: mã tham chiếu không đúng dạng")
    if not (type(item.amount) is int and 0 < item.amount <= 10**15):
        raise Refused(f"{where}: số tiền {item.amount!r} phải là số nguyên dương")
    if not item.payee_name.strip() or len(item.payee_name) > 200:
        raise Refused(f"{where}: thiếu họ tên hoặc họ tên quá dài")
    if item.method is Method.ACCOUNT and not re.fullmatch(r"[A-Za-z0-9]{4,34}", item.account):
        raise Refused(f"{where}: số tài khoản “{item.account}” không đúng dạng")
    if max(len(item.place), len(item.remark)) > 500:
        raise Refused(f"{where}: nơi chi hoặc nội dung dài quá 500 ký tự")


def _book(out: BinaryIO, created_at: datetime) -> xlsxwriter.Workbook:
    """A workbook that keeps one row in memory and never turns text into formulas or links."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(out, options)
    # The same batch must give the same bytes: the time of writing stays out of the file.
    book.set_properties({"created": created_at.replace(tzinfo=None)})
    return book


def _write_head(sheet: object, batch: OutboundBatch, layout: ListLayout, bold: object) -> None:
    values: tuple[str | int, ...] = (
        batch.message_id,
        batch.debtor.account,
        batch.requested_on.strftime("%d/%m/%Y"),
        batch.count,
        batch.total,
        nfc(batch.debtor.name),
    )
    for row, (label, value) in enumerate(zip(layout.labels, values, strict=True)):
        sheet.write_string(row, 0, label, bold)  # type: ignore[attr-defined]
        write = sheet.write_number if isinstance(value, int) else sheet.write_string  # type: ignore[attr-defined]
        write(row, 1, value)
    for column, heading in enumerate(layout.headings):
        sheet.write_string(layout.heading_row - 1, column, heading, bold)  # type: ignore[attr-defined]


def write(
    batch: OutboundBatch,
    out: BinaryIO,
    methods: frozenset[Method],
    layout: ListLayout = LIST,
) -> None:
    """Write the batch as a list; raises Refused and leaves `out` worthless when it cannot."""
    if exponent(batch.currency) or not 0 < batch.count <= MAX_ROWS:
        raise Refused(f"Danh sách Excel chỉ nhận tiền không có số lẻ và 1-{MAX_ROWS} dòng")
    packed = BytesIO()
    book = _book(packed, batch.created_at)
    sheet = book.add_worksheet(layout.sheet)
    bold, number = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0"})
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    _write_head(sheet, batch, layout, bold)
    count, total = 0, 0
    try:
        for count, item in enumerate(batch.instructions, 1):
            _refuse_item(item, methods, count)
            total += item.amount
            _write_row(sheet, layout.heading_row - 1 + count, count, item, number)
        _agree(batch, count, total)
    finally:
        book.close()
    out.write(packed.getbuffer())


def _write_row(
    sheet: object, row: int, number: int, item: PaymentInstruction, style: object
) -> None:
    text = sheet.write_string  # type: ignore[attr-defined]
    count = sheet.write_number  # type: ignore[attr-defined]
    count(row, 0, number)
    text(row, 1, item.reference)
    text(row, 2, nfc(item.payee_name))
    text(row, 3, item.account)
    text(row, 4, item.bank_bin)
    text(row, 5, METHOD_WORDS[item.method])
    text(row, 6, nfc(item.place))
    count(row, 7, item.amount, style)
    text(row, 8, nfc(item.remark))


def _agree(batch: OutboundBatch, count: int, total: int) -> None:
    if count != batch.count or total != batch.total:
        raise Refused(
            f"Lô {batch.message_id} ghi {batch.count} dòng, tổng {batch.total}; "
            f"các dòng thật ra có {count}, tổng {total}"
        )


def as_sent(item: PaymentInstruction) -> PaymentInstruction:
    """What the list carries of an instruction: texts precomposed, no BIC."""
    return replace(
        item,
        payee_name=nfc(item.payee_name),
        place=nfc(item.place),
        remark=nfc(item.remark),
        bank_bic="",
    )


class Sheet:
    """The rows of one sheet with a strict look at single cells; rows and columns from 1."""

    def __init__(self, name: str, rows: list[Row]) -> None:
        self.name = name
        self.rows = rows

    def raw(self, row: int, column: int) -> Cell:
        """The value of a cell, "" beyond the edges."""
        if row > len(self.rows) or column > len(self.rows[row - 1]):
            return ""
        return self.rows[row - 1][column - 1]

    def where(self, row: int, column: int) -> str:
        """The cell as people name it."""
        return f"trang “{self.name}”, ô {chr(64 + column)}{row}"

    def text(self, row: int, column: int) -> str:
        """A text cell, trimmed and precomposed; a number there is refused, zeros would be lost."""
        value = self.raw(row, column)
        if not isinstance(value, str):
            raise Unreadable(f"{self.where(row, column)} đang là số hoặc ngày, phải là văn bản")
        return nfc(value)

    def whole(self, row: int, column: int) -> int:
        """A whole number of 0 or more."""
        value = self.raw(row, column)
        whole = int(value) if isinstance(value, float) and value.is_integer() else value
        if type(whole) is not int or not 0 <= whole <= 10**15:
            raise Unreadable(f"{self.where(row, column)} phải là số nguyên không âm: “{value}”")
        return whole

    def day(self, row: int, column: int) -> date | None:
        """A dd/mm/yyyy text or a date cell, None when empty."""
        value = self.raw(row, column)
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        text = str(value).strip()
        if not text:
            return None
        try:
            return datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007 - a day has no zone
        except ValueError as error:
            shown = self.where(row, column)
            raise Unreadable(f"{shown} không phải ngày dd/mm/yyyy: “{text}”") from error

    def expect(self, row: int, column: int, heading: str) -> None:
        """Refuse a sheet whose label is not the one agreed on."""
        found = self.raw(row, column)
        if not isinstance(found, str) or nfc(found).casefold() != heading.casefold():
            raise Unreadable(f"{self.where(row, column)} phải là “{heading}”, không phải “{found}”")

    def data_rows(self, heading_row: int) -> range:
        """The numbers of the rows below the headings that hold anything."""
        last = len(self.rows)
        while last > heading_row and all(cell in ("", None) for cell in self.rows[last - 1]):
            last -= 1
        return range(heading_row + 1, last + 1)


def open_sheets(source: BinaryIO) -> dict[str, Sheet]:
    """The sheets of a workbook by name, after a look for zip bombs; raises Unreadable."""
    data = source.read(zips.MAX_FILE + 1)
    packed = BytesIO(data)
    zips.check(packed)
    try:
        book = CalamineWorkbook.from_filelike(packed)
        names = book.sheet_names[:20]
        return {nfc(name): Sheet(nfc(name), _rows(book, name)) for name in names}
    except (CalamineError, ValueError, OSError) as error:
        raise Unreadable(f"không đọc được tệp Excel: {error}") from error


def _rows(book: CalamineWorkbook, name: str) -> list[Row]:
    sheet = book.get_sheet_by_name(name)
    if sheet.height > MAX_ROWS or sheet.width > 200:
        raise Unreadable(f"trang “{name}” quá lớn: {sheet.height} dòng, {sheet.width} cột")
    return [list(row) for row in sheet.iter_rows()]


def _checked(sheets: dict[str, Sheet], name: str, labels: tuple[str, ...]) -> Sheet:
    sheet = sheets.get(name)
    if sheet is None:
        raise Unreadable(f"tệp Excel thiếu trang “{name}”")
    for row, label in enumerate(labels, 1):
        sheet.expect(row, 1, label)
    return sheet


def _method(sheet: Sheet, row: int, column: int) -> Method:
    word = sheet.text(row, column)
    method = _METHODS.get(word.casefold())
    if method is None:
        raise Unreadable(f"{sheet.where(row, column)}: hình thức chi “{word}” không có")
    return method


def read_back(source: BinaryIO, layout: ListLayout = LIST) -> Iterator[PaymentInstruction]:
    """The instructions of a list of ours; raises Unreadable, also when count or sum differ."""
    sheet = _checked(open_sheets(source), layout.sheet, layout.labels)
    for column, heading in enumerate(layout.headings, 1):
        sheet.expect(layout.heading_row, column, heading)
    count = total = 0
    for row in sheet.data_rows(layout.heading_row):
        item = PaymentInstruction(
            reference=sheet.text(row, 2),
            amount=sheet.whole(row, 8),
            payee_name=sheet.text(row, 3),
            method=_method(sheet, row, 6),
            account=sheet.text(row, 4),
            bank_bin=sheet.text(row, 5),
            place=sheet.text(row, 7),
            remark=sheet.text(row, 9),
        )
        count, total = count + 1, total + item.amount
        yield item
    if (sheet.whole(4, 2), sheet.whole(5, 2)) != (count, total):
        raise Unreadable(f"Danh sách có {count} dòng, tổng {total}, khác đầu trang “{sheet.name}”")


@dataclass(frozen=True, slots=True)
class _Head:
    """What both sheets of an answer must agree on."""

    message_id: str
    account: str
    count: int
    total: int
    unspent: int


def _answer_head(sheet: Sheet, layout: AnswerLayout) -> _Head:
    for column, heading in enumerate(layout.headings, 1):
        sheet.expect(layout.heading_row, column, heading)
    return _Head(
        message_id=sheet.text(1, 2),
        account=sheet.text(2, 2),
        count=sheet.whole(4, 2),
        total=sheet.whole(5, 2),
        unspent=sheet.whole(7, 2),
    )


def _answer_lines(sheet: Sheet, layout: AnswerLayout, head: _Head) -> Iterator[BankLine]:
    paid = sheet.name == layout.paid
    for row in sheet.data_rows(layout.heading_row):
        cash = _method(sheet, row, 5) is Method.CASH
        reference = sheet.text(row, 2).upper()
        yield BankLine(
            kind=(LineKind.PAID_CASH if cash else LineKind.PAID) if paid else LineKind.UNPAID,
            amount=sheet.whole(row, 4),
            reference=reference,
            value_date=sheet.day(row, 8),
            bank_reference=f"{head.message_id}/{reference}",
            message_id=head.message_id,
            status=sheet.text(row, 6),
            reason=sheet.text(row, 7).upper(),
            voucher=sheet.text(row, 9),
            counterparty=sheet.text(row, 3),
        )


def _warnings(head: _Head, paid: list[BankLine], unpaid: list[BankLine]) -> list[str]:
    """What does not add up; nothing is repaired."""
    paid_total, unpaid_total = sum(i.amount for i in paid), sum(i.amount for i in unpaid)
    found = []
    if paid_total + unpaid_total != head.total:
        found.append(
            f"{head.message_id}: không cân, đã chi {paid_total} + chưa chi {unpaid_total} "
            f"khác tổng danh sách {head.total}"
        )
    if head.unspent != unpaid_total:
        found.append(
            f"{head.message_id}: không cân, số tiền chưa chi ghi {head.unspent}, "
            f"các dòng chưa chi cộng lại {unpaid_total}"
        )
    if len(paid) + len(unpaid) != head.count:
        found.append(
            f"{head.message_id}: không cân, số dòng {len(paid) + len(unpaid)} khác "
            f"số dòng của danh sách {head.count}"
        )
    references = [line.reference for line in (*paid, *unpaid)]
    if len(set(references)) != len(references):
        found.append(f"{head.message_id}: không cân, có mã tham chiếu lặp lại")
    found += [
        f"{head.message_id}: dòng {i.counterparty} thiếu mã tham chiếu"
        for i in (*paid, *unpaid)
        if not i.reference
    ][:20]
    return found


def read_answer(source: BinaryIO, layout: AnswerLayout = ANSWER) -> BankReport:
    """One settlement report; a file that does not add up carries a warning “không cân”."""
    sheets = open_sheets(source)
    labels = (*LIST.labels, layout.unspent_label)
    paid_sheet = _checked(sheets, layout.paid, labels)
    unpaid_sheet = _checked(sheets, layout.unpaid, labels)
    head = _answer_head(paid_sheet, layout)
    if _answer_head(unpaid_sheet, layout) != head:
        raise Unreadable(f"đầu trang “{layout.paid}” và “{layout.unpaid}” khác nhau")
    paid = list(_answer_lines(paid_sheet, layout, head))
    unpaid = list(_answer_lines(unpaid_sheet, layout, head))
    return BankReport(
        kind=ReportKind.SETTLEMENT,
        report_id=f"{head.message_id}-KQ",
        account=head.account,
        currency="VND",
        lines=iter([*paid, *unpaid]),
        opening=head.total,
        closing=head.unspent,
        message_id=head.message_id,
        warnings=_warnings(head, paid, unpaid),
    )
