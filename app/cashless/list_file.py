"""A list from outside, CSV or Excel, to rows by heading. Strict: a heading that is missing, a
number in a text column or a formula is refused with its place."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from app.beneficiaries.cells import BadCell, text
from app.beneficiaries.container import MAX_FILE_BYTES, MAX_ROWS, XLSX, BadFile, kind_of
from app.beneficiaries.scan import scan_sheet
from app.beneficiaries.sheets import numbered_rows
from app.beneficiaries.spelling import tidy
from app.errors import InputError

_SEARCHED = 20
_DELIMITERS = ";,\t"

Row = tuple[int, Mapping[str, str]]


def read_rows(path: Path, headings: Sequence[str]) -> list[Row]:
    """(row number as people see it, values by heading). Raises InputError for the file."""
    try:
        lines = _csv(path) if path.suffix.lower() == ".csv" else _workbook(path)
        return list(_rows(iter(lines), headings))
    except (BadFile, BadCell) as fault:
        raise InputError(f"{path.name}: {fault}") from fault
    except (CalamineError, OSError) as fault:
        raise InputError(f"Không đọc được tệp {path.name}.", "Mở bằng Excel và lưu lại.") from fault


def _rows(lines: Iterator[tuple[int, list[object]]], headings: Sequence[str]) -> Iterator[Row]:
    columns = _head(lines, headings)
    last = max(columns.values())
    for number, values in lines:
        padded = [*values, *([""] * (last + 1 - len(values)))]
        row = {name: _cell(padded[at], number, name) for name, at in columns.items()}
        if any(row.values()):
            yield number, row


def _head(lines: Iterator[tuple[int, list[object]]], headings: Sequence[str]) -> dict[str, int]:
    """The columns by heading, from the first row that has them all; no heading stands twice."""
    for number, values in lines:
        words = [tidy(str(value)).casefold() for value in values]
        if all(one.casefold() in words for one in headings):
            twice = [one for one in headings if words.count(one.casefold()) > 1]
            if twice:
                raise BadFile(f"dòng {number} lặp cột “{twice[0]}”. Xóa cột thừa.")
            return {one: words.index(one.casefold()) for one in headings}
        if number >= _SEARCHED:
            break
    raise BadFile(f"không thấy dòng tiêu đề có đủ cột: {', '.join(headings)}. Dùng đúng mẫu.")


def _cell(value: object, number: int, heading: str) -> str:
    if isinstance(value, int | float):
        raise BadFile(
            f"dòng {number}, cột “{heading}” đang là số, Excel có thể đã bỏ số 0 đầu."
            " Chọn cột → Định dạng → Văn bản rồi nhập lại."
        )
    try:
        return text(value)
    except BadCell as fault:
        raise BadFile(f"dòng {number}, cột “{heading}” {fault}") from fault


def _workbook(path: Path) -> Iterable[tuple[int, list[object]]]:
    if kind_of(path) != XLSX:
        raise BadFile("tệp không phải Excel (.xlsx) hay CSV. Mở bằng Excel, lưu thành .xlsx.")
    with CalamineWorkbook.from_path(path) as workbook:
        name = workbook.sheet_names[0]
        # Measured before the sheet is built: one far-away cell would fill the memory.
        scan = scan_sheet(path, name)
        if scan.formulas or scan.errors:
            row, letter = min(scan.formulas | scan.errors)
            raise BadFile(f"ô {letter}{row} là công thức. Dán giá trị thay công thức.")
        return list(numbered_rows(workbook.get_sheet_by_name(name)))


def _csv(path: Path) -> Iterable[tuple[int, list[object]]]:
    if not path.is_file():
        raise BadFile("không tìm thấy tệp. Chọn lại tệp.")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise BadFile(f"tệp lớn hơn {MAX_FILE_BYTES >> 20} MB. Tách theo từng xã.")
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise BadFile("tệp CSV không phải UTF-8. Lưu thành “CSV UTF-8”.") from fault
    first = content.partition("\n")[0]
    reader = csv.reader(io.StringIO(content), delimiter=max(_DELIMITERS, key=first.count))
    rows: list[tuple[int, list[object]]] = []
    try:
        for values in reader:
            rows.append((reader.line_num, list(values)))
            if reader.line_num > MAX_ROWS:
                raise BadFile(f"tệp có hơn {MAX_ROWS} dòng. Tách theo từng xã.")
    except csv.Error as fault:
        raise BadFile(f"tệp CSV hỏng ở dòng {reader.line_num}. Xuất lại tệp.") from fault
    return rows
