"""The strict reader of our own lists, by the provider's profile: a gate, not a parser.

CSV goes through the standard library's reader, Excel through a reader written in another language
than the writer; neither shares a line with the code that writes lists. Every cell must be what the
profile says: labels, headings, row numbers, constants, count and sum; a cell too many, a formula,
a hidden row or a second sheet is refused. Lists are in đồng by definition.
"""

from __future__ import annotations

import csv
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any, BinaryIO

from python_calamine import CalamineWorkbook

from bank_adapters.contract import FileHead, Method, PaymentInstruction
from bank_adapters.errors import Unreadable
from bank_adapters.formats import zips
from bank_adapters.formats.list_profile import Cell, ListProfile

MAX_BYTES = 200_000_000
_WINDOW = 1 << 20
_TAG = re.compile(rb"<([A-Za-z][A-Za-z0-9:]*)")
# The parts of a plain sheet. A formula (f), a link, a merge, a picture or a rule is not among them.
_TAGS = frozenset(
    b"worksheet dimension sheetViews sheetView selection sheetFormatPr cols col sheetData row c is"
    b" t v pageMargins".split()
)
_PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(app|core)\.xml|xl/workbook\.xml|"
    r"xl/_rels/workbook\.xml\.rels|xl/styles\.xml|xl/theme/theme1\.xml|xl/worksheets/sheet1\.xml"
)
Row = list[Any]


class StrictList:
    """Reads lists of one profile; a `StrictReader`."""

    def __init__(self, profile: ListProfile) -> None:
        self._profile = profile

    def read(self, source: BinaryIO) -> tuple[FileHead, Iterator[PaymentInstruction]]:
        """The head and the payments in file order. The whole grid is looked at before the first
        payment is given. Raises Unreadable."""
        rows = _sheet(source, self._profile) if self._profile.format == "xlsx" else _text(
            source, self._profile
        )  # fmt: skip
        told: dict[str, Any] = {}
        first = self._profile.heading_row
        self._above(rows[:first], told)
        last = len(rows) - 1 if self._profile.trailer else len(rows)
        items = [
            self._line(number, row, told) for number, row in enumerate(rows[first:last], first + 1)
        ]
        if self._profile.trailer:
            self._trailer(rows[last] if last >= first else [], told)
        return self._checked(items, told), iter(items)

    def _checked(self, items: list[PaymentInstruction], told: dict[str, Any]) -> FileHead:
        count, total = len(items), sum(item.amount for item in items)
        if (told["count"], told["total"]) != (count, total):
            raise Unreadable(f"danh sách có {count} dòng, tổng {total}, khác số ghi trong tệp")
        return FileHead(
            message_id=told["message_id"],
            debtor_account=told["debtor_account"],
            requested_on=told["requested_on"],
            currency="VND",
            count=count,
            total=total,
        )

    def _above(self, rows: list[Row], told: dict[str, Any]) -> None:
        """The rows above the lines: labels and values, empty rows, headings."""
        profile = self._profile
        wanted: list[list[str | Cell]] = [[label, cell] for label, cell in profile.head]
        if profile.head_in_one_row:
            wanted = [[value for pair in wanted for value in pair]]
        wanted += [[] for _ in range(profile.heading_row - 1 - len(wanted))]
        wanted.append([column.heading for column in profile.columns])
        if len(rows) != len(wanted):
            raise Unreadable("danh sách thiếu phần đầu")
        for number, (row, cells) in enumerate(zip(rows, wanted, strict=True), 1):
            for place, value in enumerate(_same_width(row, len(cells), number)):
                cell = cells[place]
                self._meet(cell if isinstance(cell, Cell) else Cell("", cell), value, number, told)

    def _trailer(self, row: Row, told: dict[str, Any]) -> None:
        width = len(self._profile.columns)
        for place, value in enumerate(_same_width(row, width, 0)):
            self._meet(self._profile.trailer.get(place, Cell()), value, 0, told)

    def _meet(self, cell: Cell, value: Any, number: int, told: dict[str, Any]) -> None:
        """One cell outside the payments; what two cells say of the batch must agree."""
        where = f"dòng {number}" if number else "dòng cuối"
        if not cell.field:
            if value != cell.constant:
                raise Unreadable(f"{where}: có “{str(value)[:40]}”, phải là “{cell.constant}”")
            return
        read = self._read(cell.field, value, where)
        if told.setdefault(cell.field, read) != read:
            raise Unreadable(f"{where}: hai chỗ trong danh sách nói khác nhau ({cell.field})")

    def _read(self, name: str, value: Any, where: str) -> Any:
        """The value of a batch's field as what it is."""
        if name in ("count", "total", "number", "amount"):
            return _whole(value, where)
        text = _string(value, where)
        return _day(text, self._profile.day, where) if name == "requested_on" else text

    def _line(self, number: int, row: Row, told: dict[str, Any]) -> PaymentInstruction:
        where, profile = f"dòng {number}", self._profile
        found: dict[str, Any] = {"method": None, "place": ""}
        for column, value in zip(
            profile.columns, _same_width(row, len(profile.columns), number), strict=True
        ):
            name = column.cell.field
            if not name or name in ("message_id", "debtor_account", "requested_on"):
                self._meet(column.cell, value, number, told)
            else:
                found[name] = self._read(name, value, where)
        if found.get("number", number - profile.heading_row) != number - profile.heading_row:
            raise Unreadable(f"{where}: số thứ tự không đúng")
        return PaymentInstruction(
            reference=found["reference"],
            amount=found["amount"],
            payee_name=found["payee_name"],
            method=self._method(found["method"], where),
            account=found["account"],
            bank_bin=found["bank_bin"],
            place=found["place"],
            remark=found["remark"],
        )

    def _method(self, word: str | None, where: str) -> Method:
        if self._profile.method is not None:
            return self._profile.method
        for method, known in self._profile.words.items():
            if word == known:
                return method
        raise Unreadable(f"{where}: hình thức chi “{word}” không có")


def _same_width(row: Row, width: int, number: int) -> Row:
    """The row cut or filled to `width`; only empty cells may be missing or too many."""
    if any(value not in ("", None) for value in row[width:]):
        raise Unreadable(f"dòng {number} có ô thừa")
    return [*row[:width], *[""] * (width - len(row))]


def _string(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise Unreadable(f"{where}: có ô là số hoặc ngày, phải là văn bản")
    return value


def _whole(value: Any, where: str) -> int:
    """A whole number of 0 or more: digits, or a number cell without a fraction."""
    if isinstance(value, str) and re.fullmatch("0|[1-9][0-9]{0,15}", value):
        return int(value)
    if isinstance(value, float | int) and not isinstance(value, bool) and value == int(value):
        whole = int(value)
        if 0 <= whole <= 10**15:
            return whole
    raise Unreadable(f"{where}: có ô không phải số nguyên")


def _day(text: str, form: str, where: str) -> date:
    try:
        day = datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
    except ValueError as error:
        raise Unreadable(f"{where}: ngày “{text[:20]}” không đúng dạng") from error
    if day.strftime(form) != text:
        raise Unreadable(f"{where}: ngày “{text[:20]}” không đúng dạng")
    return day


def _text(source: BinaryIO, profile: ListProfile) -> list[Row]:
    """The rows of a CSV list."""
    data = source.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Unreadable(f"danh sách lớn hơn {MAX_BYTES // 1_000_000} MB")
    try:
        text = unicodedata.normalize("NFC", data.decode(profile.encoding))
        rows = csv.reader(StringIO(text, newline=""), delimiter=profile.delimiter, strict=True)
        return [list(row) for row in rows]
    except UnicodeDecodeError as error:
        raise Unreadable(f"danh sách không phải bảng mã {profile.encoding}") from error
    except csv.Error as error:
        raise Unreadable(f"danh sách sai quy cách CSV: {error}") from error


def _sheet(source: BinaryIO, profile: ListProfile) -> list[Row]:
    """The rows of an Excel list: one plain sheet and nothing else in the workbook."""
    packed = BytesIO(source.read(zips.MAX_FILE + 1))
    zips.check(packed)
    with zips.told_when_broken():
        _plain_workbook(packed)
        return _rows(packed, profile.sheet)


def _rows(packed: BytesIO, name: str) -> list[Row]:
    book = CalamineWorkbook.from_filelike(packed)
    if book.sheet_names != [name]:
        raise Unreadable(f"tệp Excel phải có đúng một trang “{name}”")
    sheet = book.get_sheet_by_index(0)
    if sheet.start is not None and sheet.start != (0, 0):
        raise Unreadable("trang của danh sách không bắt đầu ở ô A1")
    return [list(row) for row in sheet.iter_rows()]


def _plain_workbook(packed: BytesIO) -> None:
    """Refuse a workbook with anything in it that our lists never have."""
    # Nothing before the first part, nothing after the end record, which is 22 bytes long.
    data = packed.getvalue()
    is_alone = data[:4] == b"PK\x03\x04" and data[-22:-18] == b"PK\x05\x06"
    with zipfile.ZipFile(packed) as archive:
        names = archive.namelist()
        if not is_alone or min(one.header_offset for one in archive.infolist()) != 0:
            raise Unreadable("tệp Excel có chữ trước hoặc sau các phần của nó")
        if len(set(names)) != len(names) or not all(_PARTS.fullmatch(name) for name in names):
            raise Unreadable("tệp Excel có phần mà danh sách của ta không có")
        if archive.testzip() is not None:
            raise Unreadable("tệp Excel hỏng: một phần không khớp mã kiểm")
        with archive.open("xl/worksheets/sheet1.xml") as part:
            _plain_sheet(part)
    packed.seek(0)


def _plain_sheet(part: Any) -> None:
    """Refuse formulas, links, merged or hidden cells: what is seen must be what is read."""
    rest = b""
    while True:
        block = part.read(_WINDOW)
        text = rest + block
        cut = max(text.rfind(b"<"), 0) if block else len(text)
        text, rest = text[:cut], text[cut:]
        if strange := set(_TAG.findall(text)) - _TAGS:
            raise Unreadable(f"trang của danh sách có phần lạ: {min(strange).decode()}")
        if b'hidden="' in text:
            raise Unreadable("trang của danh sách có dòng hoặc cột ẩn")
        if not block:
            return
