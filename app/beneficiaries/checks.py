"""Whether the cells of one line fit together: identity, allowance, payment, what stands beside."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from datetime import date

from app.beneficiaries import cells
from app.beneficiaries import headings as h
from app.beneficiaries.groups import GroupInfo
from app.beneficiaries.kinds import BANK, MOBILE, WALLET, is_allowed, is_card, is_kept_by
from app.beneficiaries.notes import Notes
from app.beneficiaries.rows import RegisterRow
from app.beneficiaries.terms import SIGNING_COUNTS_FROM, start_month
from app.months import in_words
from app.reference import citizen_id

MAX_UNITS = 50
# An individual level in đồng, and the month it is of where that is not the decision's.
_LEVEL = re.compile(r"[1-9][\d.]*(@\d{4}-(0[1-9]|1[0-2]))?")
_PROGRAMME_WORD = {code: word for word, code in h.PROGRAMMES.items()}
_SEX_WORD = {code: word for word, code in h.SEXES.items()}
_KIND_WORD = {code: word for word, code in h.KINDS.items()}
_METHOD_WORD = {code: word for word, code in h.METHODS.items()}


def last_day(period: str) -> date:
    """The last day of a period 'YYYY-MM'."""
    year, month = int(period[:4]), int(period[5:])
    return date(year, month, calendar.monthrange(year, month)[1])


class LineChecks:
    """Checks rows of one list of a month ('' when it could not be read); faults go to the notes."""

    def __init__(self, notes: Notes, groups: Mapping[str, GroupInfo], period: str) -> None:
        self._notes = notes
        self._groups = groups
        self._period = period
        self._ends_on = last_day(period) if period else date.max

    def check(self, row: RegisterRow, *, beside: bool) -> None:
        """Look at a row, and at what stands beside the list when it has such columns."""
        self._check_identity(row)
        self._check_allowance(row)
        self._check_payment(row)
        self._check_event(row)
        if beside:
            self._check_facts(row)

    def _check_identity(self, row: RegisterRow) -> None:
        """The ID against sex and birth year, when each of them could be read."""
        if row.birth_date is not None and row.birth_date > self._ends_on:
            self._notes.error(h.BIRTH, "ghi ngày sinh sau kỳ chi trả. Kiểm tra lại ngày sinh.")
        if not row.citizen_id:
            return
        born = citizen_id.birth_year(row.citizen_id)
        if row.birth_year and born != row.birth_year:
            self._notes.error(
                h.CITIZEN_ID,
                f"không khớp ngày sinh: số căn cước cho năm sinh {born}, ô ngày sinh ghi "
                f"{row.birth_year}. Kiểm tra lại giấy tờ.",
            )
        sex = citizen_id.sex(row.citizen_id)
        if row.sex and sex != row.sex:
            self._notes.error(
                h.CITIZEN_ID,
                f"không khớp giới tính: chữ số thứ tư cho giới tính {_SEX_WORD[sex]}, ô giới tính "
                f"ghi {_SEX_WORD[row.sex]}. Kiểm tra lại giấy tờ.",
            )

    def _check_allowance(self, row: RegisterRow) -> None:
        if row.start_period and self._period and row.start_period > self._period:
            self._notes.error(
                h.START, "ghi tháng hưởng sau kỳ của danh sách. Kiểm tra lại tháng hưởng."
            )
        if not row.group:
            return
        known = self._groups.get(row.group)
        if known is None:
            shown = cells.shown(row.group)
            self._notes.error(
                h.GROUP, f"ghi nhóm “{shown}”, không có trong danh mục nhóm. Tra lại mã."
            )
            return
        if row.programme and known.programme != row.programme:
            word = _PROGRAMME_WORD.get(known.programme, known.programme)
            self._notes.error(
                h.GROUP,
                f"ghi nhóm thuộc chương trình “{word}”, không phải "
                f"“{_PROGRAMME_WORD[row.programme]}”. Sửa nhóm hoặc chương trình.",
            )
            return
        self._check_start(row)
        self._check_table_key(row, known)

    def _check_start(self, row: RegisterRow) -> None:
        """A new line runs from the month in which its decision was signed."""
        signed = row.decision_date
        if row.event != "new" or not row.start_period or signed is None:
            return
        first = start_month(row.group, signed)
        if signed >= SIGNING_COUNTS_FROM and row.start_period != first:
            self._notes.warn(
                h.START,
                f"ghi {in_words(row.start_period)}, mà quyết định ký tháng {in_words(first)}. Từ"
                " 01/07/2025 hưởng từ tháng ký (Nghị định 147/2025). Kiểm tra lại tháng hưởng.",
            )

    def _check_table_key(self, row: RegisterRow, known: GroupInfo) -> None:
        key, group = row.table_key, _called(row.group, known)
        if known.amount_kind == "individual":
            if not _LEVEL.fullmatch(key):
                self._notes.error(
                    h.TABLE_KEY,
                    f"cần mức riêng bằng đồng của {group}, ví dụ 2105000; mức của tháng khác"
                    " thì ghi 2105000@2026-06.",
                )
        elif known.counted:
            if key and not (key.isdecimal() and 1 <= int(key) <= MAX_UNITS):
                shown = cells.shown(key)
                self._notes.error(h.TABLE_KEY, f"ghi “{shown}”, mà {group} cần số lượng, ví dụ 2.")
        elif key not in known.table_keys:
            keys = sorted(known.table_keys - {""})
            if not keys:
                self._notes.error(h.TABLE_KEY, f"phải để trống: {group} chỉ có một mức.")
                return
            listed = ", ".join(keys[:12]) + (" …" if len(keys) > 12 else "")
            found = f"ghi “{cells.shown(key)}”, không có trong bảng" if key else "để trống"
            self._notes.error(h.TABLE_KEY, f"{found}. Với {group}, chọn một trong: {listed}.")

    def _check_payment(self, row: RegisterRow) -> None:
        if row.kind and (row.kind == "post") != (row.method == "cash") and row.method:
            self._notes.error(
                h.KIND,
                f"ghi “{_KIND_WORD[row.kind]}”, không hợp với hình thức nhận “"
                f"{_METHOD_WORD[row.method]}”. Sửa một trong hai ô.",
            )
        if row.method != "account":
            return
        self._check_kind(row)
        for heading, value, what in (
            (h.ACCOUNT, row.account, "số tài khoản"),
            (h.BANK, row.bank_bin, "mã ngân hàng"),
            (h.HOLDER, row.holder_name, "tên chủ tài khoản"),
        ):
            if not value and not self._notes.has(heading):
                self._notes.error(
                    heading,
                    f"để trống mà hình thức nhận là “Tài khoản”. Nhập {what}, "
                    "hoặc đổi hình thức nhận thành “Tiền mặt”.",
                )

    def _check_kind(self, row: RegisterRow) -> None:
        """What an officer may not enter for one person, a list may not bring either."""
        word = _KIND_WORD[row.kind or BANK]
        if row.bank_bin and not is_kept_by(row.bank_bin, row.kind):
            self._notes.error(
                h.BANK, f"ghi mã {row.bank_bin}, không phải nơi mở “{word}”. Tra lại mã 6 số."
            )
        if row.programme and not is_allowed(row.programme, row.kind or BANK):
            self._notes.error(
                h.KIND, f"ghi “{word}”, mà chương trình này chưa chi qua đó. Chọn cách nhận khác."
            )
        if row.kind == MOBILE:
            self._check_own_phone(row)
        elif row.kind != WALLET and is_card(row.account):
            self._notes.error(
                h.ACCOUNT,
                "là số in trên thẻ ngân hàng, tiền sẽ bị trả lại. Hỏi số tài khoản trong ứng dụng "
                "ngân hàng, sổ hoặc giấy mở tài khoản.",
            )

    def _check_own_phone(self, row: RegisterRow) -> None:
        """Mobile money is opened with the person's own number, and with no other."""
        if row.account and row.account != row.phone and not self._notes.has(h.PHONE):
            self._notes.error(
                h.ACCOUNT,
                "không phải số ở cột “Điện thoại” của dòng này; tiền di động chỉ nhận bằng số của "
                "chính người hưởng. Hỏi lại số, hoặc đổi cách nhận.",
            )
        if row.phone_owner != "self" and not self._notes.has(h.PHONE_OWNER):
            self._notes.error(
                h.PHONE_OWNER,
                "chưa nói số điện thoại là của chính người hưởng. Hỏi lại; đúng thì ghi "
                "“Chính mình”, không thì đổi cách nhận.",
            )

    def _check_event(self, row: RegisterRow) -> None:
        if row.event and row.event_date is None and not self._notes.has(h.EVENT_DATE):
            self._notes.error(h.EVENT_DATE, "để trống mà có biến động. Nhập ngày xảy ra biến động.")
        if row.event_date is not None and row.event_date > self._ends_on:
            self._notes.error(
                h.EVENT_DATE, "ghi ngày sau kỳ của danh sách. Kiểm tra lại ngày biến động."
            )

    def _check_facts(self, row: RegisterRow) -> None:
        """What stands beside the list: each fact is whole or absent."""
        if row.poverty and not row.household:
            self._notes.error(h.HOUSEHOLD, "để trống mà có diện hộ. Nhập số hộ.")
        if (row.disability or row.certificate) and not row.degree:
            self._notes.error(
                h.DEGREE, "để trống mà có khuyết tật. Chọn mức độ trên giấy xác nhận."
            )
        if row.degree and not row.certificate:
            self._notes.error(
                h.CERTIFICATE, "để trống mà có mức độ khuyết tật. Nhập số giấy xác nhận."
            )
        if row.payee in ("guardian", "authorised"):
            self._check_payee(row)
        if row.still_cash and row.method == "account":
            self._notes.error(h.STILL_CASH, "có lý do mà hình thức nhận là “Tài khoản”. Xóa lý do.")

    def _check_payee(self, row: RegisterRow) -> None:
        for heading, value, what in (
            (h.PAYEE_NAME, row.payee_name, "họ tên người nhận thay"),
            (h.RELATION, row.relation, "quan hệ với người hưởng"),
            (h.PAPER, row.paper, "số giấy tờ giám hộ hoặc ủy quyền"),
        ):
            if not value and not self._notes.has(heading):
                self._notes.error(heading, f"để trống mà có người nhận thay. Nhập {what}.")
        if row.signed_on and row.valid_until and row.valid_until < row.signed_on:
            self._notes.error(
                h.UNTIL, "ghi ngày hết hạn trước ngày lập giấy. Kiểm tra lại giấy tờ."
            )


def _called(code: str, known: GroupInfo) -> str:
    """A group as a message may say it: the code of an assistance group can tell an illness."""
    return "nhóm này" if known.programme == "assistance" else f"nhóm {code}"
