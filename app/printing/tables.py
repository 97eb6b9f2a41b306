"""Tables that run over pages: headings repeated, cells wrapped, one row never split."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.printing.fonts import BOLD, REGULAR
from app.printing.frames import Align, Sheet
from app.printing.wrapping import width, wrap

_PADDING = 3.5
_CLOSE_PADDING = 2.2
_LEADING = 1.18
_SHADE = 0.9
_LINE = 0.4
_MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, a width in points, and where its cells stand."""

    heading: str
    width: float
    align: Align = "left"


class Table:
    """A table at the sheet's cursor, as wide as its columns. Rows, then `close`.

    A cell shows at most 12 lines; an ellipsis says when there was more.
    """

    def __init__(
        self, sheet: Sheet, columns: Sequence[Column], *, size: float = 10, close: bool = False
    ) -> None:
        """`size` is the font's, in points; `close` sets the rows closer together."""
        self._sheet, self._columns, self._size = sheet, columns, size
        self._padding = _CLOSE_PADDING if close else _PADDING
        self._edges = [sheet.left]
        for column in columns:
            self._edges.append(self._edges[-1] + column.width)
        self._headings = [
            wrap(column.heading, BOLD, size, column.width - 2 * _PADDING) for column in columns
        ]
        # A heading at the foot of a page with no row beneath it helps nobody.
        sheet.keep(self._height(self._headings) + 2 * size * 2)
        self._start()

    def row(self, cells: Sequence[str], *, bold: bool = False) -> None:
        """One row; it moves to the next page as a whole."""
        font = BOLD if bold else REGULAR
        lines = [
            wrap(cell, font, self._size, column.width - 2 * _PADDING, _MOST_LINES)
            for cell, column in zip(cells, self._columns, strict=True)
        ]
        height = self._height(lines)
        if not self._sheet.fits(height):
            self.close()
            self._sheet.new_page()
            self._start()
        self._draw(lines, font, height)

    def rows(self, rows: Iterable[Sequence[str]]) -> None:
        """Many rows."""
        for cells in rows:
            self.row(cells)

    def close(self) -> None:
        """Draw the vertical lines of this page's part; nothing more may follow."""
        canvas, bottom = self._sheet.canvas, self._sheet.y
        canvas.setLineWidth(_LINE)
        canvas.lines([(x, self._top, x, bottom) for x in self._edges])

    def _start(self) -> None:
        sheet = self._sheet
        self._top = sheet.y
        height = self._height(self._headings)
        sheet.canvas.setFillGray(_SHADE)
        sheet.canvas.rect(sheet.left, sheet.y - height, self._wide(), height, stroke=0, fill=1)
        sheet.canvas.setFillGray(0)
        sheet.rule(sheet.left, sheet.y, self._wide(), _LINE)
        self._draw(self._headings, BOLD, height, centred=True)

    def _draw(
        self, cells: Sequence[tuple[str, ...]], font: str, height: float, *, centred: bool = False
    ) -> None:
        text = self._sheet.canvas.beginText()
        text.setFont(font, self._size)
        for at, lines in enumerate(cells):
            align: Align = "centre" if centred else self._columns[at].align
            y = self._sheet.y - self._padding - self._size * 0.92
            if centred:
                y -= (height - self._height([lines])) / 2
            for line in lines:
                if line:
                    text.setTextOrigin(self._start_of(at, line, font, align), y)
                    text.textOut(line)
                y -= self._size * _LEADING
        self._sheet.canvas.drawText(text)
        self._sheet.y -= height
        self._sheet.rule(self._sheet.left, self._sheet.y, self._wide(), _LINE)

    def _start_of(self, column: int, line: str, font: str, align: Align) -> float:
        left, right = self._edges[column] + _PADDING, self._edges[column + 1] - _PADDING
        if align == "left":
            return left
        free = right - left - width(line, font, self._size)
        return left + (free if align == "right" else free / 2)

    def _height(self, cells: Sequence[tuple[str, ...]]) -> float:
        return max(len(lines) for lines in cells) * self._size * _LEADING + 2 * self._padding

    def _wide(self) -> float:
        return self._edges[-1] - self._edges[0]
