"""The bytes of an old workbook (.xls): its container (OLE2) and the records of a sheet (BIFF).

The values are read by calamine; here is what it does not tell: formulas, errors, hidden rows and
columns, password, macros, and how far the sheet reaches. Sources: [MS-CFB], [MS-XLS].
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from app.beneficiaries import container
from app.beneficiaries.container import BadFile
from app.beneficiaries.headings import column_letter
from app.beneficiaries.scan import SheetScan, refuse_wide

XLS_ROWS = 65_536
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_END, _FREE = 0xFFFFFFFE, 0xFFFFFFFF
_FILEPASS, _BOUNDSHEET, _EOF = 0x2F, 0x85, 0x0A
_FORMULA, _BOOLERR, _ROW, _COLINFO = 0x06, 0x0205, 0x0208, 0x7D
# Records of one cell or of several; all begin with row and column.
_CELLS = {0x06, 0x0205, 0xFD, 0x0203, 0x027E, 0x0204, 0xBD}
_DAMAGED = "Tệp .xls bị hỏng, không mở được. Mở bằng Excel, chọn Lưu thành → .xlsx."


class OldWorkbook:
    """An .xls file; raises BadFile when it is encrypted, has macros, or is damaged."""

    def __init__(self, path: Path) -> None:
        self._data = path.read_bytes()
        try:
            self._fat = self._read_fat()
            streams = dict(self._directory())
            self._book = self._stream_of(streams)
            self._sheets = dict(self._bound_sheets())
        except (struct.error, IndexError, KeyError, UnicodeDecodeError) as error:
            raise BadFile(IS_LOCKED if _ENCRYPTED in self._data else _DAMAGED) from error

    def scan(self, sheet_name: str) -> SheetScan:
        """What the records of one sheet say. Raises BadFile for one that reaches too far."""
        scan = SheetScan()
        try:
            for kind, at, size in self._records(self._sheets[sheet_name]):
                self._take(scan, kind, self._book[at : at + size], sheet_name)
        except (struct.error, IndexError, KeyError) as error:
            raise BadFile(_DAMAGED) from error
        if scan.last_row >= XLS_ROWS:
            raise BadFile(
                f"Trang “{sheet_name}” đầy 65.536 dòng, giới hạn của .xls: phần sau có thể đã bị "
                "cắt. Lưu danh sách thành .xlsx."
            )
        return scan

    def _read_fat(self) -> list[int]:
        data = self._data
        self._sector = 1 << min(struct.unpack_from("<H", data, 30)[0], 12)
        count, after, more = (
            struct.unpack_from("<I20xII", data, 44)[0],
            *struct.unpack_from("<II", data, 68),
        )
        places = list(struct.unpack_from("<109I", data, 76))
        per = self._sector // 4
        while more and after not in (_END, _FREE) and len(places) < count + per:
            block = struct.unpack_from(f"<{per}I", data, (after + 1) * self._sector)
            places += block[:-1]
            after, more = block[-1], more - 1
        fat: list[int] = []
        for place in places[:count]:
            fat += struct.unpack_from(f"<{per}I", data, (place + 1) * self._sector)
        return fat

    def _chain(self, start: int) -> bytes:
        parts, steps = [], 0
        while start not in (_END, _FREE):
            parts.append(self._data[(start + 1) * self._sector : (start + 2) * self._sector])
            start, steps = self._fat[start], steps + 1
            if steps > len(self._fat):
                raise BadFile(_DAMAGED)
        return b"".join(parts)

    def _directory(self) -> Iterator[tuple[str, tuple[int, int]]]:
        entries = self._chain(struct.unpack_from("<I", self._data, 48)[0])
        for at in range(0, len(entries) - 127, 128):
            size = struct.unpack_from("<H", entries, at + 64)[0]
            if 2 <= size <= 64:
                name = entries[at : at + size - 2].decode("utf-16-le")
                yield name, struct.unpack_from("<II", entries, at + 116)

    def _stream_of(self, streams: dict[str, tuple[int, int]]) -> bytes:
        if "EncryptedPackage" in streams:
            raise BadFile(IS_LOCKED)
        if "_VBA_PROJECT_CUR" in streams:
            raise BadFile("Tệp .xls có macro. Mở bằng Excel, chọn Lưu thành → .xlsx (không macro).")
        name = next((one for one in ("Workbook", "Book") if one in streams), None)
        if name is None:
            raise BadFile("Tệp không phải sổ Excel. Chọn đúng tệp danh sách.")
        start, size = streams[name]
        if size < 4096:
            raise BadFile("Tệp .xls không do Excel ghi ra. Mở bằng Excel và lưu lại.")
        return self._chain(start)[:size]

    def _bound_sheets(self) -> Iterator[tuple[str, int]]:
        for kind, at, size in self._records(0):
            if kind == _FILEPASS:
                raise BadFile(IS_LOCKED)
            if kind == _BOUNDSHEET:
                place, length, flags = struct.unpack_from("<I2xBB", self._book, at)
                raw = self._book[at + 8 : at + size]
                name = raw[: 2 * length].decode("utf-16-le") if flags & 1 else _narrow(raw, length)
                yield name, place

    def _records(self, at: int) -> Iterator[tuple[int, int, int]]:
        """(kind, place, size) of each record until the end of the part that begins here."""
        while at + 4 <= len(self._book):
            kind, size = struct.unpack_from("<HH", self._book, at)
            if kind == _EOF:
                return
            yield kind, at + 4, size
            at += 4 + size

    def _take(self, scan: SheetScan, kind: int, body: bytes, sheet_name: str) -> None:
        if kind in _CELLS:
            row, column = struct.unpack_from("<HH", body)
            scan.last_row = max(scan.last_row, row + 1)
            if column >= container.MAX_COLUMNS:
                refuse_wide(sheet_name)
            _take_cell(scan, kind, body, (row + 1, column_letter(column)))
        elif kind == _ROW and struct.unpack_from("<I", body, 12)[0] & 0x20:
            scan.hidden_rows.add(struct.unpack_from("<H", body)[0] + 1)
        elif kind == _COLINFO and struct.unpack_from("<H", body, 8)[0] & 1:
            scan.hide_columns(*struct.unpack_from("<HH", body))


IS_LOCKED = "Tệp đang đặt mật khẩu. Mở tệp bằng Excel, bỏ mật khẩu, lưu lại rồi tải lên."


def _take_cell(scan: SheetScan, kind: int, body: bytes, place: tuple[int, str]) -> None:
    if kind == _FORMULA:
        scan.formulas.add(place)
        if body[12:14] == b"\xff\xff" and body[6] == 2:
            scan.errors.add(place)
    elif kind == _BOOLERR and body[7]:
        scan.errors.add(place)


def _narrow(raw: bytes, length: int) -> str:
    """A name of one byte a sign: the low bytes of UTF-16."""
    return raw[:length].decode("latin-1")
