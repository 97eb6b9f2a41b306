"""A list as CSV: which encoding, which separator, and its lines as a sheet would have them."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterator
from io import StringIO
from itertools import islice
from pathlib import Path

from app.beneficiaries import container
from app.beneficiaries.container import BadFile, is_wide
from app.beneficiaries.legacy import as_meant, old_encoding
from app.beneficiaries.scan import refuse_long, refuse_wide
from app.beneficiaries.spelling import tidy

SEPARATORS = (";", ",", "\t")
_SEARCHED = 15
_SHOWN = 60
Known = Callable[[str], bool]


def csv_lines(path: Path, is_heading: Known) -> Iterator[tuple[int, list[object]]]:
    """(number of the line as Excel would count it, cells as text).

    `is_heading` tells a known heading: the separator that finds most of them is the one.
    Raises BadFile for text that is not Unicode, with what to do.
    """
    text = _decoded(path.read_bytes())
    separator = max(SEPARATORS, key=lambda one: _headings(text, one, is_heading))
    try:
        for number, cells in enumerate(csv.reader(StringIO(text), delimiter=separator), start=1):
            refuse_long(number, path.name)
            if len(cells) > container.MAX_COLUMNS and any(cells[container.MAX_COLUMNS :]):
                refuse_wide(path.name)
            yield number, list(cells)
    except csv.Error as error:
        raise BadFile(f"Tệp CSV hỏng ở một dòng ({error}). Xuất lại tệp từ Excel.") from error


def _headings(text: str, separator: str, is_heading: Known) -> tuple[int, int]:
    head = "\n".join(islice(iter(text.splitlines()), _SEARCHED))
    try:
        lines = list(csv.reader(StringIO(head), delimiter=separator))
    except csv.Error:
        return 0, 0
    known = max((sum(is_heading(tidy(cell)) for cell in line) for line in lines), default=0)
    return known, max((len(line) for line in lines), default=0)


def _decoded(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif is_wide(content[:4096]):
        encoding = "utf-16-le" if content[1:2] == b"\0" else "utf-16-be"
    else:
        encoding = "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadFile(_not_unicode(content)) from error


def _not_unicode(content: bytes) -> str:
    name, shown = _guess(content)
    meant = f" (ví dụ “{shown}”)" if shown else ""
    return (
        f"Tệp CSV dùng bảng mã cũ {name}{meant}, không phải Unicode. Mở bằng Excel, đổi phông sang "
        "Unicode (UniKey: Ctrl+Shift+F6), chọn Lưu thành → CSV UTF-8 hoặc .xlsx."
    )


def _guess(content: bytes) -> tuple[str, str]:
    """The encoding by its name, and the first words of the list that it explains."""
    wide = tidy(content.decode("cp1258", errors="replace"))
    narrow = content.decode("cp1252", errors="replace")
    word = next((one for one in _words(narrow) if old_encoding(one)), "")
    if any(letter in wide for letter in "ạảấầẩẫậắằẳẵặẹẻẽếềểễệịỉọỏốồổỗộớờởỡợụủứừửữựỳỷỹỵ"):
        return "windows-1258", next((one for one in _words(wide) if not one.isascii()), "")
    encoding = old_encoding(word)
    return (encoding, as_meant(word, encoding)) if encoding else ("không rõ", "")


def _words(text: str) -> Iterator[str]:
    """Cells without a digit: names and headings, never a number of a person."""
    for line in text.splitlines():
        for cell in line.replace(";", ",").replace("\t", ",").split(","):
            if cell.strip() and not any(sign.isdigit() for sign in cell):
                yield tidy(cell)[:_SHOWN]
