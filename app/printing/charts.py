"""Bars, a line of months, a map of tiles: drawn as vectors on a sheet, with their figures in words.

No figure is told by a shade alone: every bar, point and tile carries its number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.printing.fonts import BOLD, ITALIC, REGULAR
from app.printing.frames import Sheet
from app.printing.wrapping import width as measure
from app.printing.wrapping import wrap

_SHADES = (1.0, 0.9, 0.8, 0.68, 0.55)
_BAR_GREY, _LINE = 0.35, 0.5
_SMALL = 7.5


@dataclass(frozen=True, slots=True)
class Bar:
    """A named bar; `share` is how much of the room it fills, from 0 to 1, `told` its figure."""

    name: str
    share: Fraction
    told: str


@dataclass(frozen=True, slots=True)
class Point:
    """A month of a line: its label, its height from 0 to 1 or None for none, its figure."""

    label: str
    share: Fraction | None
    told: str


@dataclass(frozen=True, slots=True)
class TileDrawn:
    """A tile of a map in the map's own units, with its lines of text and its class (-1: none)."""

    x: float
    y: float
    width: float
    height: float
    name: str
    told: str
    shade: int


def draw_bars(
    sheet: Sheet, bars: Sequence[Bar], x: float, top: float, width: float, step: float = 13.0
) -> float:
    """Bars beneath each other, names to the left, figures to the right; gives their height."""
    names, figures = width * 0.4, max((measure(bar.told, REGULAR, 9) for bar in bars), default=0.0)
    room = max(width - names - figures - 6, 0)
    for at, bar in enumerate(bars):
        base = top - (at + 1) * step + 3.5
        name = wrap(bar.name, REGULAR, 9, names - 4, 1)
        sheet.put(name[0] if name else "", x, base, REGULAR, 9)
        _fill(sheet, _BAR_GREY, x + names, base - 1, room * float(min(bar.share, Fraction(1))), 8)
        sheet.put(bar.told, x + width, base, REGULAR, 9, "right")
    return len(bars) * step


def draw_line(
    sheet: Sheet, points: Sequence[Point], x: float, top: float, width: float, height: float
) -> None:
    """A line through the points that have a height; the axis goes from 0 % to 100 %."""
    foot, room = top - height + 14, height - 30
    canvas = sheet.canvas
    canvas.setLineWidth(_LINE)
    for part, label in ((0, "0 %"), (1, "100 %")):
        y = foot + room * part
        canvas.setStrokeGray(0.75)
        canvas.line(x + 26, y, x + width, y)
        sheet.put(label, x + 22, y - 2.5, REGULAR, _SMALL, "right")
    canvas.setStrokeGray(0)
    step = (width - 26) / max(len(points), 1)
    last: tuple[float, float] | None = None
    for at, point in enumerate(points):
        middle = x + 26 + step * (at + 0.5)
        sheet.put(point.label, middle, foot - 10, REGULAR, _SMALL, "centre")
        last = _point(sheet, point, middle, foot, room, last)


def _point(
    sheet: Sheet,
    point: Point,
    x: float,
    foot: float,
    room: float,
    last: tuple[float, float] | None,
) -> tuple[float, float] | None:
    """One point, joined to the one before it; a month without a figure breaks the line."""
    if point.share is None:
        return None
    y = foot + room * float(min(point.share, Fraction(1)))
    sheet.canvas.setLineWidth(1.2)
    if last is not None:
        sheet.canvas.line(*last, x, y)
    sheet.canvas.circle(x, y, 1.8, stroke=0, fill=1)
    sheet.put(point.told, x, y + 4, BOLD, _SMALL, "centre")
    return x, y


def draw_tiles(
    sheet: Sheet,
    tiles: Sequence[TileDrawn],
    size: tuple[int, int],
    x: float,
    top: float,
    width: float,
) -> float:
    """The map, scaled to a width; gives its height."""
    scale = width / max(size[0], 1)
    for tile in tiles:
        _tile(sheet, tile, x, top, scale)
    sheet.canvas.setFillGray(0)
    return size[1] * scale


def _tile(sheet: Sheet, tile: TileDrawn, x: float, top: float, scale: float) -> None:
    left, high = x + tile.x * scale, top - tile.y * scale
    wide, tall = tile.width * scale, tile.height * scale
    canvas = sheet.canvas
    canvas.setStrokeGray(0.45)
    canvas.setLineWidth(0.3)
    canvas.setFillGray(_SHADES[tile.shade] if 0 <= tile.shade < len(_SHADES) else 1)
    canvas.rect(left, high - tall, wide, tall, stroke=1, fill=1)
    canvas.setFillGray(0)
    canvas.setStrokeGray(0)
    middle = left + wide / 2
    lines = wrap(tile.name, REGULAR, 5.4, wide - 2, 2)
    for at, line in enumerate(lines):
        sheet.put(line, middle, high - 6 - 5.8 * at, REGULAR, 5.4, "centre")
    sheet.put(tile.told, middle, high - tall + 3, BOLD, 6.4, "centre")


def draw_legend(sheet: Sheet, labels: Sequence[str], x: float, y: float) -> None:
    """The classes of a map from the lowest, each a shaded box with its bounds."""
    for at, label in enumerate(labels):
        left = x + at * 62
        sheet.canvas.setStrokeGray(0.45)
        _fill(sheet, _SHADES[min(at, len(_SHADES) - 1)], left, y, 10, 7, stroke=1)
        sheet.put(label, left + 13, y + 1, ITALIC, _SMALL)
    sheet.canvas.setStrokeGray(0)


def _fill(
    sheet: Sheet, grey: float, x: float, y: float, width: float, height: float, stroke: int = 0
) -> None:
    sheet.canvas.setFillGray(grey)
    sheet.canvas.rect(x, y, width, height, stroke=stroke, fill=1)
    sheet.canvas.setFillGray(0)
