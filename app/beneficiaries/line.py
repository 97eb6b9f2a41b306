"""One line of the sheet to a RegisterRow, gathering every fault of the line."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from sys import intern
from typing import Any, TypeVar

from app.beneficiaries import cells, spelling
from app.beneficiaries import headings as h
from app.beneficiaries.cells import BadCell
from app.beneficiaries.groups import GroupInfo
from app.beneficiaries.head import Head
from app.beneficiaries.rows import CellError, RegisterRow
from app.beneficiaries.scan import SheetScan
from app.reference import banks, citizen_id
from app.text import fold

T = TypeVar("T")

_PROGRAMME_WORD = {code: word for word, code in h.PROGRAMMES.items()}
_SEX_WORD = {code: word for word, code in h.SEXES.items()}
_KIND_WORD = {code: word for word, code in h.KINDS.items()}
_METHOD_WORD = {code: word for word, code in h.METHODS.items()}
MAX_UNITS = 50
# An individual level in đồng, and the month it is of where that is not the decision's.
_LEVEL = re.compile(r"[1-9][\d.]*(@\d{4}-(0[1-9]|1[0-2]))?")
_NO_BIRTH: tuple[date | None, int] = (None, 0)
_CODE_HEADINGS = frozenset({*h.TEXT_HEADINGS, h.BIRTH, h.DECISION_DATE, h.START, h.EVENT_DATE,
                            h.CERTIFIED, h.SIGNED, h.UNTIL})  # fmt: skip

_REPEATED = frozenset({h.ETHNICITY, h.HAMLET, h.GROUP, h.TABLE_KEY, h.START, h.BANK, h.SIGNER})

_sex = cells.choice(h.SEXES)
_programme = cells.choice(h.PROGRAMMES)
_method = cells.choice(h.METHODS)
_event = cells.choice(h.EVENTS)
_group = cells.required("mã nhóm, ví dụ P1 hoặc C6c")
_decision = cells.required("số quyết định")
_OPTIONAL: tuple[tuple[str, str, Callable[[object], object]], ...] = (
    ("household", h.HOUSEHOLD, cells.text),
    ("poverty", h.POVERTY, cells.optional(h.POVERTIES)),
    ("disability", h.DISABILITY, cells.text),
    ("degree", h.DEGREE, cells.optional(h.DEGREES)),
    ("certificate", h.CERTIFICATE, cells.text),
    ("certified_on", h.CERTIFIED, cells.optional_day),
    ("phone_owner", h.PHONE_OWNER, cells.optional(h.PHONE_OWNERS)),
    ("payee", h.PAYEE, cells.optional(h.PAYEES)),
    ("payee_name", h.PAYEE_NAME, cells.optional_name),
    ("payee_id", h.PAYEE_ID, cells.optional_citizen),
    ("relation", h.RELATION, cells.text),
    ("paper", h.PAPER, cells.text),
    ("signed_on", h.SIGNED, cells.optional_day),
    ("valid_until", h.UNTIL, cells.optional_day),
    ("kind", h.KIND, cells.optional(h.KINDS)),
    ("still_cash", h.STILL_CASH, cells.optional(h.CASH_REASONS)),
    ("signer", h.SIGNER, cells.optional_name),
)


def last_day(period: str) -> date:
    """The last day of a period 'YYYY-MM'."""
    year, month = int(period[:4]), int(period[5:])
    return date(year, month, calendar.monthrange(year, month)[1])


class LineReader:
    """Reads lines of one file; faults go to `errors`, mended things to `warnings`."""

    def __init__(
        self,
        file: str,
        head: Head,
        groups: Mapping[str, GroupInfo],
        period: str,
        scan: SheetScan,
    ) -> None:
        self.errors: list[CellError] = []
        self.warnings: list[CellError] = []
        self._file = file
        self._columns = head.columns
        self._letters = {heading: h.column_letter(at) for heading, at in head.columns.items()}
        self._optional = [one for one in _OPTIONAL if one[1] in head.columns]
        self._words = head.profile.words if head.profile else {}
        self._groups = groups
        self._named = {fold(one.name): code for code, one in groups.items() if one.name}
        self._period = period
        self._ends_on = last_day(period) if period else date.max
        self._scan = scan
        self._marked_rows = scan.marked_rows()
        self._number = 0
        self._values: Sequence[object] = ()

    def read(self, number: int, values: Sequence[object]) -> RegisterRow | None:
        """The row, or None when at least one of its cells is at fault."""
        self._number, self._values = number, values
        before = len(self.errors)
        if number in self._scan.hidden_rows:
            self._refuse_hidden()
        row = self._row()
        self._check_identity(row)
        self._check_allowance(row)
        self._check_payment(row)
        self._check_event(row)
        if self._optional:
            self._check_facts(row)
        return row if len(self.errors) == before else None

    def note(self, heading: str, message: str, proposal: str = "") -> None:
        """Add an error at a column of the current line."""
        letter = self._letters.get(heading, "")
        address = f"Ô {letter}{self._number} " if letter else f"Dòng {self._number} "
        self.errors.append(
            CellError(self._file, self._number, letter, heading, address + message, proposal)
        )

    def _refuse_hidden(self) -> None:
        message = (
            f"Dòng {self._number} đang ẩn hoặc bị lọc, người xem tệp không thấy. Bỏ lọc, hiện dòng "
            "(Unhide) rồi xem lại."
        )
        self.errors.append(CellError(self._file, self._number, "", "", message))

    def _row(self) -> RegisterRow:
        field = self._field
        birth_date, birth_year = field(h.BIRTH, cells.birth, _NO_BIRTH)
        group = self._code_of(field(h.GROUP, _group, ""))
        account = field(h.ACCOUNT, cells.account, "")
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
            programme=field(h.PROGRAMME, _programme, self._programme_of(group)),
            group=group,
            table_key=field(h.TABLE_KEY, cells.text, ""),
            decision_number=field(h.DECISION_NUMBER, _decision, ""),
            decision_date=field(h.DECISION_DATE, cells.day, None),
            start_period=field(h.START, cells.month, ""),
            method=field(h.METHOD, _method, self._method_of(account)),
            account=account,
            bank_bin=field(h.BANK, cells.bank, ""),
            holder_name=field(h.HOLDER, cells.text, ""),
            event=field(h.EVENT, _event, ""),
            event_date=field(h.EVENT_DATE, cells.optional_day, None),
            note=field(h.NOTE, cells.text, ""),
            **self._facts(),
        )

    def _facts(self) -> dict[str, Any]:
        """What the list tells beyond the columns that every list has, by field."""
        return {
            name: self._field(heading, parse, None if parse is cells.optional_day else "")
            for name, heading, parse in self._optional
        }

    def _code_of(self, group: str) -> str:
        """The code of a group that stands by its code, or by its full name."""
        return group if group in self._groups else self._named.get(fold(group), group)

    def _programme_of(self, group: str) -> str:
        """The programme of a list that has no column for it."""
        known = self._groups.get(group)
        return known.programme if known and h.PROGRAMME not in self._columns else ""

    def _method_of(self, account: str) -> str:
        """How money comes in a list that has no column for it: an account is an account."""
        if h.METHOD in self._columns:
            return ""
        return "account" if account else "cash"

    def _field(self, heading: str, parse: Callable[[object], Any], default: T) -> T:
        at = self._columns.get(heading, -1)
        if at < 0:
            return default
        value = self._values[at] if at < len(self._values) else ""
        if self._number in self._marked_rows and self._is_computed(heading, at):
            return default
        if isinstance(value, str):
            value = self._told(heading, value)
        try:
            found = parse(value)
            # The same few words in every line: kept once.
            return intern(found) if heading in _REPEATED else found  # type: ignore[return-value]
        except BadCell as fault:
            self.note(heading, str(fault), fault.proposal)
            return default

    def _told(self, heading: str, value: str) -> str:
        """A text as our words have it: digits folded, words of a foreign list turned into ours."""
        if self._words and (words := self._words.get(heading)):
            value = words.get(spelling.tidy(value).casefold(), value)
        if heading in _CODE_HEADINGS and not value.isascii():
            return self._plain_digits(heading, value)
        return value

    def _is_computed(self, heading: str, at: int) -> bool:
        address = (self._number, self._letters.get(heading, ""))
        if address in self._scan.errors:
            self.note(heading, "đang báo lỗi Excel (như #N/A). Xóa công thức, nhập giá trị đúng.")
        elif address in self._scan.formulas:
            self.note(heading, "đang là công thức. Chép ô rồi dán lại dạng giá trị (Paste Values).")
        elif merged := self._scan.merged_at(self._number, at):
            self.note(heading, f"nằm trong vùng ô gộp {merged}. Bỏ gộp (Unmerge), nhập từng dòng.")
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
            shown = cells.shown(row.group)
            self.note(h.GROUP, f"ghi nhóm “{shown}”, không có trong danh mục nhóm. Tra lại mã.")
            return
        if row.programme and known.programme != row.programme:
            word = _PROGRAMME_WORD.get(known.programme, known.programme)
            self.note(
                h.GROUP,
                f"ghi nhóm thuộc chương trình “{word}”, không phải "
                f"“{_PROGRAMME_WORD[row.programme]}”. Sửa nhóm hoặc chương trình.",
            )
            return
        self._check_table_key(row, known)

    def _check_table_key(self, row: RegisterRow, known: GroupInfo) -> None:
        key, group = row.table_key, _called(row.group, known)
        if known.amount_kind == "individual":
            if not _LEVEL.fullmatch(key):
                self.note(
                    h.TABLE_KEY,
                    f"cần mức riêng bằng đồng của {group}, ví dụ 2105000; mức của tháng khác"
                    " thì ghi 2105000@2026-06.",
                )
        elif known.counted:
            if key and not (key.isdecimal() and 1 <= int(key) <= MAX_UNITS):
                shown = cells.shown(key)
                self.note(h.TABLE_KEY, f"ghi “{shown}”, mà {group} cần số lượng, ví dụ 2.")
        elif key not in known.table_keys:
            keys = sorted(known.table_keys - {""})
            if not keys:
                self.note(h.TABLE_KEY, f"phải để trống: {group} chỉ có một mức.")
                return
            listed = ", ".join(keys[:12]) + (" …" if len(keys) > 12 else "")
            found = f"ghi “{cells.shown(key)}”, không có trong bảng" if key else "để trống"
            self.note(h.TABLE_KEY, f"{found}. Với {group}, chọn một trong: {listed}.")

    def _check_payment(self, row: RegisterRow) -> None:
        if row.kind and (row.kind == "post") != (row.method == "cash") and row.method:
            self.note(
                h.KIND,
                f"ghi “{_KIND_WORD[row.kind]}”, không hợp với hình thức nhận “"
                f"{_METHOD_WORD[row.method]}”. Sửa một trong hai ô.",
            )
        if row.method != "account":
            return
        if row.bank_bin and row.kind not in ("mobile", "wallet") and not banks.bank(row.bank_bin):
            shown = cells.shown(row.bank_bin)
            self.note(h.BANK, f"ghi “{shown}”, không có trong danh mục. Tra lại mã 6 số (BIN).")
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

    def _check_facts(self, row: RegisterRow) -> None:
        """What stands beside the list: each fact is whole or absent."""
        if row.poverty and not row.household:
            self.note(h.HOUSEHOLD, "để trống mà có diện hộ. Nhập số hộ.")
        if (row.disability or row.certificate) and not row.degree:
            self.note(h.DEGREE, "để trống mà có khuyết tật. Chọn mức độ trên giấy xác nhận.")
        if row.degree and not row.certificate:
            self.note(h.CERTIFICATE, "để trống mà có mức độ khuyết tật. Nhập số giấy xác nhận.")
        if row.payee in ("guardian", "authorised"):
            self._check_payee(row)
        if row.still_cash and row.method == "account":
            self.note(h.STILL_CASH, "có lý do mà hình thức nhận là “Tài khoản”. Xóa lý do.")

    def _check_payee(self, row: RegisterRow) -> None:
        for heading, value, what in (
            (h.PAYEE_NAME, row.payee_name, "họ tên người nhận thay"),
            (h.RELATION, row.relation, "quan hệ với người hưởng"),
            (h.PAPER, row.paper, "số giấy tờ giám hộ hoặc ủy quyền"),
        ):
            if not value and not self._already_noted(heading):
                self.note(heading, f"để trống mà có người nhận thay. Nhập {what}.")
        if row.signed_on and row.valid_until and row.valid_until < row.signed_on:
            self.note(h.UNTIL, "ghi ngày hết hạn trước ngày lập giấy. Kiểm tra lại giấy tờ.")

    def _already_noted(self, heading: str) -> bool:
        for error in reversed(self.errors):
            if error.row != self._number:
                return False
            if error.heading == heading:
                return True
        return False


def _called(code: str, known: GroupInfo) -> str:
    """A group as a message may say it: the code of an assistance group can tell an illness."""
    return "nhóm này" if known.programme == "assistance" else f"nhóm {code}"
