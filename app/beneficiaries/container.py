"""The file before its cells: what it is by its content, and whether its size is sane.

A name proves nothing: a list saved as .csv and renamed .xlsx is read as what it is. Everything
that could exhaust memory is measured here by streaming, before a reader builds the sheet.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from bank_adapters.formats.zips import BROKEN

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_ROWS = 110_000
MAX_COLUMNS = 78

XLSX, XLS, CSV = "xlsx", "xls", "csv"

_CHUNK = 1 << 20
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
# What begins like text but is no list, and what is no text at all.
_OTHERS = (
    b"%PDF",
    b"<!DO",
    b"<htm",
    b"<HTM",
    b"<?xm",
    b"{\\rt",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"Rar!",
)


class BadFile(Exception):
    """A file that cannot be read as a list; the text says what to do."""


def kind_of(path: Path) -> str:
    """'xlsx', 'xls' or 'csv', told by the content. Raises BadFile for anything else."""
    if not path.is_file():
        raise BadFile(f"Không tìm thấy tệp {path.name}. Chọn lại tệp.")
    if path.stat().st_size > MAX_FILE_BYTES:
        limit = MAX_FILE_BYTES >> 20
        raise BadFile(f"Tệp lớn hơn {limit} MB. Xóa ảnh và trang thừa, hoặc tách theo từng xã.")
    with path.open("rb") as stream:
        head = stream.read(4096)
    if head.startswith(_OLE):
        return XLS
    if head.startswith(b"PK"):
        _check_archive(path)
        return XLSX
    if not head.strip() or head.startswith(_OTHERS) or not _is_text(head):
        raise BadFile(
            "Tệp không phải Excel (.xlsx, .xls) hay CSV. Mở bằng Excel, chọn Lưu thành → .xlsx."
        )
    return CSV


def _is_text(head: bytes) -> bool:
    """Whether bytes can be lines of text: UTF-16, or no control signs but tab and line ends."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if b"\0" in head:
        return is_wide(head)
    return not any(byte < 32 and byte not in b"\t\n\r\f" for byte in head)


def is_wide(head: bytes) -> bool:
    """Whether text without a mark is UTF-16: every other byte of its ASCII is zero."""
    zeros = max(head[0::2].count(0), head[1::2].count(0))
    return zeros * 4 > len(head) and min(head[0::2].count(0), head[1::2].count(0)) == 0


def _check_archive(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            _check_members(archive)
            _measure(archive)
    except RuntimeError as error:
        raise BadFile("Tệp nén theo cách lạ hoặc có mật khẩu. Lưu lại bằng Excel.") from error
    except BROKEN as error:
        raise BadFile("Tệp bị hỏng, không mở được. Xuất lại tệp từ Excel.") from error


def _check_members(archive: zipfile.ZipFile) -> None:
    members = archive.namelist()
    if "xl/workbook.bin" in members:
        raise BadFile("Tệp là Excel nhị phân (.xlsb). Mở bằng Excel, chọn Lưu thành → .xlsx.")
    if "content.xml" in members:
        raise BadFile("Tệp là OpenDocument (.ods). Mở ra, chọn Lưu thành → Excel (.xlsx).")
    if "xl/workbook.xml" not in members:
        raise BadFile("Tệp không phải sổ Excel (.xlsx). Chọn đúng tệp danh sách.")
    if any(name.endswith("vbaProject.bin") for name in members):
        raise BadFile(
            "Tệp có macro (.xlsm). Mở bằng Excel, chọn Lưu thành → Excel Workbook (.xlsx)."
        )


def _measure(archive: zipfile.ZipFile) -> None:
    """Unpack every part by streaming: the sizes a zip declares may lie, its CRC cannot."""
    if sum(info.file_size for info in archive.infolist()) > MAX_UNPACKED_BYTES:
        raise BadFile("Tệp giải nén ra quá lớn, không an toàn. Tạo lại tệp từ mẫu.")
    for info in archive.infolist():
        with archive.open(info) as part:
            while part.read(_CHUNK):
                pass
