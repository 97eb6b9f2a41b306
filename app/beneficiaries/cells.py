"""One cell to one value. Each function takes what Excel holds and raises BadCell.

A cell holds text, a number, a date, a truth value, or '' when empty. The message of
BadCell continues "Ô F7 ...", so it tells what is wrong there and what to do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache

from app.beneficiaries.spelling import old_encoding, tidy
from app.reference import banks, citizen_id

_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_MONTH = re.compile(r"(\d{1,2})[/.-](\d{4})")
_YEAR = re.compile(r"\d{4}")
_NAME = re.compile(r"[^\W\d_]+(?:[ '’.\-]+[^\W\d_]+)*\.?")
_ACCOUNT = re.compile(r"[0-9A-Z]{6,20}")
_SEPARATORS = re.compile(r"[\s. ]")
OLDEST_YEAR = 1900


class BadCell(Exception):
    """A cell that cannot be taken; the text says what to do."""


def text(value: object) -> str:
    """Any cell as tidy text; a whole number loses its '.0'."""
    if isinstance(value, str):
        result = tidy(value)
    elif isinstance(value, float) and value.is_integer():
        result = str(int(value))
    elif isinstance(value, date):
        result = value.strftime("%d/%m/%Y")
    else:
        result = str(value)
    encoding = None if result.isascii() else old_encoding(result)
    if encoding:
        raise BadCell(
            f"gõ bằng bảng mã cũ {encoding}, không phải Unicode. Chuyển bảng mã sang Unicode "
            "(UniKey: Ctrl+Shift+F6) rồi dán lại."
        )
    return result


def name(value: object) -> str:
    """A person's name; letters, spaces, hyphen and apostrophe only."""
    result = text(value)
    if not result:
        raise BadCell("để trống. Nhập họ và tên.")
    if not _NAME.fullmatch(result):
        raise BadCell(f"có ký tự lạ trong họ tên “{result}”. Chỉ dùng chữ cái và dấu cách.")
    return result


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
        raise BadCell(f"ghi “{found}”, không có trong danh mục. Chọn một trong: {allowed}.")

    return parse


def _refuse_number(value: object, need: str) -> None:
    if isinstance(value, (int, float)):
        raise BadCell(
            f"đang là số, Excel đã bỏ số 0 đầu. Chọn cột → Định dạng → Văn bản, nhập lại {need}."
        )


def citizen(value: object) -> str:
    """A 12-digit personal ID in a text cell."""
    _refuse_number(value, "đủ 12 số")
    found = _SEPARATORS.sub("", text(value))
    if citizen_id.is_well_formed(found):
        return found
    if not found:
        raise BadCell("để trống. Nhập số căn cước đủ 12 số.")
    if not (found.isascii() and found.isdigit()):
        raise BadCell(f"có ký tự không phải chữ số: “{found}”. Nhập số căn cước đủ 12 số.")
    if len(found) == 9:
        raise BadCell("có 9 chữ số: đây là số CMND cũ. Nhập số căn cước 12 số.")
    raise BadCell(f"có {len(found)} chữ số. Số căn cước phải đủ 12 số, kiểm tra lại giấy tờ.")


def phone(value: object) -> str:
    """A 10- or 11-digit phone number beginning with 0, or ''."""
    _refuse_number(value, "đủ cả số 0 đầu")
    found = _SEPARATORS.sub("", text(value))
    if not found or (found.isdigit() and found[0] == "0" and len(found) in (10, 11)):
        return found
    raise BadCell(f"ghi “{found}”. Số điện thoại có 10 chữ số và bắt đầu bằng 0; không có thì xóa.")


def account(value: object) -> str:
    """An account number (6-20 digits or capital letters), or ''."""
    _refuse_number(value, "đúng số tài khoản")
    found = _SEPARATORS.sub("", text(value)).upper()
    if not found or _ACCOUNT.fullmatch(found):
        return found
    raise BadCell(f"ghi “{found}”, không giống số tài khoản. Nhập 6 đến 20 chữ số, không dấu.")


def bank(value: object) -> str:
    """A 6-digit bank code (BIN) of a known bank, or ''."""
    if isinstance(value, (int, float)):
        raise BadCell("đang là số. Chọn cột → Định dạng → Văn bản, nhập lại mã 6 số.")
    found = text(value)
    if not found or banks.bank(found):
        return found
    raise BadCell(f"ghi mã ngân hàng “{found}”, không có trong danh mục. Tra lại mã 6 số (BIN).")


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


def day(value: object) -> date:
    """A date as dd/mm/yyyy text or an Excel date."""
    found = _as_date(value) or _day_of(text(value))
    if found is None:
        shown = text(value)
        what = f"ghi “{shown}”, không phải ngày có thật" if shown else "để trống"
        raise BadCell(f"{what}. Nhập ngày dạng ngày/tháng/năm, ví dụ 05/10/2026.")
    return found


def optional_day(value: object) -> date | None:
    """Like `day`, or None when the cell is empty."""
    return None if value == "" or not text(value) else day(value)


def birth(value: object) -> tuple[date | None, int]:
    """(date or None, year): a full date, or only the year."""
    shown = "" if isinstance(value, date) else text(value)
    if _YEAR.fullmatch(shown):
        found, year = None, int(shown)
    else:
        found = _as_date(value) or _day_of(shown)
        year = found.year if found else 0
    if not year:
        what = f"ghi “{shown}”, không phải ngày có thật" if shown else "để trống"
        raise BadCell(f"{what}. Nhập ngày/tháng/năm sinh, ví dụ 05/10/1950, hoặc chỉ năm: 1950.")
    if year < OLDEST_YEAR:
        raise BadCell(f"ghi năm sinh {year}, quá xa. Kiểm tra lại năm sinh.")
    return found, year


def month(value: object) -> str:
    """A month 'YYYY-MM' from mm/yyyy text, or from the date Excel made of it."""
    as_date = _as_date(value)
    if as_date is not None:
        return f"{as_date.year:04}-{as_date.month:02}"
    shown = text(value)
    match = _MONTH.fullmatch(shown)
    if match and 1 <= int(match[1]) <= 12:
        return f"{match[2]}-{int(match[1]):02}"
    what = f"ghi “{shown}”, không phải tháng" if shown else "để trống"
    raise BadCell(f"{what}. Nhập dạng tháng/năm, ví dụ 07/2026.")


def required(what: str) -> Callable[[object], str]:
    """Any text that must not be empty."""

    def parse(value: object) -> str:
        found = text(value)
        if not found:
            raise BadCell(f"để trống. Nhập {what}.")
        return found

    return parse
