"""One line of the sheet to a RegisterRow, gathering every fault of the line."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TypeVar

from app.beneficiaries import cells, spelling
from app.beneficiaries import headings as h
from app.beneficiaries.cells import BadCell
from app.beneficiaries.container import SheetScan
from app.beneficiaries.groups import GroupInfo
from app.beneficiaries.rows import CellError, RegisterRow
from app.reference import citizen_id

T = TypeVar("T")

_PROGRAMME_WORD = {code: word for word, code in h.PROGRAMMES.items()}
_SEX_WORD = {code: word for word, code in h.SEXES.items()}
MAX_UNITS = 50
# An individual level in đồng, and the month it is of where that is not the decision's.
_LEVEL = re.compile(r"[1-9][\d.]*(@\d{4}-(0[1-9]|1[0-2]))?")
_NO_BIRTH: tuple[date | None, int] = (None, 0)
_CODE_HEADINGS = frozenset({*h.TEXT_HEADINGS, h.BIRTH, h.DECISION_DATE, h.START, h.EVENT_DATE})

_sex = cells.choice(h.SEXES)
_programme = cells.choice(h.PROGRAMMES)
_method = cells.choice(h.METHODS)
_event = cells.choice(h.EVENTS)
_group = cells.required("mã nhóm, ví dụ P1 hoặc C6c")
_decision = cells.required("số quyết định")


def last_day(period: str) -> date:
    """The last day of a period 'YYYY-MM'."""
    year, month = int(period[:4]), int(period[5:])
    return date(year, month, calendar.monthrange(year, month)[1])


class LineReader:
    """Reads lines of one file; faults go to `errors`, mended things to `warnings`."""

    def __init__(
        self,
        file: str,
        columns: Mapping[str, int],
        groups: Mapping[str, GroupInfo],
        period: str,
        scan: SheetScan,
    ) -> None:
        self.errors: list[CellError] = []
        self.warnings: list[CellError] = []
        self._file = file
        self._columns = columns
        self._letters = {heading: h.column_letter(at) for heading, at in columns.items()}
        self._groups = groups
        self._period = period
        self._ends_on = last_day(period) if period else date.max
        self._scan = scan
        self._marked_rows = {row for row, _ in scan.formulas | scan.errors}
        self._number = 0
        self._values: Sequence[object] = ()

    def read(self, number: int, values: Sequence[object]) -> RegisterRow | None:
        """The row, or None when at least one of its cells is at fault."""
        self._number, self._values = number, values
        before = len(self.errors)
        row = self._row()
        self._check_identity(row)
        self._check_allowance(row)
        self._check_payment(row)
        self._check_event(row)
        return row if len(self.errors) == before else None

    def note(self, heading: str, message: str) -> None:
        """Add an error at a column of the current line."""
        letter = self._letters.get(heading, "")
        address = f"Ô {letter}{self._number} " if letter else f"Dòng {self._number} "
        self.errors.append(CellError(self._file, self._number, letter, heading, address + message))

    def _row(self) -> RegisterRow:
        field = self._field
        birth_date, birth_year = field(h.BIRTH, cells.birth, _NO_BIRTH)
        return RegisterRow(
            row=self._number,
            name=field(h.NAME, cells.name, ""),
            birth_date=birth_date,
            birth_year=birth_year,
            sex=field(h.SEX, _sex, ""),
            ethnicity=field(h.ETHNICITY, cells.text, ""),
            citizen_id=field(h.CITIZEN_ID, cells.citizen, ""),
            hamlet=field(h.HAMLET, cells.text, ""),
            phone=field(h.PHONE, cells.phone, ""),
            programme=field(h.PROGRAMME, _programme, ""),
            group=field(h.GROUP, _group, ""),
            table_key=field(h.TABLE_KEY, cells.text, ""),
            decision_number=field(h.DECISION_NUMBER, _decision, ""),
            decision_date=field(h.DECISION_DATE, cells.day, None),
            start_period=field(h.START, cells.month, ""),
            method=field(h.METHOD, _method, ""),
            account=field(h.ACCOUNT, cells.account, ""),
            bank_bin=field(h.BANK, cells.bank, ""),
            holder_name=field(h.HOLDER, cells.text, ""),
            event=field(h.EVENT, _event, ""),
            event_date=field(h.EVENT_DATE, cells.optional_day, None),
            note=field(h.NOTE, cells.text, ""),
        )

    def _field(self, heading: str, parse: Callable[[object], T], default: T) -> T:
        at = self._columns.get(heading, -1)
        value = self._values[at] if 0 <= at < len(self._values) else ""
        if self._number in self._marked_rows and self._is_computed(heading):
            return default
        if heading in _CODE_HEADINGS and isinstance(value, str) and not value.isascii():
            value = self._plain_digits(heading, value)
        try:
            return parse(value)
        except BadCell as fault:
            if at >= 0:
                self.note(heading, str(fault))
            return default

    def _is_computed(self, heading: str) -> bool:
        address = (self._number, self._letters.get(heading, ""))
        if address in self._scan.errors:
            self.note(heading, "đang báo lỗi Excel (như #N/A). Xóa công thức, nhập giá trị đúng.")
        elif address in self._scan.formulas:
            self.note(heading, "đang là công thức. Chép ô rồi dán lại dạng giá trị (Paste Values).")
        else:
            return False
        return True

    def _plain_digits(self, heading: str, value: str) -> str:
        if not spelling.has_foreign_digits(value):
            return value
        plain = spelling.ascii_digits(value)
        letter = self._letters[heading]
        message = f"Ô {letter}{self._number} có chữ số kiểu khác; đã đọc thành chữ số thường."
        self.warnings.append(CellError(self._file, self._number, letter, heading, message))
        return plain

    def _check_identity(self, row: RegisterRow) -> None:
        """The ID against sex and birth year, when each of them could be read."""
        if row.birth_date is not None and row.birth_date > self._ends_on:
            self.note(h.BIRTH, "ghi ngày sinh sau kỳ chi trả. Kiểm tra lại ngày sinh.")
        if not row.citizen_id:
            return
        born = citizen_id.birth_year(row.citizen_id)
        if row.birth_year and born != row.birth_year:
            self.note(
                h.CITIZEN_ID,
                f"không khớp ngày sinh: số căn cước cho năm sinh {born}, ô ngày sinh ghi "
                f"{row.birth_year}. Kiểm tra lại giấy tờ.",
            )
        sex = citizen_id.sex(row.citizen_id)
        if row.sex and sex != row.sex:
            self.note(
                h.CITIZEN_ID,
                f"không khớp giới tính: chữ số thứ tư cho giới tính {_SEX_WORD[sex]}, ô giới tính "
                f"ghi {_SEX_WORD[row.sex]}. Kiểm tra lại giấy tờ.",
            )

    def _check_allowance(self, row: RegisterRow) -> None:
        if row.start_period and self._period and row.start_period > self._period:
            self.note(h.START, "ghi tháng hưởng sau kỳ của danh sách. Kiểm tra lại tháng hưởng.")
        if not row.group:
            return
        known = self._groups.get(row.group)
        if known is None:
            self.note(h.GROUP, f"ghi nhóm “{row.group}”, không có trong danh mục nhóm. Tra lại mã.")
            return
        if row.programme and known.programme != row.programme:
            word = _PROGRAMME_WORD.get(known.programme, known.programme)
            self.note(
                h.GROUP,
                f"ghi nhóm {row.group} thuộc chương trình “{word}”, không phải "
                f"“{_PROGRAMME_WORD[row.programme]}”. Sửa nhóm hoặc chương trình.",
            )
            return
        self._check_table_key(row, known)

    def _check_table_key(self, row: RegisterRow, known: GroupInfo) -> None:
        key, group = row.table_key, row.group
        if known.amount_kind == "individual":
            if not _LEVEL.fullmatch(key):
                self.note(
                    h.TABLE_KEY,
                    f"cần mức riêng bằng đồng của nhóm {group}, ví dụ 2105000; mức của tháng khác"
                    " thì ghi 2105000@2026-06.",
                )
        elif known.counted:
            if key and not (key.isdecimal() and 1 <= int(key) <= MAX_UNITS):
                self.note(h.TABLE_KEY, f"ghi “{key}”. Nhóm {group} cần số lượng, ví dụ 2.")
        elif key not in known.table_keys:
            keys = sorted(known.table_keys - {""})
            if not keys:
                self.note(h.TABLE_KEY, f"phải để trống: nhóm {group} chỉ có một mức.")
                return
            shown = ", ".join(keys[:12]) + (" …" if len(keys) > 12 else "")
            found = f"ghi mã mức “{key}”, không có trong bảng" if key else "để trống"
            self.note(h.TABLE_KEY, f"{found}. Nhóm {group} cần một trong: {shown}.")

    def _check_payment(self, row: RegisterRow) -> None:
        if row.method != "account":
            return
        for heading, value, what in (
            (h.ACCOUNT, row.account, "số tài khoản"),
            (h.BANK, row.bank_bin, "mã ngân hàng"),
            (h.HOLDER, row.holder_name, "tên chủ tài khoản"),
        ):
            if not value and not self._already_noted(heading):
                self.note(
                    heading,
                    f"để trống mà hình thức nhận là “Tài khoản”. Nhập {what}, "
                    "hoặc đổi hình thức nhận thành “Tiền mặt”.",
                )

    def _check_event(self, row: RegisterRow) -> None:
        if row.event and row.event_date is None and not self._already_noted(h.EVENT_DATE):
            self.note(h.EVENT_DATE, "để trống mà có biến động. Nhập ngày xảy ra biến động.")
        if row.event_date is not None and row.event_date > self._ends_on:
            self.note(h.EVENT_DATE, "ghi ngày sau kỳ của danh sách. Kiểm tra lại ngày biến động.")

    def _already_noted(self, heading: str) -> bool:
        for error in reversed(self.errors):
            if error.row != self._number:
                return False
            if error.heading == heading:
                return True
        return False
