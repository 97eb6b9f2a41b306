"""The older system's payroll list of a month: an Excel sheet with five columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from app.beneficiaries import cells
from app.beneficiaries.cells import BadCell
from app.beneficiaries.container import XLSX, BadFile, kind_of
from app.beneficiaries.headings import PROGRAMMES, column_letter
from app.beneficiaries.scan import scan_sheet
from app.beneficiaries.sheets import numbered_rows
from app.beneficiaries.spelling import tidy
from app.takeover.reading import whole

CITIZEN_ID, NAME, PROGRAMME, AMOUNT, ARREARS = (
    "Số CCCD", "Họ và tên", "Chương trình", "Số tiền", "Truy lĩnh"
)  # fmt: skip
HEADINGS = (CITIZEN_ID, NAME, PROGRAMME, AMOUNT, ARREARS)
_SEARCHED_ROWS = 15


@dataclass(frozen=True, slots=True)
class ParallelRow:
    """One line: `amount` is the month's, `arrears` for earlier months, in đồng."""

    citizen_id: str
    name: str
    programme: str
    amount: int
    arrears: int


@dataclass(slots=True)
class ParallelFile:
    """The rows of a file, or every error in it with row and column."""

    name: str
    rows: list[ParallelRow] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def read_parallel(path: Path) -> ParallelFile:
    """Read the first sheet; a bad file is a result with its errors, never a raise."""
    file = ParallelFile(path.name)
    try:
        if kind_of(path) != XLSX:
            file.errors.append(f"{path.name}: không phải Excel. Mở bằng Excel, lưu thành .xlsx.")
            return file
        with CalamineWorkbook.from_path(path) as workbook:
            name = workbook.sheet_names[0]
            scan = scan_sheet(path, name)
            lines = numbered_rows(workbook.get_sheet_by_name(name))
            columns = _columns(lines)
            if columns is None:
                file.errors.append(f"{path.name}: không có dòng tiêu đề {', '.join(HEADINGS)}.")
                return file
            _read(file, lines, columns, frozenset(scan.formulas | scan.errors))
    except (BadFile, CalamineError, OSError, IndexError) as fault:
        file.errors.append(f"{path.name}: không đọc được, mở bằng Excel và lưu lại. ({fault})")
    return file


def _columns(lines: Iterator[tuple[int, list[object]]]) -> dict[str, int] | None:
    """Where each heading stands; the lines are read down to it."""
    for number, values in lines:
        words = {tidy(str(value)).casefold(): at for at, value in enumerate(values)}
        found = {one: words[one.casefold()] for one in HEADINGS if one.casefold() in words}
        if len(found) == len(HEADINGS):
            return found
        if number >= _SEARCHED_ROWS:
            break
    return None


def _read(
    file: ParallelFile,
    lines: Iterator[tuple[int, list[object]]],
    columns: dict[str, int],
    computed: frozenset[tuple[int, str]],
) -> None:
    for number, values in lines:
        told = {one: values[at] if at < len(values) else "" for one, at in columns.items()}
        if all(value == "" for value in told.values()):
            continue
        found = {}
        for heading, value in told.items():
            letter = column_letter(columns[heading])
            try:
                found[heading] = _value(heading, value, (number, letter) in computed)
            except BadCell as fault:
                file.errors.append(f"{file.name}: Ô {letter}{number} ({heading}) {fault}")
        if len(found) == len(HEADINGS):
            file.rows.append(_row([found[one] for one in HEADINGS]))


def _value(heading: str, value: object, is_computed: bool) -> object:
    if is_computed:
        raise BadCell("là công thức hoặc lỗi. Dán lại dưới dạng giá trị.")
    return _PARSE[heading](value)


def _row(values: Sequence[object]) -> ParallelRow:
    citizen, name, programme, amount, arrears = values
    return ParallelRow(str(citizen), str(name), str(programme), int(str(amount)), int(str(arrears)))


def _citizen(value: object) -> str:
    try:
        return cells.citizen(value)
    except BadCell as fault:
        # The message may repeat what was typed, and that may be somebody's number.
        said = "đang là số" if isinstance(value, (int, float)) else "không đúng 12 chữ số"
        raise BadCell(f"{said}. Định dạng cột là Văn bản, nhập đủ 12 số.") from fault


def _money(value: object) -> int:
    return 0 if value == "" else whole(value)


_PARSE = {
    CITIZEN_ID: _citizen,
    NAME: cells.required("họ và tên"),
    PROGRAMME: cells.choice(PROGRAMMES),
    AMOUNT: _money,
    ARREARS: _money,
}
