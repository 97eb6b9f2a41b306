"""One cell to one value. Each function takes what Excel holds and raises BadCell.

A cell holds text, a number, a date, a truth value, or '' when empty. The message of
BadCell continues "Ô F7 ...", so it tells what is wrong there and what to do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import cache, lru_cache

from app.beneficiaries.legacy import as_meant, old_encoding
from app.beneficiaries.spelling import tidy
from app.reference import banks, citizen_id
from app.reference.money_providers import all_money_providers, money_provider

_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_MONTH = re.compile(r"(\d{1,2})[/.-](\d{4})")
_YEAR = re.compile(r"\d{4}")
_NAME = re.compile(r"[^\W\d_]+(?:[ '’.\-]+[^\W\d_]+)*\.?")
_ACCOUNT = re.compile(r"[0-9A-Z]{6,20}")
_SEPARATORS = re.compile(r"[\s. ]")
_LONG_NUMBER = re.compile(r"\d[\d .\-]{4,}\d")
_EXPONENT = re.compile(r"\d([.,]\d+)?E\+?\d+", re.IGNORECASE)
_FORMULA_SIGNS = frozenset("=+-@\t\r\uff1d\uff0b\uff0d\uff20\u2013\u2014")
_DASHES = frozenset("-\u2013\u2014")
_EPOCH = date(1899, 12, 30)
_LAST_SERIAL = 80_000
_KEEPER = re.compile(r"\d{6}")
OLDEST_YEAR = 1900


class BadCell(Exception):
    """A cell that cannot be taken; the text says what to do.

    `proposal` is what it may have meant, in full; the text never holds a number of a person.
    """

    def __init__(self, message: str, proposal: str = "") -> None:
        super().__init__(message)
        self.proposal = proposal


def shown(found: str) -> str:
    """What a cell holds, as a message may say it: numbers of persons hidden, not too long."""
    return _LONG_NUMBER.sub("•••", found)[:40]


def text(value: object) -> str:
    """Any cell as tidy text; a whole number loses its '.0', a lone dash is nothing."""
    if value == "":  # most cells of a list
        return ""
    if isinstance(value, str):
        result = tidy(value)
        if value[:1] in _FORMULA_SIGNS:
            result = _not_a_formula(value, result)
    elif isinstance(value, float) and value.is_integer():
        result = str(int(value))
    elif isinstance(value, date):
        result = value.strftime("%d/%m/%Y")
    else:
        result = str(value)
    if not result.isascii():
        _refuse_old_encoding(result)
    return result


def _not_a_formula(value: str, result: str) -> str:
    """Text that a spreadsheet would take for a formula is refused on its way in."""
    if not result or set(result) <= _DASHES:
        return ""
    sign = {"\t": "dấu Tab", "\r": "dấu xuống dòng"}.get(value[0], f"“{value[0]}”")
    raise BadCell(f"bắt đầu bằng {sign}: Excel sẽ hiểu là công thức. Xóa ký tự này, nhập chữ.")


def _refuse_old_encoding(result: str) -> None:
    encoding = old_encoding(result)
    if encoding:
        meant = as_meant(result, encoding)
        raise BadCell(
            f"gõ bằng bảng mã cũ {encoding}, không phải Unicode (có lẽ là “{shown(meant)}”). "
            "Chuyển bảng mã sang Unicode (UniKey: Ctrl+Shift+F6) rồi dán lại.",
            meant,
        )


def name(value: object) -> str:
    """A person's name; letters, spaces, hyphen and apostrophe only."""
    result = text(value)
    if not result:
        raise BadCell("để trống. Nhập họ và tên.")
    if not _NAME.fullmatch(result):
        raise BadCell(f"có ký tự lạ trong họ tên “{shown(result)}”. Chỉ dùng chữ cái và dấu cách.")
    return result


def optional_name(value: object) -> str:
    """Like `name`, or '' when the cell is empty."""
    return "" if value == "" or not text(value) else name(value)


def choice(words: Mapping[str, str]) -> Callable[[object], str]:
    """A cell that must be one of `words`, giving the code of the word."""
    folded = {word.casefold(): code for word, code in words.items()}
    allowed = ", ".join(f"“{word}”" for word in words if word)

    def parse(value: object) -> str:
        if isinstance(value, str) and value in words:
            return words[value]
        found = text(value)
        if found.casefold() in folded:
            return folded[found.casefold()]
        if not found:
            raise BadCell(f"để trống. Chọn một trong: {allowed}.")
        raise BadCell(f"ghi “{shown(found)}”, không có trong danh mục. Chọn một trong: {allowed}.")

    return parse


def _refuse_number(value: object, need: str, proposal: str = "") -> None:
    if isinstance(value, (int, float)):
        more = f" Thêm {_lost(value, proposal)} số 0 đầu thì thành số hợp lệ." if proposal else ""
        raise BadCell(
            f"đang là số, Excel đã bỏ số 0 đầu. Chọn cột → Định dạng → Văn bản, nhập lại {need}."
            f"{more}",
            proposal,
        )
    if isinstance(value, str) and _EXPONENT.fullmatch(value.strip()):
        raise BadCell(
            "đã bị đổi thành số mũ (kiểu 9,7E+10), mất chữ số. Chọn cột → Định dạng → Văn bản, "
            f"nhập lại {need} từ giấy tờ."
        )


def _lost(value: float, proposal: str) -> int:
    return len(proposal) - len(str(int(value)))


def _padded(digits: str) -> str:
    """The 12-digit ID that lost its leading zeros, or '' when there is none."""
    whole = digits.zfill(citizen_id.LENGTH)
    is_one = len(digits) in (10, 11) and whole[:3] in _prefixes()
    return whole if is_one and citizen_id.is_well_formed(whole) else ""


def _prefixes() -> frozenset[str]:
    return citizen_id.known_prefixes().union(citizen_id.SYNTHETIC_PREFIXES)


def citizen(value: object) -> str:
    """A 12-digit personal ID in a text cell."""
    is_whole = isinstance(value, (int, float)) and value == value // 1
    _refuse_number(value, "đủ 12 số", _padded(text(value)) if is_whole else "")
    found = _SEPARATORS.sub("", text(value))
    if citizen_id.is_well_formed(found):
        return found
    if not found:
        raise BadCell("để trống. Nhập số căn cước đủ 12 số.")
    if not (found.isascii() and found.isdigit()):
        strange = "".join(dict.fromkeys(sign for sign in found if not sign.isdecimal()))
        raise BadCell(f"có ký tự không phải chữ số: “{strange[:10]}”. Nhập số căn cước đủ 12 số.")
    if len(found) == 9:
        raise BadCell("có 9 chữ số: đây là số CMND cũ. Nhập số căn cước 12 số.")
    padded = _padded(found)
    more = f" Thêm {12 - len(found)} số 0 đầu thì thành số hợp lệ." if padded else ""
    raise BadCell(
        f"có {len(found)} chữ số. Số căn cước phải đủ 12 số, kiểm tra lại giấy tờ.{more}", padded
    )


def optional_citizen(value: object) -> str:
    """Like `citizen`, or '' when the cell is empty."""
    return "" if value == "" or not text(value) else citizen(value)


def phone(value: object) -> str:
    """A 10- or 11-digit phone number beginning with 0, or ''."""
    _refuse_number(value, "đủ cả số 0 đầu")
    if isinstance(value, str) and value.strip().startswith("+84"):
        raise BadCell("ghi mã nước +84. Nhập số điện thoại bắt đầu bằng 0, ví dụ 0912…")
    found = _SEPARATORS.sub("", text(value))
    if not found or (found.isdigit() and found[0] == "0" and len(found) in (10, 11)):
        return found
    raise BadCell(
        f"ghi “{shown(found)}”. Số điện thoại có 10 chữ số và bắt đầu bằng 0; không có thì xóa."
    )


def account(value: object) -> str:
    """An account number (6-20 digits or capital letters), or ''."""
    _refuse_number(value, "đúng số tài khoản")
    found = _SEPARATORS.sub("", text(value)).upper()
    if not found or _ACCOUNT.fullmatch(found):
        return found
    raise BadCell(
        f"ghi “{shown(found)}”, không giống số tài khoản. Nhập 6 đến 20 chữ số, không dấu."
    )


def bank(value: object) -> str:
    """The 6-digit code of a known bank (BIN) or provider of mobile money or wallets, by its code
    or short name, or ''."""
    if isinstance(value, (int, float)):
        raise BadCell("đang là số. Chọn cột → Định dạng → Văn bản, nhập lại mã 6 số.")
    found = text(value)
    if not found or banks.bank(found) or money_provider(found):
        return found
    if named := _by_short_name().get(found.casefold()):
        return named
    # A code is no number of a person: it may be said.
    said = found if _KEEPER.fullmatch(found) else shown(found)
    raise BadCell(f"ghi mã ngân hàng “{said}”, không có trong danh mục. Tra lại mã 6 số (BIN).")


@cache
def _by_short_name() -> dict[str, str]:
    providers = {one.short_name.casefold(): one.code for one in all_money_providers()}
    in_use = (one for one in banks.all_banks() if not one.is_deprecated)
    return {**providers, **{one.short_name.casefold(): one.bin for one in in_use}}


@lru_cache(maxsize=65536)
def _day_of(found: str) -> date | None:
    match = _DAY.fullmatch(found)
    if not match:
        return None
    day, month, year = (int(part) for part in match.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _as_date(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def _serial(value: object) -> str:
    """The day that Excel means by a bare number, or ''."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return ""
    # Its size is looked at before it is made whole: a cell may hold infinity.
    is_day = OLDEST_YEAR + 200 < value < _LAST_SERIAL and int(value) == value
    return (_EPOCH + timedelta(days=int(value))).strftime("%d/%m/%Y") if is_day else ""


def _not_a_day(value: object, example: str) -> BadCell:
    found, meant = text(value), _serial(value)
    if meant:
        return BadCell(
            f"đang là số {found}, có lẽ là ngày {meant} bị mất định dạng. Chọn cột → Định dạng → "
            "Văn bản, nhập lại ngày/tháng/năm.",
            meant,
        )
    what = f"ghi “{shown(found)}”, không phải ngày có thật" if found else "để trống"
    return BadCell(f"{what}. {example}")


def day(value: object) -> date:
    """A date as dd/mm/yyyy text or an Excel date."""
    found = _as_date(value) or _day_of(text(value))
    if found is None:
        raise _not_a_day(value, "Nhập ngày dạng ngày/tháng/năm, ví dụ 05/10/2026.")
    return found


def optional_day(value: object) -> date | None:
    """Like `day`, or None when the cell is empty."""
    return None if value == "" or not text(value) else day(value)


def birth(value: object) -> tuple[date | None, int]:
    """(date or None, year): a full date, or only the year."""
    given = "" if isinstance(value, date) else text(value)
    if _YEAR.fullmatch(given):
        found, year = None, int(given)
    else:
        found = _as_date(value) or _day_of(given)
        year = found.year if found else 0
    if not year:
        raise _not_a_day(value, "Nhập ngày/tháng/năm sinh, ví dụ 05/10/1950, hoặc chỉ năm: 1950.")
    if year < OLDEST_YEAR:
        raise BadCell(f"ghi năm sinh {year}, quá xa. Kiểm tra lại năm sinh.")
    return found, year


def month(value: object) -> str:
    """A month 'YYYY-MM' from mm/yyyy text, or from a day in it."""
    as_date = _as_date(value)
    given = text(value) if as_date is None else ""
    as_date = as_date or _day_of(given)
    if as_date is not None:
        return f"{as_date.year:04}-{as_date.month:02}"
    match = _MONTH.fullmatch(given)
    if match and 1 <= int(match[1]) <= 12:
        return f"{match[2]}-{int(match[1]):02}"
    what = f"ghi “{shown(given)}”, không phải tháng" if given else "để trống"
    raise BadCell(f"{what}. Nhập dạng tháng/năm, ví dụ 07/2026.")


def required(what: str) -> Callable[[object], str]:
    """Any text that must not be empty."""

    def parse(value: object) -> str:
        found = text(value)
        if not found:
            raise BadCell(f"để trống. Nhập {what}.")
        return found

    return parse


def optional(words: Mapping[str, str]) -> Callable[[object], str]:
    """Like `choice`, or '' when the cell is empty."""
    return choice({"": "", **words})
