"""Read and check one officer's workbook: path in, rows or errors out. No database.

Every fault of the file is reported at once, each with Excel's own row number, so that
the officer mends the file in one go. One bad row makes the whole file unusable.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from app.beneficiaries import cells
from app.beneficiaries import headings as h
from app.beneficiaries.container import BadFile, SheetScan, check_file, scan_sheet
from app.beneficiaries.groups import GroupInfo, known_groups
from app.beneficiaries.line import LineReader
from app.beneficiaries.rows import CellError, RegisterRow, WorkbookResult
from app.beneficiaries.spelling import tidy
from app.reference import areas, citizen_id

_COMMUNE = re.compile(r"\d{5}")
_SEARCHED_ROWS = 15


def read_workbook(
    path: Path,
    expected_commune: str | None = None,
    expected_period: str | None = None,
    *,
    groups: Mapping[str, GroupInfo] | None = None,
) -> WorkbookResult:
    """The rows of a workbook, or every error in it; a bad file is a result, never a raise.

    `expected_commune` (5 digits) and `expected_period` ('YYYY-MM') refuse a file of
    another commune or month. `groups` are the group codes allowed (default: all).
    """
    result = WorkbookResult(file=path.name)
    try:
        check_file(path)
        result.sha256 = _sha256(path)
        _read_sheet(path, result, expected_commune, expected_period, groups or known_groups())
    except BadFile as fault:
        _file_error(result, str(fault))
    except (CalamineError, OSError) as fault:
        _file_error(
            result, f"Không đọc được tệp. Mở bằng Excel và lưu lại. Chi tiết kỹ thuật: {fault}"
        )
    return result


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _file_error(result: WorkbookResult, message: str) -> None:
    result.errors.append(CellError(result.file, 0, "", "", message))


def _read_sheet(
    path: Path,
    result: WorkbookResult,
    commune: str | None,
    period: str | None,
    groups: Mapping[str, GroupInfo],
) -> None:
    with CalamineWorkbook.from_path(path) as workbook:
        name = _choose_sheet(workbook, result)
        # Measured before the sheet is built: one far-away cell would fill the memory.
        scan = scan_sheet(path, name)
        lines = numbered_rows(workbook.get_sheet_by_name(name))
        columns = _read_head(lines, result, commune, period)
        if columns is not None:
            _read_body(lines, result, columns, groups, scan)


def _choose_sheet(workbook: CalamineWorkbook, result: WorkbookResult) -> str:
    sheets = [s for s in workbook.sheets_metadata if s.typ == SheetTypeEnum.WorkSheet]
    visible = [s.name for s in sheets if s.visible == SheetVisibleEnum.Visible]
    for sheet in sheets:
        if sheet.name not in visible:
            message = f"Trang ẩn “{sheet.name}” bị bỏ qua."
            result.warnings.append(CellError(result.file, 0, "", "", message))
    for name in visible:
        if tidy(name).casefold() == h.SHEET.casefold():
            return name
    shown = ", ".join(f"“{name}”" for name in visible) or "không có trang nào"
    raise BadFile(f"Không có trang “{h.SHEET}”. Hiện có: {shown}. Đổi tên trang hoặc dùng mẫu.")


def numbered_rows(sheet: CalamineSheet) -> Iterator[tuple[int, list[object]]]:
    """(Excel's row number, values from column A)."""
    # The reader begins at row 1 but at the first used column: put the empty ones back.
    missing: list[object] = [""] * (sheet.start[1] if sheet.start else 0)
    for number, values in enumerate(sheet.iter_rows(), start=1):
        yield number, [*missing, *values] if missing else list(values)


def _is_heading_row(values: Sequence[object]) -> bool:
    words = {_heading(value) for value in values}
    return len(words.intersection(h.HEADINGS)) >= 4


def _heading(value: object) -> str:
    """A heading cell as the exact word of the template when it is one, else tidy text."""
    word = tidy(str(value))
    return _FOLDED_HEADINGS.get(word.casefold(), word)


_FOLDED_HEADINGS = {heading.casefold(): heading for heading in h.HEADINGS}


def _read_head(
    lines: Iterator[tuple[int, list[object]]],
    result: WorkbookResult,
    commune: str | None,
    period: str | None,
) -> dict[str, int] | None:
    """Read down to the heading row; the columns by heading, or None when it is not there."""
    has_machine_line = False
    for number, values in lines:
        if _is_heading_row(values):
            if not has_machine_line:
                _file_error(result, _MACHINE_LINE_MISSING)
            return _columns(number, values, result)
        words = [tidy(str(value)) for value in values]
        result.is_synthetic = result.is_synthetic or h.SYNTHETIC_NOTICE in words
        if h.COMMUNE_LABEL in words:
            has_machine_line = True
            _read_machine_line(number, values, words, result, commune, period)
        if number >= _SEARCHED_ROWS:
            break
    _file_error(result, f"Không thấy dòng tiêu đề cột (dòng {h.HEADING_ROW} của mẫu). Dùng mẫu.")
    return None


_MACHINE_LINE_MISSING = (
    f"Thiếu dòng “{h.COMMUNE_LABEL} … {h.PERIOD_LABEL} …” (dòng {h.MACHINE_ROW} của mẫu). Dùng mẫu."
)


def _read_machine_line(
    number: int,
    values: Sequence[object],
    words: Sequence[str],
    result: WorkbookResult,
    commune: str | None,
    period: str | None,
) -> None:
    at = words.index(h.COMMUNE_LABEL) + 1
    result.commune_code = words[at] if at < len(words) else ""
    fault = _commune_fault(result.commune_code, commune)
    if fault:
        _head_error(result, number, at, h.COMMUNE_LABEL, fault)
    at = words.index(h.PERIOD_LABEL) + 1 if h.PERIOD_LABEL in words else at + 2
    try:
        result.period = cells.month(values[at] if at < len(values) else "")
    except cells.BadCell as problem:
        _head_error(result, number, at, h.PERIOD_LABEL, str(problem))
        return
    if period and result.period != period:
        shown, wanted = _shown(result.period), _shown(period)
        _head_error(
            result, number, at, h.PERIOD_LABEL,
            f"ghi kỳ {shown}, đang nhập kỳ {wanted}. Chọn đúng tệp của kỳ {wanted}.",
        )  # fmt: skip


def _commune_fault(code: str, expected: str | None) -> str | None:
    if not _COMMUNE.fullmatch(code):
        return f"ghi “{code}”, không phải mã xã 5 chữ số (ô văn bản). Nhập lại mã xã."
    known = areas.commune(code)
    if known is None:
        return f"ghi mã xã {code}, không có trong danh mục hành chính. Nhập lại mã xã."
    if expected and code != expected:
        wanted = areas.commune(expected)
        name = wanted.name if wanted else expected
        return f"là danh sách của {known.name} ({code}), không phải {name} ({expected}). Chọn lại."
    return None


def _shown(period: str) -> str:
    return f"{period[5:]}/{period[:4]}"


def _head_error(result: WorkbookResult, number: int, at: int, heading: str, problem: str) -> None:
    letter = h.column_letter(at)
    message = f"Ô {letter}{number} {problem}"
    result.errors.append(CellError(result.file, number, letter, heading, message))


def _columns(number: int, values: Sequence[object], result: WorkbookResult) -> dict[str, int]:
    columns: dict[str, int] = {}
    for at, value in enumerate(values):
        word = _heading(value)
        if word in columns:
            _head_error(result, number, at, word, f"lặp cột “{word}”. Xóa cột thừa.")
        elif word in h.HEADINGS:
            columns[word] = at
    present = ", ".join(f"“{_heading(value)}”" for value in values if value != "")
    for heading in h.HEADINGS:
        if heading not in columns and heading != h.NUMBER:
            message = (
                f"Tệp thiếu cột “{heading}”. Hiện có: {present}. Thêm cột này ở dòng {number}."
            )
            result.errors.append(CellError(result.file, number, "", heading, message))
    return columns


def _read_body(
    lines: Iterator[tuple[int, list[object]]],
    result: WorkbookResult,
    columns: dict[str, int],
    groups: Mapping[str, GroupInfo],
    scan: SheetScan,
) -> None:
    reader = LineReader(result.file, columns, groups, result.period, scan)
    first_rows: dict[tuple[str, str, str], int] = {}
    wanted = [at for heading, at in columns.items() if heading != h.NUMBER]
    for number, values in lines:
        if not any(values[at] != "" for at in wanted if at < len(values)):
            continue
        row = reader.read(number, values)
        if row is not None and _is_first(row, first_rows, reader):
            result.rows.append(row)
    result.errors.extend(reader.errors)
    result.warnings.extend(reader.warnings)
    if not first_rows and not result.errors:
        _file_error(result, "Danh sách không có người nào. Kiểm tra lại tệp.")
    _warn_unknown_prefixes(result, columns)


def _is_first(
    row: RegisterRow, first_rows: dict[tuple[str, str, str], int], reader: LineReader
) -> bool:
    key = (row.citizen_id, row.programme, row.group)
    first = first_rows.setdefault(key, row.row)
    if first == row.row:
        return True
    reader.note(
        h.CITIZEN_ID,
        f"trùng dòng {first}: cùng số căn cước, chương trình và nhóm {row.group}. Xóa một dòng.",
    )
    return False


def _warn_unknown_prefixes(result: WorkbookResult, columns: Mapping[str, int]) -> None:
    """An unknown province in an ID can be a registration abroad: look, do not refuse."""
    known = citizen_id.known_prefixes()
    letter = h.column_letter(columns.get(h.CITIZEN_ID, 0))
    for row in result.rows:
        prefix = row.citizen_id[:3]
        if prefix in known or (result.is_synthetic and prefix == citizen_id.SYNTHETIC_PREFIX):
            continue
        message = f"Ô {letter}{row.row} có mã tỉnh {prefix} lạ trong số căn cước. Xem lại giấy tờ."
        result.warnings.append(CellError(result.file, row.row, letter, h.CITIZEN_ID, message))
