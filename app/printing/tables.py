"""Tables that run over pages: headings repeated, cells wrapped, one row never split."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from reportlab.pdfgen.textobject import PDFTextObject

from app.printing.fonts import BOLD, REGULAR
from app.printing.frames import Align, Sheet
from app.printing.wrapping import width, wrap

_PADDING = 3.5
_CLOSE_PADDING = 2.2
_LEADING = 1.18
_SHADE, _LIGHT_SHADE = 0.9, 0.95
_LINE = 0.4
_MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, a width in points, and where its cells stand."""

    heading: str
    width: float
    align: Align = "left"


def fitted(sheet: Sheet, columns: Sequence[Column]) -> list[Column]:
    """The columns, narrowed alike where together they are wider than the sheet has room."""
    wide = sum(column.width for column in columns)
    if wide <= sheet.room:
        return list(columns)
    return [replace(one, width=one.width * sheet.room / wide) for one in columns]


class Table:
    """A table at the sheet's cursor, as wide as its columns. Rows, then `close`.

    A cell shows at most 12 lines; an ellipsis says when there was more.
    """

    def __init__(
        self,
        sheet: Sheet,
        columns: Sequence[Column],
        *,
        size: float = 10,
        close: bool = False,
        least: float = 0,
        again: Callable[[], None] | None = None,
    ) -> None:
        """`size` is the font's, `least` the height of a row at least, in points; `close` sets the
        rows closer together; `again` draws what stands above the headings on further pages."""
        columns = fitted(sheet, columns)
        self._sheet, self._columns, self._size, self._least = sheet, columns, size, least
        self._again = again
        self._top = sheet.y
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

    def row(
        self,
        cells: Sequence[str],
        *,
        bold: bool = False,
        followed: bool = False,
        below: float = 0,
    ) -> None:
        """One row; it moves to the next page as a whole.

        `followed`: so that a total never stands alone on a page, the row before it moves along.
        `below` are the points that what follows the table takes: nobody signs a page without rows.
        """
        font = BOLD if bold else REGULAR
        lines = [
            self._lines(cell, column, font)
            for cell, column in zip(cells, self._columns, strict=True)
        ]
        height = self._height(lines) if bold else max(self._height(lines), self._least)
        self._keep(height + (self._one_line() if followed else 0) + below)
        self._draw(lines, font, height)

    def _lines(self, cell: str, column: Column, font: str) -> tuple[str, ...]:
        """A cell's lines. A number is never broken over two: it is drawn smaller instead."""
        if column.align == "right" and cell[-1:].isdecimal() and " " not in cell:
            return (cell,)
        return wrap(cell, font, self._size, column.width - 2 * _PADDING, _MOST_LINES)

    def band(self, text: str) -> None:
        """A line of text over the whole width, shaded; the next row stays on its page."""
        room = self._wide() - 2 * _PADDING
        lines = wrap(text, BOLD, self._size, room, _MOST_LINES)
        height = self._height([lines])
        self._keep(height + max(2 * self._one_line(), self._least))
        self._segment(self._sheet.y)  # no column runs through it
        self._shade(height, _LIGHT_SHADE)
        self._sheet.rule(self._sheet.left, self._sheet.y, self._wide(), _LINE)
        y = self._sheet.y - self._padding - self._size * 0.92
        for at, line in enumerate(lines):
            drop = at * self._size * _LEADING
            self._sheet.put(line, self._edges[0] + _PADDING, y - drop, BOLD, self._size)
        self._sheet.y -= height
        self._sheet.rule(self._sheet.left, self._sheet.y, self._wide(), _LINE)
        self._segment(self._sheet.y, outer=True)

    def rows(self, rows: Iterable[Sequence[str]]) -> None:
        """Many rows."""
        for cells in rows:
            self.row(cells)

    def close(self) -> None:
        """Draw the vertical lines of this page's part; nothing more may follow."""
        self._segment(self._sheet.y)

    def _segment(self, bottom: float, *, outer: bool = False) -> None:
        """The vertical lines, or the two outer ones, from where they last ended to `bottom`."""
        edges = (self._edges[0], self._edges[-1]) if outer else self._edges
        self._sheet.canvas.setLineWidth(_LINE)
        self._sheet.canvas.lines([(x, self._top, x, bottom) for x in edges])
        self._top = bottom

    def _keep(self, height: float) -> None:
        """Go on to a new page, headings first, unless `height` points are left."""
        if not self._sheet.fits(height):
            self.close()
            self._sheet.new_page()
            if self._again is not None:
                self._again()
            self._start()

    def _start(self) -> None:
        sheet = self._sheet
        self._top = sheet.y
        height = self._height(self._headings)
        self._shade(height, _SHADE)
        sheet.rule(sheet.left, sheet.y, self._wide(), _LINE)
        self._draw(self._headings, BOLD, height, centred=True)

    def _shade(self, height: float, grey: float) -> None:
        sheet = self._sheet
        sheet.canvas.setFillGray(grey)
        sheet.canvas.rect(sheet.left, sheet.y - height, self._wide(), height, stroke=0, fill=1)
        sheet.canvas.setFillGray(0)

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
                    self._put(text, at, line, font, align, y)
                y -= self._size * _LEADING
        self._sheet.canvas.drawText(text)
        self._sheet.y -= height
        self._sheet.rule(self._sheet.left, self._sheet.y, self._wide(), _LINE)

    def _put(
        self, text: PDFTextObject, column: int, line: str, font: str, align: Align, y: float
    ) -> None:
        """One line of a cell. A number wider than its column is drawn in smaller letters."""
        left, right = self._edges[column] + _PADDING, self._edges[column + 1] - _PADDING
        if align == "left":
            text.setTextOrigin(left, y)
            text.textOut(line)
            return
        free = right - left - width(line, font, self._size)
        if free < 0 and align == "right":
            text.setFont(font, self._size * (right - left) / (right - left - free))
        text.setTextOrigin(left + max(free if align == "right" else free / 2, 0), y)
        text.textOut(line)
        if free < 0:
            text.setFont(font, self._size)

    def _height(self, cells: Sequence[tuple[str, ...]]) -> float:
        return max(len(lines) for lines in cells) * self._size * _LEADING + 2 * self._padding

    def _one_line(self) -> float:
        return self._size * _LEADING + 2 * self._padding

    def _wide(self) -> float:
        return self._edges[-1] - self._edges[0]
