"""What a list would change, for people: a page to read and print, a spreadsheet to sort.

Groups stand under their public name, numbers of persons by their last digits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.beneficiaries.difference import (
    CHANGED,
    JOINED,
    KEPT,
    KINDS,
    MISSING,
    STOPPED,
    Difference,
    Line,
)
from app.benefits.groups import public_name
from app.clock import TIME_ZONE
from app.months import in_words
from app.printing.spreadsheet import SheetColumn, SheetWriter, open_workbook
from app.reference import areas

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
WORDS: Mapping[str, str] = {
    JOINED: "Thêm mới",
    CHANGED: "Thay đổi",
    STOPPED: "Thôi hưởng",
    MISSING: "Vắng trong tệp",
    KEPT: "Giữ theo danh bạ",
}
_COLUMNS = (
    SheetColumn("Loại", 14), SheetColumn("Dòng", 7), SheetColumn("Họ và tên", 26),
    SheetColumn("Năm sinh", 9), SheetColumn("Số căn cước", 14), SheetColumn("Chế độ", 30),
    SheetColumn("Nội dung", 20), SheetColumn("Cũ", 30), SheetColumn("Mới", 30),
)  # fmt: skip


def group_name(code: str) -> str:
    """The public name of a group; nothing else of it may be shown."""
    return public_name(code)


def tail(line: Line) -> str:
    """The last digits of a person's ID, as pages show it."""
    return f"•••• {line.citizen_tail}"


def place_of(difference: Difference) -> str:
    """'Xã Bảo Lạc (01321), tháng 10/2026'."""
    commune = areas.commune(difference.commune_code)
    name = commune.name if commune else "Xã"
    return f"{name} ({difference.commune_code}), tháng {in_words(difference.period)}"


def page(difference: Difference, now: datetime) -> str:
    """The difference as one HTML page that needs nothing else: no script, no other file."""
    loader = FileSystemLoader(TEMPLATES / "printed")
    room = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    sections = [
        {"kind": kind, "title": WORDS[kind], "lines": list(_of_kind(difference, kind))}
        for kind in (*KINDS, KEPT)
    ]
    told: dict[str, Any] = {
        "difference": difference,
        "place": place_of(difference),
        "sections": sections,
        "at": f"{now.astimezone(TIME_ZONE):%H:%M %d/%m/%Y}",
        "group_name": group_name,
        "tail": tail,
    }
    return room.get_template("difference.html").render(told)


def _of_kind(difference: Difference, kind: str) -> Iterator[Line]:
    return (line for line in difference.lines if line.kind == kind)


def write_difference(difference: Difference, target: Path, now: datetime) -> None:
    """The difference as a spreadsheet: one row a changed field, no cell a formula."""
    title = f"Chênh lệch danh sách – {place_of(difference)}"
    with target.open("wb") as out:
        book = open_workbook(out, title, now, streaming=False)
        sheet = SheetWriter(book, "Chênh lệch", _COLUMNS, title=title,
                            note=f"Mã chênh lệch: {difference.digest[:16]}")  # fmt: skip
        for line in difference.lines:
            about = (WORDS[line.kind], line.row or None, line.name, str(line.birth_year),
                     tail(line), group_name(line.group))  # fmt: skip
            for change in line.changes or (("", "", ""),):
                sheet.row((*about, *change))
        book.close()
