"""One line of the sheet to a RegisterRow, gathering every fault of the line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from sys import intern
from typing import Any, TypeVar

from app.beneficiaries import cells, spelling
from app.beneficiaries import headings as h
from app.beneficiaries.cells import BadCell
from app.beneficiaries.checks import LineChecks
from app.beneficiaries.groups import GroupInfo
from app.beneficiaries.head import Head
from app.beneficiaries.notes import Notes
from app.beneficiaries.rows import RegisterRow
from app.beneficiaries.scan import SheetScan
from app.text import fold

T = TypeVar("T")

_NO_BIRTH: tuple[date | None, int] = (None, 0)
_CODE_HEADINGS = frozenset({*h.TEXT_HEADINGS, h.BIRTH, h.DECISION_DATE, h.START, h.EVENT_DATE,
                            h.CERTIFIED, h.SIGNED, h.UNTIL})  # fmt: skip

_HIDDEN = "đang ẩn hoặc bị lọc, người xem tệp không thấy. Bỏ lọc, hiện dòng (Unhide) rồi xem lại."
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


class LineReader:
    """Reads lines of one file; what is wrong goes to `notes`."""

    def __init__(
        self,
        file: str,
        head: Head,
        groups: Mapping[str, GroupInfo],
        period: str,
        scan: SheetScan,
    ) -> None:
        self._columns = head.columns
        self._letters = {heading: h.column_letter(at) for heading, at in head.columns.items()}
        self.notes = Notes(file, self._letters)
        self._checks = LineChecks(self.notes, groups, period)
        self._optional = [one for one in _OPTIONAL if one[1] in head.columns]
        self._words = head.profile.words if head.profile else {}
        self._groups = groups
        self._named = {fold(one.name): code for code, one in groups.items() if one.name}
        self._scan = scan
        self._marked_rows = scan.marked_rows()
        self._number = 0
        self._values: Sequence[object] = ()

    def read(self, number: int, values: Sequence[object]) -> RegisterRow | None:
        """The row, or None when at least one of its cells is at fault."""
        self._number, self._values = number, values
        self.notes.row = number
        before = len(self.notes.errors)
        if number in self._scan.hidden_rows:
            self.notes.error("", _HIDDEN)
        row = self._row()
        self._checks.check(row, beside=bool(self._optional))
        return row if len(self.notes.errors) == before else None

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
            self.notes.error(heading, str(fault), fault.proposal)
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
            self.notes.error(
                heading, "đang báo lỗi Excel (như #N/A). Xóa công thức, nhập giá trị đúng."
            )
        elif address in self._scan.formulas:
            self.notes.error(
                heading, "đang là công thức. Chép ô rồi dán lại dạng giá trị (Paste Values)."
            )
        elif merged := self._scan.merged_at(self._number, at):
            self.notes.error(
                heading, f"nằm trong vùng ô gộp {merged}. Bỏ gộp (Unmerge), nhập từng dòng."
            )
        else:
            return False
        return True

    def _plain_digits(self, heading: str, value: str) -> str:
        if not spelling.has_foreign_digits(value):
            return value
        plain = spelling.ascii_digits(value)
        self.notes.warn(heading, "có chữ số kiểu khác; đã đọc thành chữ số thường.")
        return plain
