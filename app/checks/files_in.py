"""An answer file, read strictly: CSV or XLSX in, one value or its faults per line out.

Nothing is repaired: a number that lost its zeros, a formula, a cell too long, another request's
line are faults with their place.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from app.beneficiaries.container import XLSX, BadFile, kind_of
from app.beneficiaries.scan import scan_sheet
from app.beneficiaries.sheets import numbered_rows
from app.checks.contracts import THEIR_HEADINGS, Answered, Contract, contract
from app.checks.files_out import SHEET
from app.checks.reading import Fault, read_line
from app.checks.schemas import LINES_MAX
from app.errors import InputError
from app.names import LONGEST

CSV_BYTES_MAX = 200 * 1024 * 1024
CELL_MAX = 4 * LONGEST
_HEAD_MAX = 65_536
_SEARCHED_ROWS = 15
_WHOLE = ("ref", "amount")
_DAYS = ("checked_at", "happened_on", "birth")
_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")

Row = tuple[int, Sequence[object]]


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """What the first lines of an answer file say of it."""

    path: Path
    sha256: str
    source: str
    code: str

    def lines(self, now: datetime) -> Iterator[Answered | list[Fault]]:
        """Every line as a value or its faults, streamed."""
        rows = _rows(self.path)
        columns = _columns(rows, self.path.name)
        for number, cells in rows:
            if any(str(cell).strip() for cell in cells):
                yield _line(contract(self.source), self.code, number, columns, cells, now)


def open_answer(path: Path) -> AnswerFile:
    """Which request a file answers. Raises InputError for what cannot be an answer."""
    if not path.is_file():
        raise InputError(f"Không có tệp {path.name}.", "Kiểm tra lại đường dẫn.")
    rows = _rows(path)
    columns = _columns(rows, path.name)
    first = next((cells for _, cells in rows if any(str(cell).strip() for cell in cells)), None)
    if first is None:
        raise InputError(f"Tệp {path.name} không có dòng trả lời nào.", "Nhờ bên kia gửi lại.")
    code = str(_cell(first, columns["request_id"])).strip()
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return AnswerFile(path, digest, contract(code.split("-")[0]).code, code)


def _rows(path: Path) -> Iterator[Row]:
    if path.suffix.lower() == ".csv":
        return _csv_rows(path)
    if path.suffix.lower() == ".xlsx":
        return _xlsx_rows(path)
    raise InputError(f"Tệp “{path.name}” phải là .xlsx hoặc .csv.", "Nhờ bên kia gửi lại.")


def _csv_rows(path: Path) -> Iterator[Row]:
    if path.stat().st_size > CSV_BYTES_MAX:
        raise InputError(f"Tệp {path.name} lớn hơn 200 MB.", "Tách thành nhiều tệp.")
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            head = stream.readline(_HEAD_MAX)
            separator = ";" if head.count(";") > head.count(",") else ","
            yield from enumerate(
                csv.reader(chain([head], stream), delimiter=separator, strict=True), start=1
            )
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            f"Tệp {path.name} không phải CSV UTF-8 đúng dạng, hoặc có ô quá dài.",
            "Lưu lại dạng CSV UTF-8 hoặc .xlsx.",
        ) from error


def _xlsx_rows(path: Path) -> Iterator[Row]:
    try:
        _refuse_other_kinds(path)
        with CalamineWorkbook.from_path(path) as book:
            _refuse_odd_sheet(path, book)
            yield from numbered_rows(book.get_sheet_by_name(SHEET))
    except (BadFile, CalamineError, OSError) as error:
        said = str(error) if isinstance(error, BadFile) else "Không đọc được tệp."
        raise InputError(f"{path.name}: {said}", "Nhờ bên kia gửi lại.") from error


def _refuse_other_kinds(path: Path) -> None:
    if kind_of(path) != XLSX:
        raise BadFile("Tệp không phải .xlsx. Lưu lại dạng .xlsx.")


def _refuse_odd_sheet(path: Path, book: CalamineWorkbook) -> None:
    """The sheet that we sent, without anything that Excel computes."""
    if SHEET not in book.sheet_names:
        raise BadFile(f"Không có trang “{SHEET}”. Dùng lại tệp đã gửi đi.")
    scan = scan_sheet(path, SHEET)
    if scan.formulas or scan.errors:
        row, letter = min(scan.formulas | scan.errors)
        raise BadFile(f"Ô {letter}{row} là công thức hoặc lỗi. Dán lại dạng giá trị.")


def _columns(rows: Iterator[Row], name: str) -> Mapping[str, int]:
    """The columns of an answer by field, from the line of headings."""
    needed = {THEIR_HEADINGS[one]: one for one in ("request_id", "ref", "result", "checked_at")}
    for number, cells in rows:
        words = [" ".join(str(cell).split()) for cell in cells]
        if needed.keys() <= set(words):
            fields = {one: field for field, one in THEIR_HEADINGS.items()}
            twice = sorted({one for one in words if one in fields and words.count(one) > 1})
            if twice:
                raise InputError(f"{name}: lặp cột “{twice[0]}”.", "Xóa cột thừa.")
            return {fields[one]: at for at, one in enumerate(words) if one in fields}
        if number >= _SEARCHED_ROWS:
            break
    listed = ", ".join(f"“{one}”" for one in needed)
    raise InputError(f"{name}: không thấy dòng tiêu đề có {listed}.", "Dùng lại tệp đã gửi đi.")


def _cell(cells: Sequence[object], at: int) -> object:
    return cells[at] if at < len(cells) else ""


def _line(
    told: Contract,
    code: str,
    number: int,
    columns: Mapping[str, int],
    cells: Sequence[object],
    now: datetime,
) -> Answered | list[Fault]:
    place = f"Dòng {number}"
    if str(_cell(cells, columns["request_id"])).strip() != code:
        return [Fault(place, "thuộc yêu cầu khác. Mỗi tệp chỉ trả lời một yêu cầu.")]
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for name in ("ref", "result", "checked_at", *told.subject, *told.tells):
        value = _value(name, _cell(cells, columns[name]) if name in columns else "")
        if isinstance(value, Fault):
            faults.append(Fault(place, value.message))
        elif value != "":
            values[name] = value
    return faults or read_line(told.code, place, values, now)


def _value(name: str, cell: object) -> object:
    """A cell as its field is written in a message; an empty one is ''."""
    if name in _WHOLE:
        return _whole(name, cell)
    if isinstance(cell, datetime):
        return cell.isoformat() if name == "checked_at" else cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float | int) and name != "birth":
        message = "là số, có thể đã mất số 0 ở đầu. Định dạng ô là văn bản rồi nhập lại."
        return Fault("", f"“{THEIR_HEADINGS[name]}” {message}")
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
    if len(text) > CELL_MAX:
        return Fault("", f"“{THEIR_HEADINGS[name]}” dài quá {CELL_MAX} ký tự.")
    written = _DAY.fullmatch(text) if name in _DAYS else None
    return f"{written[3]}-{written[2]:>02}-{written[1]:>02}" if written else text


def _whole(name: str, cell: object) -> object:
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
    if text == "":
        return ""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(LINES_MAX)) + 8):
        return Fault("", f"“{THEIR_HEADINGS[name]}” không phải số nguyên.")
    return int(text)
