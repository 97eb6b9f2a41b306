"""The file before its cells: is it a readable, unencrypted .xlsx of sane size?

Everything that could exhaust memory is measured here by streaming, before a reader
builds the sheet: a zip bomb, one cell at the end of the sheet, a sheet of a million rows.
"""

from __future__ import annotations

import lzma
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

MAX_FILE_BYTES = 10 * 1024 * 1024
MAX_UNPACKED_BYTES = 100 * 1024 * 1024
MAX_ROWS = 30_000
MAX_COLUMNS = 52

_CHUNK = 1 << 20
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MAX_INDEX_BYTES = 1024 * 1024
_WIDE_CELL = re.compile(rb'\br="(?:[A-Z]{3,}|[B-Z][A-Z])\d+"', re.IGNORECASE)
_CELL_WITHOUT_ADDRESS = re.compile(rb'<(?:\w+:)?c(?=[\s/>])(?![^>]*\br="\w)')
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_LAST_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="(\d+)"')
_FORMULA = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]+)(\d+)"[^>]*>\s*<(?:\w+:)?f[\s>/]')
_ERROR_CELL = re.compile(rb'<(?:\w+:)?c\b(?=[^>]*\bt="e")[^>]*?\br="([A-Z]+)(\d+)"')
_DAMAGED = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, EOFError, OSError
)  # fmt: skip
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class BadFile(Exception):
    """A file that cannot be read as a workbook; the text says what to do."""


@dataclass(frozen=True, slots=True)
class SheetScan:
    """Cells by (row, letter) that Excel computes or could not compute."""

    formulas: frozenset[tuple[int, str]]
    errors: frozenset[tuple[int, str]]


def check_file(path: Path) -> None:
    """Refuse what is not a plain .xlsx of sane size. Raises BadFile."""
    if not path.is_file():
        raise BadFile(f"Không tìm thấy tệp {path.name}. Chọn lại tệp.")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise BadFile("Tệp lớn hơn 10 MB. Xóa ảnh và trang thừa, hoặc tách theo từng xã.")
    with path.open("rb") as stream:
        head = stream.read(8)
        if head == _OLE:
            raise BadFile(_old_format(head + stream.read()))
    if not head.startswith(b"PK"):
        raise BadFile("Tệp không phải Excel (.xlsx). Mở bằng Excel, chọn Lưu thành → .xlsx.")
    _check_archive(path)


def _old_format(content: bytes) -> str:
    if _ENCRYPTED in content:
        return "Tệp đang đặt mật khẩu. Mở tệp bằng Excel, bỏ mật khẩu, lưu lại rồi tải lên."
    return "Tệp là Excel đời cũ (.xls). Mở bằng Excel, chọn Lưu thành → .xlsx rồi tải lên."


def _check_archive(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            if "xl/workbook.xml" not in archive.namelist():
                raise BadFile("Tệp không phải sổ Excel (.xlsx). Chọn đúng tệp danh sách.")
            _measure(archive)
    except _DAMAGED as error:
        raise BadFile("Tệp bị hỏng, không mở được. Xuất lại tệp từ Excel.") from error
    except (NotImplementedError, RuntimeError) as error:
        raise BadFile("Tệp nén theo cách lạ hoặc có mật khẩu. Lưu lại bằng Excel.") from error


def _measure(archive: zipfile.ZipFile) -> None:
    """Unpack every part by streaming: the sizes a zip declares may lie, its CRC cannot."""
    if sum(info.file_size for info in archive.infolist()) > MAX_UNPACKED_BYTES:
        raise BadFile("Tệp giải nén ra quá lớn, không an toàn. Tạo lại tệp từ mẫu.")
    for info in archive.infolist():
        with archive.open(info) as part:
            while part.read(_CHUNK):
                pass


def scan_sheet(path: Path, sheet_name: str) -> SheetScan:
    """Formula and error cells of one sheet. Raises BadFile when the sheet is too large."""
    with zipfile.ZipFile(path) as archive:
        content = archive.read(_part_of(archive, sheet_name))
    _check_extent(content, sheet_name)
    return SheetScan(_addresses(_FORMULA, content), _addresses(_ERROR_CELL, content))


def _check_extent(content: bytes, sheet_name: str) -> None:
    """Refuse a sheet that would be huge as a full grid, however few cells it has."""
    if b"sheetData" not in content or _CELL_WITHOUT_ADDRESS.search(content):
        raise BadFile(f"Trang “{sheet_name}” không do Excel ghi ra. Mở bằng Excel và lưu lại.")
    last = max((int(number) for number in _LAST_ROW.findall(content)), default=0)
    if last > MAX_ROWS or sum(1 for _ in _ROW.finditer(content)) > MAX_ROWS:
        raise BadFile(f"Trang “{sheet_name}” có hơn {MAX_ROWS} dòng. Xóa dòng thừa ở cuối trang.")
    if _WIDE_CELL.search(content):
        raise BadFile(f"Trang “{sheet_name}” có hơn {MAX_COLUMNS} cột. Xóa các cột thừa.")


def _addresses(pattern: re.Pattern[bytes], content: bytes) -> frozenset[tuple[int, str]]:
    return frozenset((int(row), letter.decode()) for letter, row in pattern.findall(content))


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
