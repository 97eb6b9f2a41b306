"""Read and check one officer's list: path in, rows or errors out. No database.

Every fault of the file is reported at once, each with Excel's own row number, so that
the officer mends the file in one go. One bad row makes the whole file unusable.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from python_calamine import CalamineError, PasswordError

from app.beneficiaries import headings as h
from app.beneficiaries.biff import IS_LOCKED
from app.beneficiaries.container import BadFile
from app.beneficiaries.groups import GroupInfo, known_groups
from app.beneficiaries.head import Head, HeadReader, Mapped, Wanted, body, is_known_heading
from app.beneficiaries.line import LineReader
from app.beneficiaries.packed import Packed
from app.beneficiaries.profiles import sheet_names
from app.beneficiaries.rows import CellError, RegisterRow, WorkbookResult
from app.beneficiaries.sheets import Line, Sheet, open_sheet
from app.beneficiaries.spelling import tidy
from app.reference import citizen_id
from app.text import fold

_TOTALS = ("tong cong", "tong so", "cong", "tong")


def read_workbook(
    path: Path,
    expected_commune: str | None = None,
    expected_period: str | None = None,
    *,
    groups: Mapping[str, GroupInfo] | None = None,
    given: Mapped | None = None,
    remembered: Mapping[str, Mapped] | None = None,
) -> WorkbookResult:
    """The rows of a list (XLSX, XLS, CSV), or every error in it; a bad file never raises.

    `expected_commune` (5 digits) and `expected_period` ('YYYY-MM') refuse a file of
    another commune or month. `groups` are the group codes allowed (default: all). `given` says
    which heading of this file is which of ours (folded case), `remembered` by commune what was
    said before.
    """
    result = WorkbookResult(file=path.name)
    wanted = Wanted(expected_commune or "", expected_period or "", given or {}, remembered or {})

    def is_heading(word: str) -> bool:
        return is_known_heading(word) or word.casefold() in wanted.given

    try:
        with open_sheet(path, sheet_names(), is_heading) as sheet:
            result.sha256, result.kind = _sha256(path), sheet.kind
            _read(sheet, result, wanted, groups or known_groups())
    except BadFile as fault:
        _file_error(result, str(fault))
    except PasswordError:
        _file_error(result, IS_LOCKED)
    except (CalamineError, OSError) as fault:
        _file_error(
            result, f"Không đọc được tệp. Mở bằng Excel và lưu lại. Chi tiết kỹ thuật: {fault}"
        )
    return result


def read_packed(path: Path, period: str, remembered: Mapping[str, Mapped]) -> WorkbookResult:
    """A list of a month as it is kept until all are read: its rows packed, without warnings."""
    result = read_workbook(path, expected_period=period, remembered=remembered)
    return replace(result, rows=Packed(result.rows), warnings=[])


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _file_error(result: WorkbookResult, message: str) -> None:
    result.errors.append(CellError(result.file, 0, "", "", message))


def _warn(result: WorkbookResult, row: int, message: str) -> None:
    result.warnings.append(CellError(result.file, row, "", "", message))


def _read(
    sheet: Sheet, result: WorkbookResult, wanted: Wanted, groups: Mapping[str, GroupInfo]
) -> None:
    for note in sheet.notes:
        _warn(result, 0, note)
    head = HeadReader(result, wanted).read(sheet)
    if head is not None:
        _warn_hidden_columns(result, sheet, head)
        _read_body(sheet, result, head, groups)


def _warn_hidden_columns(result: WorkbookResult, sheet: Sheet, head: Head) -> None:
    for heading, at in head.columns.items():
        letter = h.column_letter(at)
        if letter in sheet.scan.hidden_columns:
            _warn(
                result, 0, f"Cột {letter} “{heading}” đang ẩn nhưng vẫn được đọc. Hiện cột để xem."
            )


def _read_body(
    sheet: Sheet, result: WorkbookResult, head: Head, groups: Mapping[str, GroupInfo]
) -> None:
    reader = LineReader(result.file, head, groups, result.period, sheet.scan)
    result.rows = rows = list[RegisterRow]()
    first_rows: dict[tuple[str, str, str], int] = {}
    people: dict[str, RegisterRow] = {}
    levels: dict[str, tuple[str, int]] = {}
    for number, values in _people(sheet, result, head):
        row = reader.read(number, values)
        if row is None or not _is_first(row, first_rows, reader):
            continue
        _check_person(row, people, reader)
        if row.poverty:
            _check_household(row, levels, reader)
        rows.append(row)
    result.errors.extend(reader.notes.errors)
    result.warnings.extend(reader.notes.warnings)
    if not first_rows and not result.errors:
        _file_error(result, "Danh sách không có người nào. Kiểm tra lại tệp.")
    _warn_unknown_prefixes(result, head.columns)


def _people(sheet: Sheet, result: WorkbookResult, head: Head) -> Iterator[Line]:
    """The lines that name somebody: not the empty ones, the totals, the signatures below them."""
    wanted = [at for heading, at in head.columns.items() if heading != h.NUMBER]
    telling = [head.columns[one] for one in (h.CITIZEN_ID, h.BIRTH) if one in head.columns]
    is_over = False
    for number, values in body(sheet.lines):
        if not any(values[at] != "" for at in wanted if at < len(values)):
            continue
        if not any(values[at] != "" for at in telling if at < len(values)):
            if _is_total(values):
                is_over = True
                _warn(result, number, f"Dòng {number} là dòng cộng, không phải người: bị bỏ qua.")
            if is_over:
                continue
        yield number, values


def _is_total(values: Sequence[object]) -> bool:
    first = next((tidy(str(value)) for value in values if value != ""), "")
    return fold(first).rstrip(" :.").startswith(_TOTALS)


def _is_first(
    row: RegisterRow, first_rows: dict[tuple[str, str, str], int], reader: LineReader
) -> bool:
    key = (row.citizen_id, row.programme, row.group)
    first = first_rows.setdefault(key, row.row)
    if first == row.row:
        return True
    reader.notes.error(
        h.CITIZEN_ID,
        f"trùng dòng {first}: cùng số căn cước, chương trình và nhóm. Xóa một dòng.",
    )
    return False


_OF_PERSON = ((h.NAME, "name"), (h.BIRTH, "birth_year"), (h.METHOD, "method"),
              (h.ACCOUNT, "account"), (h.BANK, "bank_bin"), (h.HOLDER, "holder_name"),
              (h.KIND, "kind"), (h.PAYEE, "payee"), (h.PAYEE_NAME, "payee_name"))  # fmt: skip


def _check_person(row: RegisterRow, people: dict[str, RegisterRow], reader: LineReader) -> None:
    """One person on several lines is told once: of two accounts one would go unseen."""
    first = people.setdefault(row.citizen_id, row)
    for heading, name in _OF_PERSON:
        if getattr(first, name) != getattr(row, name):
            reader.notes.error(
                heading, f"khác dòng {first.row} của cùng một người. Ghi giống nhau ở mọi dòng."
            )
            return


def _check_household(
    row: RegisterRow, levels: dict[str, tuple[str, int]], reader: LineReader
) -> None:
    level, first = levels.setdefault(row.household, (row.poverty, row.row))
    if level != row.poverty:
        reader.notes.error(
            h.POVERTY, f"khác dòng {first} của cùng một hộ. Một hộ chỉ có một diện hộ."
        )


def _warn_unknown_prefixes(result: WorkbookResult, columns: Mapping[str, int]) -> None:
    """An unknown province in an ID can be a registration abroad: look, do not refuse."""
    known = citizen_id.known_prefixes()
    letter = h.column_letter(columns.get(h.CITIZEN_ID, 0))
    for row in result.rows:
        prefix = row.citizen_id[:3]
        if prefix in known or (result.is_synthetic and prefix in citizen_id.SYNTHETIC_PREFIXES):
            continue
        message = f"Ô {letter}{row.row} có mã tỉnh {prefix} lạ trong số căn cước. Xem lại giấy tờ."
        result.warnings.append(CellError(result.file, row.row, letter, h.CITIZEN_ID, message))
