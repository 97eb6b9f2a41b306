"""One door for three formats: the list's sheet, whatever kind of file it lies in."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from app.beneficiaries import container
from app.beneficiaries.biff import OldWorkbook
from app.beneficiaries.container import BadFile
from app.beneficiaries.csv_file import Known, csv_lines
from app.beneficiaries.headings import SHEET
from app.beneficiaries.scan import SheetScan, scan_sheet
from app.beneficiaries.spelling import tidy

Line = tuple[int, list[object]]


@dataclass(slots=True)
class Sheet:
    """The lines with Excel's own row number, values from column A; what its bytes told.

    `notes` are sentences for the officer: sheets left out, what this kind of file cannot show.
    """

    kind: str
    lines: Iterator[Line]
    scan: SheetScan = field(default_factory=SheetScan)
    notes: list[str] = field(default_factory=list)


@contextmanager
def open_sheet(path: Path, names: Collection[str], is_heading: Known) -> Iterator[Sheet]:
    """The sheet of one of these names (folded by case), or the lines of a CSV.

    Raises BadFile for what is no list, CalamineError for what calamine cannot read.
    """
    kind = container.kind_of(path)
    if kind == container.CSV:
        yield Sheet(kind, csv_lines(path, is_heading), notes=[_CSV_NOTE])
        return
    old = OldWorkbook(path) if kind == container.XLS else None
    # By its bytes: calamine would believe the name.
    with path.open("rb") as stream, CalamineWorkbook.from_filelike(stream) as workbook:
        notes = [_XLS_NOTE] if old else []
        name = _choose(workbook, names, notes)
        # Measured before the sheet is built: one far-away cell would fill the memory.
        scan = old.scan(name) if old else scan_sheet(path, name)
        sheet = workbook.get_sheet_by_name(name)
        scan.merge(sheet.merged_cell_ranges or ())
        yield Sheet(kind, numbered_rows(sheet), scan, notes)


_CSV_NOTE = "Tệp CSV không giữ định dạng: kiểm tra số 0 đầu của số căn cước và số tài khoản."
_XLS_NOTE = "Tệp .xls đời cũ: nên lưu thành .xlsx từ tháng sau; ghi chú trong ô không được đọc."


def _choose(workbook: CalamineWorkbook, names: Collection[str], notes: list[str]) -> str:
    sheets = [s for s in workbook.sheets_metadata if s.typ == SheetTypeEnum.WorkSheet]
    visible = [s.name for s in sheets if s.visible == SheetVisibleEnum.Visible]
    notes += [f"Trang ẩn “{s.name}” bị bỏ qua." for s in sheets if s.name not in visible]
    for name in visible:
        if tidy(name).casefold() in names:
            return name
    if len(visible) == 1:
        return visible[0]
    shown = ", ".join(f"“{name}”" for name in visible) or "không có trang nào"
    raise BadFile(f"Không có trang “{SHEET}”. Hiện có: {shown}. Đổi tên trang hoặc dùng mẫu.")


def numbered_rows(sheet: CalamineSheet) -> Iterator[Line]:
    """(Excel's row number, values from column A)."""
    # The reader begins at row 1 but at the first used column: put the empty ones back.
    missing: list[object] = [""] * (sheet.start[1] if sheet.start else 0)
    for number, values in enumerate(sheet.iter_rows(), start=1):
        yield number, [*missing, *values] if missing else list(values)
