"""A take-over file to sheets of numbered rows: an Excel workbook, or one CSV file.

In a CSV file a line whose first cell is the name of a sheet begins that sheet.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from app.beneficiaries.container import MAX_FILE_BYTES, XLSX, BadFile, kind_of
from app.beneficiaries.scan import scan_sheet
from app.beneficiaries.sheets import numbered_rows
from app.beneficiaries.spelling import tidy
from app.takeover import headings as h

Row = tuple[int, list[object]]
_DELIMITERS = ",;\t"
MAX_ROWS = 30_000


@dataclass(frozen=True, slots=True)
class RawSheet:
    """Rows with the number that people see, and the cells (row, letter) that Excel computes."""

    rows: list[Row]
    computed: frozenset[tuple[int, str]] = field(default_factory=frozenset)


def read_sheets(path: Path) -> Mapping[str, RawSheet]:
    """The sheets of a file by name. Raises BadFile with what to do."""
    if path.suffix.lower() == ".csv":
        return _csv(path)
    try:
        if kind_of(path) != XLSX:
            raise BadFile("Tệp không phải Excel (.xlsx). Mở bằng Excel, chọn Lưu thành → .xlsx.")
        return _workbook(path)
    except (CalamineError, OSError) as fault:
        raise BadFile(f"Không đọc được tệp. Mở bằng Excel và lưu lại. ({fault})") from fault


def _workbook(path: Path) -> Mapping[str, RawSheet]:
    found = {}
    with CalamineWorkbook.from_path(path) as workbook:
        for sheet in workbook.sheets_metadata:
            name = _sheet_named(sheet.name)
            if sheet.typ != SheetTypeEnum.WorkSheet or name is None:
                continue
            # Measured before the sheet is built: one far-away cell would fill the memory.
            scan = scan_sheet(path, sheet.name)
            rows = list(numbered_rows(workbook.get_sheet_by_name(sheet.name)))
            found[name] = RawSheet(rows, frozenset(scan.formulas | scan.errors))
    return found


def _sheet_named(text: str) -> str | None:
    folded = tidy(text).casefold()
    return next((name for name in h.SHEETS if name.casefold() == folded), None)


def _csv(path: Path) -> Mapping[str, RawSheet]:
    if not path.is_file():
        raise BadFile(f"Không tìm thấy tệp {path.name}. Chọn lại tệp.")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise BadFile(f"Tệp lớn hơn {MAX_FILE_BYTES >> 20} MB. Tách theo từng xã.")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise BadFile("Tệp CSV không phải UTF-8. Lưu thành “CSV UTF-8” rồi nhập lại.") from fault
    if "\0" in text:
        raise BadFile("Tệp CSV có byte lạ. Xuất lại tệp.")
    return _sections(text)


def _sections(text: str) -> Mapping[str, RawSheet]:
    found: dict[str, RawSheet] = {}
    reader = csv.reader(io.StringIO(text), delimiter=_delimiter(text))
    rows: list[Row] | None = None
    try:
        for values in reader:
            name = _sheet_named(values[0]) if values else None
            if name is not None:
                if name in found:
                    raise BadFile(f"Tệp CSV có hai phần “{name}”. Gộp thành một.")
                found[name] = RawSheet(rows := [])
            elif rows is not None:
                rows.append((reader.line_num, list(values)))
            if reader.line_num > MAX_ROWS:
                raise BadFile(f"Tệp CSV có hơn {MAX_ROWS} dòng. Tách theo từng xã.")
    except csv.Error as fault:
        raise BadFile(f"Tệp CSV hỏng ở dòng {reader.line_num}. Xuất lại tệp.") from fault
    return found


def _delimiter(text: str) -> str:
    """What parts the columns: as Excel writes it here, that is ; more often than a comma."""
    lines = [line for line in text.splitlines() if h.AMOUNT in line]
    line = lines[0] if lines else ""
    return max(_DELIMITERS, key=line.count)
