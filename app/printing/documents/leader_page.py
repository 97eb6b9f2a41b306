"""The leader's month: one A4 page of figures and drawings, the tables on the pages after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from app.printing.charts import (
    Bar,
    Point,
    TileDrawn,
    draw_bars,
    draw_legend,
    draw_line,
    draw_tiles,
)
from app.printing.fonts import BOLD, ITALIC, REGULAR
from app.printing.frames import Sheet, heading
from app.printing.tables import Column, Table
from app.printing.values import short_month
from app.printing.wrapping import width as width_of
from app.printing.wrapping import wrap

_GAP = 8.0
# A table does not begin at the foot of a page.
_LEAST = 140.0


@dataclass(frozen=True, slots=True)
class Big:
    """A figure in large type: "80,75 %", what it is, and both its sides in words."""

    told: str
    name: str
    sides: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A table of the pages after the first: title, headings with widths in points, rows of text.

    A column is its heading, its width and whether it holds numbers, which stand to the right;
    `size` is the font's.
    """

    title: str
    columns: tuple[tuple[str, float, bool], ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    size: float = 9


@dataclass(frozen=True, slots=True)
class LeaderPage:
    """The document. `told` are the moments and the version, in one sentence; figures of one card
    of `bigs` stand in one frame, a row of cards beside each other."""

    body: str
    area: str
    period: str
    told: str
    bigs: tuple[tuple[tuple[Big, ...], ...], ...]
    bridge: tuple[Bar, ...]
    lowest: tuple[Bar, ...]
    months: tuple[Point, ...]
    tiles: tuple[TileDrawn, ...]
    map_size: tuple[int, int]
    legend: tuple[str, ...]
    counters: tuple[Bar, ...]
    listings: tuple[Listing, ...]
    synthetic: bool


def render_leader_page(page: LeaderPage, out: BinaryIO) -> None:
    """Write the document as PDF to `out`; the first page stands alone."""
    sheet = Sheet(
        out,
        title=f"Chi trả không dùng tiền mặt, {short_month(page.period)}",
        author=page.body,
        synthetic=page.synthetic,
        dense=True,
    )
    heading(
        sheet,
        "Chi trả an sinh xã hội không dùng tiền mặt",
        f"{page.area}, {short_month(page.period)}",
        page.told,
    )
    for row in page.bigs:
        _cards(sheet, row)
    _two(sheet, ("Từ danh sách tháng trước đến tháng này", page.bridge),
         ("Mười xã thấp nhất", page.lowest))  # fmt: skip
    _two(sheet, ("Đúng hạn và quá hạn (khoản)", page.counters), None)
    _months(sheet, page.months)
    _map(sheet, page)
    sheet.new_page()
    for listing in page.listings:
        sheet.keep(_LEAST)
        _listing(sheet, listing)
    sheet.finish()


def _cards(sheet: Sheet, cards: Sequence[Sequence[Big]]) -> None:
    width = sheet.room / max(sum(len(card) for card in cards), 1)
    left, top = sheet.left, sheet.y
    for card in cards:
        sheet.canvas.setStrokeGray(0.5)
        sheet.canvas.setLineWidth(0.5)
        sheet.canvas.rect(left + 2, top - 74, width * len(card) - 4, 72)
        sheet.canvas.setStrokeGray(0)
        for big in card:
            _big(sheet, big, left + width / 2, top, width)
            left += width
    sheet.y = top - 74 - _GAP


def _big(sheet: Sheet, big: Big, middle: float, top: float, width: float) -> None:
    size = min(20.0, 20 * (width - 10) / width_of(big.told, BOLD, 20))
    sheet.put(big.told, middle, top - 24, BOLD, size, "centre")
    for line, text in enumerate(wrap(big.name, REGULAR, 8.5, width - 12, 2)):
        sheet.put(text, middle, top - 38 - 10 * line, REGULAR, 8.5, "centre")
    for line, text in enumerate(wrap(big.sides, ITALIC, 7.5, width - 10, 2)):
        sheet.put(text, middle, top - 59 - 9 * line, ITALIC, 7.5, "centre")


def _two(
    sheet: Sheet, left: tuple[str, Sequence[Bar]], right: tuple[str, Sequence[Bar]] | None
) -> None:
    """One or two drawings of bars side by side, each under its title."""
    pair = [one for one in (left, right) if one is not None]
    width = (sheet.room - 16) / 2 if len(pair) == 2 else sheet.room
    top = sheet.y
    heights = []
    for at, (title, bars) in enumerate(pair):
        x = sheet.left + at * (width + 16)
        sheet.put(title, x, top - 11, BOLD, 10.5)
        heights.append(16 + draw_bars(sheet, bars, x, top - 16, width, 12.5))
    sheet.y = top - max(heights, default=0) - _GAP


def _months(sheet: Sheet, months: Sequence[Point]) -> None:
    sheet.put("Mười hai tháng: tỷ lệ người nhận không dùng tiền mặt (R1, %)", sheet.left,
              sheet.y - 11, BOLD, 10.5)  # fmt: skip
    draw_line(sheet, months, sheet.left, sheet.y - 14, sheet.room, 92)
    sheet.y -= 112


def _map(sheet: Sheet, page: LeaderPage) -> None:
    """The map in what is left of the page, never on another."""
    sheet.put("Bản đồ ô: R1 theo xã, mỗi xã một ô", sheet.left, sheet.y - 11, BOLD, 10.5)
    draw_legend(sheet, page.legend, sheet.left + 215, sheet.y - 11)
    top = sheet.y - 18
    height = top - 15 * 72 / 25.4
    wide, tall = page.map_size
    width = min(sheet.room, height * wide / max(tall, 1))
    x = sheet.left + (sheet.room - width) / 2
    sheet.y = top - draw_tiles(sheet, page.tiles, page.map_size, x, top, width)


def _listing(sheet: Sheet, listing: Listing) -> None:
    sheet.paragraph(listing.title, font=BOLD, size=12)
    sheet.skip(4)
    columns = [
        Column(name, width, "right" if number else "left")
        for name, width, number in listing.columns
    ]
    table = Table(sheet, columns, size=listing.size, close=True)
    for row in listing.rows:
        table.row(row)
    table.close()
    if listing.note:
        sheet.skip(4)
        sheet.paragraph(listing.note, font=ITALIC, size=9)
    sheet.skip(14)
