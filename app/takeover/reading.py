"""Reading a take-over file: cells to values, every fault with its row and column. No database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from app.beneficiaries import cells
from app.beneficiaries.cells import BadCell
from app.beneficiaries.container import BadFile
from app.beneficiaries.headings import column_letter
from app.beneficiaries.spelling import tidy
from app.takeover import headings as h
from app.takeover.rows import BalanceRow, Place, Sheet, TakeOverFile, UnpaidRow
from app.takeover.sheets import RawSheet, Row, read_sheets
from ledger.money import MAXIMUM_AMOUNT, MoneyError, format_number, parse_vnd

T = TypeVar("T")
_SEARCHED_ROWS = 15
_EXACT = 2**53
"""Excel keeps whole numbers exactly up to here."""


def read_take_over(path: Path) -> TakeOverFile:
    """The rows of a file, or every error in it; a bad file is a result, never a raise."""
    file = TakeOverFile(path.name)
    try:
        sheets = read_sheets(path)
    except BadFile as fault:
        file.fault(str(fault))
        return file
    for name in h.SHEETS:
        if name not in sheets:
            file.fault(f"Không có trang “{name}”. Dùng mẫu: `ansinh take-over template`.")
            continue
        _Reader(file, name, sheets[name]).read()
    if file.balances_on is None and not file.errors:
        file.fault(f"Trang “{h.BALANCES}” thiếu “{h.DAY_LABEL}”. Ghi ngày, ví dụ 31/08/2026.")
    return file


class _Reader:
    """Reads one sheet into the file."""

    def __init__(self, file: TakeOverFile, name: str, raw: RawSheet) -> None:
        self._file, self._name, self._raw = file, name, raw
        self._sheet = file.sheets[name] = Sheet()
        self._number = 0
        self._values: Sequence[object] = ()

    def read(self) -> None:
        rows = iter(self._raw.rows)
        if not self._head(rows):
            headings = ", ".join(h.HEADINGS[self._name])
            self._file.fault(f"Trang “{self._name}” không có dòng tiêu đề: {headings}.")
            return
        if self._sheet.rows is None or self._sheet.total is None:
            self._file.fault(
                f"Trang “{self._name}” thiếu “{h.ROWS_LABEL}” hoặc “{h.TOTAL_LABEL}”"
                " ở trên dòng tiêu đề. Ghi số theo sổ cũ."
            )
        wanted = [at for heading, at in self._sheet.columns.items() if heading != h.NUMBER]
        for number, values in rows:
            if any(values[at] != "" for at in wanted if at < len(values)):
                self._line(number, values)

    # ------------------------------------------------------------------ above the rows
    def _head(self, rows: Iterator[Row]) -> bool:
        """Read down to the heading row; False when it is not there or lacks a column."""
        for number, values in rows:
            words = [tidy(str(value)) for value in values]
            if len(set(words).intersection(h.HEADINGS[self._name])) >= 4:
                return self._columns(number, words)
            self._labels(number, values, words)
            if number >= self._raw.rows[0][0] + _SEARCHED_ROWS:
                break
        return False

    def _columns(self, number: int, words: Sequence[str]) -> bool:
        columns = self._sheet.columns
        for at, word in enumerate(words):
            if word in columns:
                self._file.note(self._name, number, word, f"lặp cột “{word}”. Xóa cột thừa.")
            elif word in h.HEADINGS[self._name]:
                columns[word] = at
        for heading in h.HEADINGS[self._name]:
            if heading not in columns and heading != h.NUMBER:
                self._file.note(
                    self._name, number, heading, f"thiếu cột “{heading}”. Thêm cột này vào mẫu."
                )
        return True

    def _labels(self, number: int, values: Sequence[object], words: Sequence[str]) -> None:
        """What the sheet says of itself: a label, and its value in the next cell."""
        for at, word in enumerate(words[:-1]):
            value = values[at + 1]
            if word == h.DAY_LABEL:
                self._file.balances_on = self._told(number, at, cells.day, value, None)
            elif word == h.ROWS_LABEL:
                self._sheet.rows = self._told(number, at, whole, value, None)
            elif word == h.TOTAL_LABEL:
                self._sheet.total = self._told(number, at, whole, value, None)

    def _told(
        self, number: int, at: int, parse: Callable[[object], T], value: object, default: T | None
    ) -> T | None:
        letter = column_letter(at + 1)
        if (number, letter) in self._raw.computed:
            message = f"Trang “{self._name}”: ô {letter}{number} là công thức. Nhập số."
            self._file.fault(message)
            return default
        try:
            return parse(value)
        except BadCell as fault:
            self._file.fault(f"Trang “{self._name}”: ô {letter}{number} {fault}")
            return default

    # ------------------------------------------------------------------ the rows
    def _line(self, number: int, values: Sequence[object]) -> None:
        self._number, self._values = number, values
        before = len(self._file.errors)
        place = Place(
            self._field(h.UNIT, _code, ""),
            self._field(h.PROGRAMME, _programme, ""),
            self._field(h.PROVIDER, _code, ""),
        )
        amount = self._field(h.AMOUNT, money, 0)
        if self._name == h.BALANCES:
            kind, note = self._field(h.KIND, _kind, ""), self._field(h.NOTE, cells.text, "")
            if len(self._file.errors) == before:
                self._file.balances.append(BalanceRow(number, place, kind, amount, note))
            return
        row = UnpaidRow(
            row=number,
            citizen_id=self._field(h.CITIZEN_ID, cells.citizen, ""),
            name=self._field(h.NAME, _name, ""),
            place=place,
            period=self._field(h.PERIOD, cells.month, ""),
            component=self._field(h.COMPONENT, _component, ""),
            amount=amount,
            reason=self._field(h.REASON, _reason, ""),
        )
        if len(self._file.errors) == before:
            self._file.unpaid.append(row)

    def _field(self, heading: str, parse: Callable[[object], T], default: T) -> T:
        at = self._sheet.columns.get(heading, -1)
        value = self._values[at] if 0 <= at < len(self._values) else ""
        if (self._number, column_letter(max(at, 0))) in self._raw.computed:
            self._note(heading, "đang là công thức. Chép ô rồi dán lại dạng giá trị.")
            return default
        try:
            return parse(value)
        except BadCell as fault:
            if at >= 0:
                self._note(heading, str(fault))
            return default

    def _note(self, heading: str, message: str) -> None:
        self._file.note(self._name, self._number, heading, message)


def money(value: object) -> int:
    """Đồng of one cell: a whole number above 0, as a number or like 1.234.567."""
    amount = whole(value)
    if amount <= 0:
        raise BadCell(f"ghi {amount}. Số tiền phải lớn hơn 0; không có thì xóa dòng.")
    return amount


def whole(value: object) -> int:
    """A whole number from 0 to 10^15; no fraction, exponent or sign."""
    if isinstance(value, str):
        amount = _parsed(value)
    elif isinstance(value, bool) or not isinstance(value, (int, float)):
        raise BadCell("không phải số. Nhập số, ví dụ 1.234.567.")
    elif isinstance(value, float) and (not value.is_integer() or abs(value) > _EXACT):
        raise BadCell(f"ghi {value}, không phải số nguyên đồng. Nhập lại số tiền.")
    else:
        amount = int(value)
    if not 0 <= amount <= MAXIMUM_AMOUNT:
        limit = format_number(MAXIMUM_AMOUNT)
        raise BadCell(f"ghi {format_number(amount)}. Số phải từ 0 đến {limit}.")
    return amount


def _parsed(text: str) -> int:
    if not text.strip():
        raise BadCell("để trống. Nhập số, ví dụ 1.234.567.")
    try:
        return parse_vnd(text)
    except MoneyError as fault:
        raise BadCell(f"ghi “{text.strip()[:30]}”, không đọc được. Viết như 1.234.567.") from fault


def _code(value: object) -> str:
    if isinstance(value, (int, float)):
        raise BadCell(
            "đang là số, Excel đã bỏ số 0 đầu. Chọn cột → Định dạng → Văn bản, nhập lại mã."
        )
    found = cells.text(value)
    if not found:
        raise BadCell("để trống. Nhập mã.")
    return found


def _reason(value: object) -> str:
    found = cells.text(value)
    if not found:
        raise BadCell("để trống. Ghi vì sao chưa trả, ví dụ “Không đến lĩnh”.")
    return found[:200]


_name = cells.required("họ và tên")
_programme = cells.choice(h.PROGRAMMES)
_kind = cells.choice(h.KIND_WORDS)
_component = cells.choice(h.COMPONENTS)
