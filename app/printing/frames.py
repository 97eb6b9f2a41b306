"""The sheet all documents are drawn on: pages, footer, page numbers, synthetic marks.

Text is drawn by position, never through a markup language, so no value can change a page.
Pages are written as they fill up; the number of pages is a form object filled in at the end,
so a list of any length is walked once.

Margins are those of Decree 30/2020/ND-CP, appendix I: 20 mm above and below, 30 mm on the left,
where papers are bound, 15 mm on the right. The page's number stands below with the number of all
pages, and from the first page on: a page that is missing from a list of money must be seen.
"""

from __future__ import annotations

from typing import BinaryIO, Literal

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from app.printing import fonts
from app.printing.fonts import BOLD, ITALIC, REGULAR
from app.printing.values import SYNTHETIC_NOTICE
from app.printing.wrapping import balanced, clean, width, wrap

Align = Literal["left", "right", "centre"]

MM = 72 / 25.4
LEFT, RIGHT, EDGE = 30 * MM, 15 * MM, 20 * MM
"""The margins in points; EDGE is the one above and the one below."""
_CLOSE = 15 * MM
LEADING = 1.22
_FOOTER = 10.5 * MM
FOOTER_SIZE = 8.5
_WARNING = (0.72, 0.11, 0.11)
_WATERMARK_GREY = 0.93
_PAGES = "pages"
_WATERMARK = "watermark"


class Sheet:
    """A document under construction with a cursor `y` (points, downwards from the top).

    `code` is the short code of the digest, printed on each page; `synthetic` prints the
    notice on each page. `dense` is for sheets of accounts that must stand on one page: margins of
    15 mm all around. Close with `finish`. The same calls give the same bytes.
    """

    def __init__(
        self,
        out: BinaryIO,
        *,
        title: str,
        author: str,
        code: str = "",
        synthetic: bool,
        wide: bool = False,
        dense: bool = False,
    ) -> None:
        fonts.register()
        size = landscape(A4) if wide else A4
        self.canvas = Canvas(
            out,
            pagesize=size,
            invariant=1,
            initialFontName=REGULAR,  # type: ignore[arg-type] # the type hint says number
            lang="vi-VN",
            pageCompression=1,
        )
        self.canvas.setTitle(clean(title))
        self.canvas.setAuthor(clean(author))
        if synthetic:
            self.canvas.setSubject(SYNTHETIC_NOTICE)
        self.width, self.height = size
        self.left, self.right = _CLOSE if dense else LEFT, self.width - RIGHT
        self._edge = _CLOSE if dense else EDGE
        self.room = self.right - self.left
        self.page = 0
        self.y = 0.0
        self._code, self._synthetic = code, synthetic
        if synthetic:
            self._define_watermark()
        self._open_page()

    @property
    def middle_x(self) -> float:
        """Half-way between the margins, which are not alike."""
        return (self.left + self.right) / 2

    @property
    def empty(self) -> float:
        """The points of a page with nothing on it yet."""
        return self.height - 2 * self._edge

    def fits(self, height: float) -> bool:
        """Whether `height` points are left on this page."""
        return self.y - height >= self._edge

    def new_page(self) -> None:
        """End this page and start the next."""
        self.canvas.showPage()
        self._open_page()

    def keep(self, height: float) -> None:
        """Start a new page unless `height` points are left."""
        if not self.fits(height):
            self.new_page()

    def skip(self, height: float) -> None:
        """Leave space; at the end of a page there is nothing to leave."""
        self.y = max(self.y - height, self._edge)

    def put(
        self, text: str, x: float, y: float, font: str, size: float, align: Align = "left"
    ) -> None:
        """Draw one line with its baseline at `y`; `x` is its left, right or middle."""
        text = clean(text).replace("\n", " ")
        shift = {"left": 0.0, "right": 1.0, "centre": 0.5}[align]
        start = x - shift * width(text, font, size) if shift else x
        self.canvas.setFont(font, size)
        self.canvas.drawString(start, y, text)

    def paragraph(
        self, text: str, *, font: str = REGULAR, size: float = 12, align: Align = "left"
    ) -> None:
        """Text over the whole width at the cursor, wrapped, moved to a new page as needed."""
        x = {"left": self.left, "right": self.right, "centre": self.middle_x}[align]
        cut = balanced if align == "centre" else wrap
        for line in cut(text, font, size, self.room):
            self.keep(size * LEADING)
            self.put(line, x, self.y - size, font, size, align)
            self.y -= size * LEADING

    def labelled(
        self, label: str, value: str, *, size: float = 12, bold: bool = False, most: int = 0
    ) -> None:
        """A label and its value, the value wrapped beside the label; with `most` above 0 in so
        many lines at most."""
        font = BOLD if bold else REGULAR
        label = f"{label}: "
        indent = min(width(label, REGULAR, size), self.room / 2)
        lines = wrap(value, font, size, self.room - indent, most)
        self.keep(size * LEADING)
        self.put(label, self.left, self.y - size, REGULAR, size)
        for line in lines:
            self.keep(size * LEADING)
            self.put(line, self.left + indent, self.y - size, font, size)
            self.y -= size * LEADING

    def rule(self, x: float, y: float, length: float, thickness: float = 0.6) -> None:
        """A horizontal line."""
        self.canvas.setLineWidth(thickness)
        self.canvas.line(x, y, x + length, y)

    def finish(self) -> None:
        """Write everything; the sheet is closed."""
        self.canvas.showPage()
        self.canvas.beginForm(_PAGES, 0, -5, 60, 20)
        self.canvas.setFont(REGULAR, FOOTER_SIZE)
        self.canvas.drawString(0, 0, str(self.page))
        self.canvas.endForm()
        self.canvas.save()

    def _open_page(self) -> None:
        self.page += 1
        self.y = self.height - self._edge
        if self._synthetic:
            self.canvas.doForm(_WATERMARK)
        self._draw_footer()

    def _draw_footer(self) -> None:
        y = _FOOTER - (EDGE - self._edge) / 2
        self.canvas.setStrokeGray(0.6)
        self.rule(self.left, y + 13, self.room, 0.4)
        self.canvas.setStrokeGray(0)
        if self._code:
            self.put(f"Mã kiểm tra: {self._code}", self.left, y, REGULAR, FOOTER_SIZE)
        if self._synthetic:
            self.canvas.setFillColorRGB(*_WARNING)
            self.put(SYNTHETIC_NOTICE, self.middle_x, y, BOLD, FOOTER_SIZE, "centre")
            self.canvas.setFillGray(0)
        self._draw_page_number(y)

    def _draw_page_number(self, y: float) -> None:
        room_for_total = width("0000", REGULAR, FOOTER_SIZE)
        x = self.right - room_for_total
        self.put(f"Trang {self.page}/", x, y, REGULAR, FOOTER_SIZE, "right")
        self.canvas.saveState()
        self.canvas.translate(x, y)
        self.canvas.doForm(_PAGES)
        self.canvas.restoreState()

    def _define_watermark(self) -> None:
        canvas = self.canvas
        canvas.beginForm(_WATERMARK, 0, 0, self.width, self.height)
        canvas.setFillGray(_WATERMARK_GREY)
        canvas.translate(self.width / 2, self.height / 2)
        canvas.rotate(35)
        canvas.setFont(BOLD, 40)
        canvas.drawCentredString(0, 0, SYNTHETIC_NOTICE)
        canvas.endForm()


def heading(sheet: Sheet, title: str, *subtitles: str) -> None:
    """The title in capitals, the lines beneath it, all in the middle."""
    sheet.skip(8)
    sheet.paragraph(title.upper(), font=BOLD, size=14, align="centre")
    for at, subtitle in enumerate(subtitles):
        sheet.paragraph(subtitle, font=BOLD if at == 0 else ITALIC, size=12, align="centre")
    sheet.skip(8)
