"""What a sheet's bytes say that its values do not: formulas, errors, hidden rows, its extent."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from app.beneficiaries import container
from app.beneficiaries.container import BadFile
from app.beneficiaries.headings import column_letter

_CHUNK = 1 << 20
_MAX_INDEX_BYTES = 1024 * 1024
_MAX_MERGED_ROWS = 200_000
_WIDE_CELL = re.compile(rb'\br="(?:[A-Z]{3,}|[B-Z][A-Z]|A[A-Z])\d+"', re.IGNORECASE)
_CELL_WITHOUT_ADDRESS = re.compile(rb'<(?:\w+:)?c(?=[\s/>])(?![^>]*\br="\w)')
_ROW = re.compile(rb'<(?:\w+:)?row(?:[\s/][^>]*?\br="(\d+)"|[\s/>])')
_HIDDEN_ROW = re.compile(
    rb'<(?:\w+:)?row\b(?=[^>]*\bhidden="(?:1|true)")[^>]*?\br="(\d+)"', re.IGNORECASE
)
_HIDDEN_COLUMN = re.compile(
    rb'<(?:\w+:)?col\b(?=[^>]*\bhidden="(?:1|true)")(?=[^>]*\bmin="(\d+)")[^>]*\bmax="(\d+)"',
    re.IGNORECASE,
)
_FORMULA = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]+)(\d+)"[^>]*>\s*<(?:\w+:)?f[\s>/]')
_ERROR_CELL = re.compile(rb'<(?:\w+:)?c\b(?=[^>]*\bt="e")[^>]*?\br="([A-Z]+)(\d+)"')
_FORMULA_TAG = re.compile(rb"<(?:\w+:)?f[\s>/]")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

Range = tuple[tuple[int, int], tuple[int, int]]


@dataclass(slots=True)
class SheetScan:
    """Cells by (row, letter) that Excel computes or could not compute; rows and letters hidden.

    `merged` tells of each row which of its columns (zero-based, first and last) lie in a merged
    range, and the range as text.
    """

    formulas: set[tuple[int, str]] = field(default_factory=set)
    errors: set[tuple[int, str]] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[str] = field(default_factory=set)
    merged: dict[int, list[tuple[int, int, str]]] = field(default_factory=dict)
    last_row: int = 0

    def marked_rows(self) -> set[int]:
        """Rows with at least one formula, error or merged cell."""
        return {row for row, _ in self.formulas | self.errors} | self.merged.keys()

    def merged_at(self, row: int, column: int) -> str:
        """The merged range over a cell, as 'B7:B9', or ''."""
        for first, last, shown in self.merged.get(row, ()):
            if first <= column <= last:
                return shown
        return ""

    def hide_columns(self, first: int, last: int) -> None:
        """Zero-based columns that the sheet does not show."""
        for at in range(first, min(last, container.MAX_COLUMNS) + 1):
            self.hidden_columns.add(column_letter(at))

    def merge(self, ranges: Iterable[Range]) -> None:
        """Take merged ranges, zero-based corners. Raises BadFile when they cover too much."""
        spanned = 0
        for (top, left), (bottom, right) in ranges:
            spanned += bottom - top + 1
            if spanned > _MAX_MERGED_ROWS:
                raise BadFile("Trang có quá nhiều ô gộp. Bỏ gộp ô (Unmerge) rồi lưu lại.")
            shown = f"{column_letter(left)}{top + 1}:{column_letter(right)}{bottom + 1}"
            for row in range(top + 1, bottom + 2):
                self.merged.setdefault(row, []).append((left, right, shown))


def scan_sheet(path: Path, sheet_name: str) -> SheetScan:
    """What the bytes of one sheet of an .xlsx say. Raises BadFile when the sheet is too large."""
    scan, rows, has_data = SheetScan(), 0, False
    with zipfile.ZipFile(path) as archive:
        for piece in _pieces(archive, _part_of(archive, sheet_name)):
            has_data = has_data or b"sheetData" in piece
            _check_piece(piece, sheet_name)
            rows += _take(scan, piece)
            refuse_long(max(rows, scan.last_row), sheet_name)
    if not has_data:
        raise BadFile(_NOT_EXCELS.format(sheet_name))
    return scan


_NOT_EXCELS = "Trang “{}” không do Excel ghi ra. Mở bằng Excel và lưu lại."


def _pieces(archive: zipfile.ZipFile, member: str) -> Iterator[bytes]:
    """The part in pieces that never divide a tag, nor a cell from its formula."""
    kept = b""
    with archive.open(member) as part:
        while chunk := part.read(_CHUNK):
            kept += chunk
            cut = kept.rfind(b"<", 0, max(kept.rfind(b"<"), 0))
            while cut > 0 and _FORMULA_TAG.match(kept, cut):
                cut = kept.rfind(b"<", 0, cut)
            if cut > 0:
                yield kept[:cut]
                kept = kept[cut:]
    yield kept


def _check_piece(piece: bytes, sheet_name: str) -> None:
    """Refuse a sheet that would be huge as a full grid, however few cells it has."""
    if _CELL_WITHOUT_ADDRESS.search(piece):
        raise BadFile(_NOT_EXCELS.format(sheet_name))
    for found in _WIDE_CELL.finditer(piece):
        letters = found[0].split(b'"')[1].rstrip(b"0123456789").decode().upper()
        if len(letters) > 2 or _place(letters) >= container.MAX_COLUMNS:
            refuse_wide(sheet_name)


def _place(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def refuse_wide(sheet_name: str) -> None:
    """Raises BadFile: the sheet has too many columns."""
    limit = container.MAX_COLUMNS
    raise BadFile(f"Trang “{sheet_name}” có hơn {limit} cột. Xóa các cột thừa.")


def refuse_long(rows: int, sheet_name: str) -> None:
    """Raises BadFile when a sheet has more rows than one list may have."""
    if rows > container.MAX_ROWS:
        limit = f"{container.MAX_ROWS:,}".replace(",", ".")
        raise BadFile(
            f"Trang “{sheet_name}” có hơn {limit} dòng. Xóa dòng thừa ở cuối trang, "
            "hoặc tách thành từng xã."
        )


def _take(scan: SheetScan, piece: bytes) -> int:
    """What a piece says of its cells, rows and columns; how many rows it has.

    Few sheets have formulas, errors or anything hidden: each cell is looked at only where one has.
    """
    if _FORMULA_TAG.search(piece):
        scan.formulas.update(_addresses(_FORMULA, piece))
    if b't="e"' in piece:
        scan.errors.update(_addresses(_ERROR_CELL, piece))
    if b"hidden" in piece.lower():
        scan.hidden_rows.update(int(row) for row in _HIDDEN_ROW.findall(piece))
        for first, last in _HIDDEN_COLUMN.findall(piece):
            scan.hide_columns(int(first) - 1, int(last) - 1)
    rows = _ROW.findall(piece)
    scan.last_row = max(scan.last_row, max((int(row) for row in rows if row), default=0))
    return len(rows)


def _addresses(pattern: re.Pattern[bytes], piece: bytes) -> Iterator[tuple[int, str]]:
    return ((int(row), letter.decode()) for letter, row in pattern.findall(piece))


def _part_of(archive: zipfile.ZipFile, sheet_name: str) -> str:
    """The archive member that holds a sheet."""
    try:
        workbook = _xml(archive.read("xl/workbook.xml"))
        relations = _xml(archive.read("xl/_rels/workbook.xml.rels"))
        wanted = next(
            node.get(_RELATION)
            for node in workbook.iter()
            if node.tag.endswith("}sheet") and node.get("name") == sheet_name
        )
        target = next(node.get("Target", "") for node in relations if node.get("Id") == wanted)
    # An encoding that does not exist is a LookupError, a broken name a ValueError.
    except (LookupError, StopIteration, ValueError, ElementTree.ParseError) as error:
        raise BadFile("Cấu trúc tệp Excel bị hỏng. Lưu lại tệp bằng Excel.") from error
    member = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    if member not in archive.namelist():
        raise BadFile("Cấu trúc tệp Excel bị hỏng. Lưu lại tệp bằng Excel.")
    return member


def _xml(content: bytes) -> ElementTree.Element:
    if len(content) > _MAX_INDEX_BYTES:
        raise BadFile("Tệp Excel có mục lục quá lớn, không an toàn. Tạo lại tệp từ mẫu.")
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise BadFile("Tệp Excel có nội dung lạ (DOCTYPE), không an toàn. Lưu lại bằng Excel.")
    return ElementTree.fromstring(content)  # noqa: S314  entities were refused above
