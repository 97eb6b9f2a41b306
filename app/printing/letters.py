"""The sheet of a letter: margins, page numbers and justified paragraphs of Decree 30/2020/ND-CP.

Appendix I: A4, 20-25 mm above and below, 30-35 mm on the left, 15-20 mm on the right; the page's
number in the middle above, from the second page on; letters of 13-14 points, the first line of a
paragraph set in by 1 to 1,27 cm, both edges even, 6 points between paragraphs.
"""

from __future__ import annotations

from typing import BinaryIO

from app.printing.fonts import BOLD, ITALIC, REGULAR
from app.printing.frames import EDGE, MM, Sheet
from app.printing.values import SYNTHETIC_NOTICE
from app.printing.wrapping import balanced, clean, width, wrap

_INDENT = 10 * MM
SIZE = 13.0
LINE = 1.15
"""A line's height as a multiple of its letters': what word processors call single."""
_PARAGRAPH = 6.0
_NOTICE_SIZE = 8.5
_WARNING = (0.72, 0.11, 0.11)
# A line that would be torn wider apart than this stays uneven.
_STRETCH_MAX = 9.0


class LetterSheet(Sheet):
    """Letters one after the other in one file; each counts its own pages from one."""

    def __init__(self, out: BinaryIO, *, title: str, author: str, synthetic: bool) -> None:
        self._first = 1
        self._notice = synthetic
        super().__init__(out, title=title, author=author, synthetic=synthetic)

    def next_letter(self) -> None:
        """Begin the next letter on a page of its own."""
        self._first = self.page + 1
        self.new_page()

    def text(self, text: str, *, lead: str = "", font: str = REGULAR) -> None:
        """A paragraph with its first line set in; `lead` stands in bold before it."""
        begun = _INDENT + (width(f"{lead} ", BOLD, SIZE) if lead else 0.0)
        lines = _lines(clean(text), font, begun, self.room)
        self.keep(min(len(lines), 2) * SIZE * LINE)
        if lead:
            self.put(lead, self.left + _INDENT, self.y - SIZE, BOLD, SIZE)
        for at, line in enumerate(lines):
            self.keep(SIZE * LINE)
            shift = begun if at == 0 else 0.0
            self._justified(line, font, shift, is_last=at == len(lines) - 1)
        self.skip(_PARAGRAPH)

    def middle(self, text: str, size: float = SIZE) -> None:
        """Bold lines in the middle between the margins, which are not alike."""
        for line in balanced(text, BOLD, size, self.room):
            self.keep(size * LINE)
            self.put(line, self.middle_x, self.y - size, BOLD, size, "centre")
            self.y -= size * LINE

    def height_of(self, text: str, lead: str = "") -> float:
        """What `text` will take, in points."""
        begun = _INDENT + (width(f"{lead} ", BOLD, SIZE) if lead else 0.0)
        return len(_lines(clean(text), REGULAR, begun, self.room)) * SIZE * LINE + _PARAGRAPH

    def _justified(self, line: str, font: str, shift: float, *, is_last: bool) -> None:
        gaps = line.count(" ") + line.count("\u00a0")  # both are drawn as a space
        free = self.room - shift - width(line, font, SIZE)
        stretch = free / gaps if gaps and not is_last else 0.0
        drawn = self.canvas.beginText()
        drawn.setFont(font, SIZE)
        drawn.setTextOrigin(self.left + shift, self.y - SIZE)
        drawn.setWordSpace(stretch if stretch <= _STRETCH_MAX else 0.0)
        drawn.textOut(line)
        drawn.setWordSpace(0.0)
        self.canvas.drawText(drawn)
        self.y -= SIZE * LINE

    def _open_page(self) -> None:
        super()._open_page()
        if self.page > self._first:
            number = str(self.page - self._first + 1)
            self.put(number, self.middle_x, self.y + 14, REGULAR, SIZE, "centre")

    def _draw_footer(self) -> None:
        """A letter has none, but that its people are made up is said on every page."""
        if not self._notice:
            return
        self.canvas.setFillColorRGB(*_WARNING)
        self.put(SYNTHETIC_NOTICE, self.middle_x, EDGE / 2, BOLD, _NOTICE_SIZE, "centre")
        self.canvas.setFillGray(0)


def _lines(text: str, font: str, begun: float, room: float) -> list[str]:
    """Lines of a paragraph whose first line begins `begun` points later."""
    first = wrap(text, font, SIZE, room - begun)[0]
    rest = text[len(first) :].lstrip(" ")
    return [first, *(wrap(rest, font, SIZE, room) if rest else ())]


def grounds(sheet: LetterSheet, lines: tuple[str, ...]) -> None:
    """What a decision stands on, in italics: a semicolon after each, a full stop after the last."""
    for at, line in enumerate(lines):
        end = "." if at == len(lines) - 1 else ";"
        sheet.text(f"{line}{end}", font=ITALIC)
