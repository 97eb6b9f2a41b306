"""Letters to people in one file, each on a page of its own, behind a list of who is to get one.

Name and place stand where a window envelope shows them, and nothing else does: who carries a
letter, and who sees it on a table, learns neither what it is about nor what its reader receives.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from app.printing.blocks import NO_FEE, draw_check, draw_letterhead
from app.printing.fonts import BOLD, ITALIC, REGULAR
from app.printing.frames import LEADING, MM, heading
from app.printing.letters import SIZE, LetterSheet
from app.printing.tables import Column, Table
from app.printing.values import Letterhead, month
from app.printing.wrapping import wrap
from ledger.money import format_number

TITLE = "Thông báo"
_DELIVERY = "Phiếu giao thư"
_WINDOW_TOP, _WINDOW = 52 * MM, 90 * MM
"""The address begins so far below the edge of the paper, and is so wide."""
_WINDOW_END = 86 * MM
_LINES = 2
_HAMLETS = (Column("Thôn, tổ", 300), Column("Số thư", 90, "right"))
_PEOPLE = (
    Column("STT", 34, "centre"),
    Column("Họ và tên", 170),
    Column("Năm sinh", 56, "centre"),
    Column("Thôn, tổ", 120),
    Column("Người nhận ký, ngày", 130),
)


@dataclass(frozen=True, slots=True)
class NoticeLetter:
    """One letter: to whom, about what, paragraphs, and lines beside the code by which it is
    verified; `verify_link` goes into the QR code, the code itself where it is empty."""

    letterhead: Letterhead
    name: str
    place: str
    about: str
    paragraphs: tuple[str, ...]
    strong: str
    todo: tuple[str, ...]
    verify_code: str
    verified_as: str
    verify_link: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What goes with the letters: of which month, how many for each hamlet, and to whom, in the
    order in which they lie: (name, year of birth, hamlet)."""

    letterhead: Letterhead
    period: str
    hamlets: Sequence[tuple[str, int]]
    people: Iterable[tuple[str, str, str]]


def render_notice_letters(
    delivery: Delivery, letters: Iterable[NoticeLetter], out: BinaryIO, *, synthetic: bool
) -> int:
    """Write the list and the letters behind it into one PDF, as they come; gives how many."""
    sheet = LetterSheet(out, title=TITLE, author=delivery.letterhead.body, synthetic=synthetic)
    _draw_delivery(sheet, delivery)
    count = 0
    for letter in letters:
        sheet.next_letter()
        _draw(sheet, letter)
        count += 1
    sheet.finish()
    return count


def _draw_delivery(sheet: LetterSheet, delivery: Delivery) -> None:
    draw_letterhead(sheet, delivery.letterhead)
    heading(sheet, _DELIVERY, month(delivery.period).capitalize())
    total = sum(count for _, count in delivery.hamlets)
    sheet.labelled("Số thư", format_number(total), bold=True)
    sheet.skip(6)
    table = Table(sheet, _HAMLETS, size=11)
    for hamlet, count in delivery.hamlets:
        table.row((hamlet, format_number(count)))
    table.close()
    sheet.skip(10)
    _draw_people(sheet, delivery.people)
    sheet.skip(6)
    note = "Giao tận tay người nhận. Không mở thư, không dán phiếu này lên phong bì."
    sheet.paragraph(note, font=ITALIC, size=11)


def _draw_people(sheet: LetterSheet, people: Iterable[tuple[str, str, str]]) -> None:
    table = Table(sheet, _PEOPLE, size=11, least=24)
    for at, (name, born, hamlet) in enumerate(people, 1):
        table.row((str(at), name, born, hamlet, ""))
    table.close()


def _draw(sheet: LetterSheet, letter: NoticeLetter) -> None:
    draw_letterhead(sheet, letter.letterhead)
    _draw_address(sheet, letter)
    sheet.middle(TITLE.upper(), SIZE + 1)
    sheet.middle(letter.about)
    sheet.skip(12)
    for text in letter.paragraphs:
        sheet.text(text)
    sheet.text(letter.strong, font=BOLD)
    for text in letter.todo:
        sheet.text(text)
    sheet.skip(14)
    draw_check(sheet, letter.verify_link or letter.verify_code, (
        (f"Mã kiểm tra: {letter.verify_code}", BOLD),
        (letter.verified_as, REGULAR),
        (NO_FEE, REGULAR),
        ("Thư này để thông báo, không dùng để rút tiền.", ITALIC),
    ))  # fmt: skip


def _draw_address(sheet: LetterSheet, letter: NoticeLetter) -> None:
    """Where the window is, however long the head is above it and the name in it."""
    y = min(sheet.y, sheet.height - _WINDOW_TOP)
    for text, font in (("Kính gửi: Ông/Bà", REGULAR), (letter.name, BOLD), (letter.place, REGULAR)):
        for line in wrap(text, font, SIZE, _WINDOW, _LINES):
            sheet.put(line, sheet.left, y - SIZE, font, SIZE)
            y -= SIZE * LEADING
    sheet.y = min(y - 6, sheet.height - _WINDOW_END)
