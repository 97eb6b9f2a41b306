"""A map of communes as tiles: each tile stands as near to its commune's centre as it can. Pure.

Communes differ so much in size that a true map hides the small ones; equal tiles show every
commune alike (see docs/decisions). No tile overlaps another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from app.reference.areas import Area

WIDTH, HEIGHT, GAP = 92, 60, 4
COLUMNS = 11
CLASSES = 5
_DOWN = (WIDTH + GAP) / (HEIGHT + GAP)


@dataclass(frozen=True, slots=True)
class Tile:
    """A commune's place in the grid, in columns from the west and rows from the north."""

    area: Area
    column: int
    row: int

    @property
    def x(self) -> int:
        return self.column * (WIDTH + GAP)

    @property
    def y(self) -> int:
        return self.row * (HEIGHT + GAP)


@lru_cache(maxsize=64)
def tiles(areas: tuple[Area, ...], columns: int = COLUMNS) -> list[Tile]:
    """One tile a commune. The most central communes choose their cell first."""
    if not areas:
        return []
    spots = _spots(areas, columns)
    middle = ((columns - 1) / 2, max(row for _, row in spots.values()) / 2)
    taken: set[tuple[int, int]] = set()
    found = []
    for area in sorted(areas, key=lambda one: (_distance(spots[one.code], middle), one.code)):
        cell = _nearest_free(spots[area.code], taken, columns)
        taken.add(cell)
        found.append(Tile(area, *cell))
    top = min(one.row for one in found)
    moved = [Tile(one.area, one.column, one.row - top) for one in found]
    return sorted(moved, key=lambda one: (one.row, one.column))


def size(placed: Sequence[Tile]) -> tuple[int, int]:
    """Width and height of the drawing."""
    return (
        max((one.x for one in placed), default=0) + WIDTH,
        max((one.y for one in placed), default=0) + HEIGHT,
    )


def bounds(rates: Sequence[str | None]) -> list[int]:
    """Where a class ends and the next begins, in whole percent: equal numbers in each class."""
    known = sorted(Fraction(one) for one in rates if one is not None)
    if not known:
        return []
    cuts = {int(known[len(known) * part // CLASSES]) for part in range(1, CLASSES)}
    return sorted(cuts - {0})


def class_of(rate: str | None, cuts: Sequence[int]) -> int:
    """The class of a rate, from 0; -1 without one."""
    if rate is None:
        return -1
    return sum(Fraction(rate) >= cut for cut in cuts)


def name_lines(name: str) -> list[str]:
    """A commune's name without 'Xã' or 'Phường', on at most two lines of a tile."""
    words = name.split()[1:] if len(name.split()) > 1 else name.split()
    return [" ".join(words)] if len(words) < 3 else [" ".join(words[:2]), " ".join(words[2:])]


def _spots(areas: Sequence[Area], columns: int) -> dict[str, tuple[float, float]]:
    """Where each centre falls in a grid of so many columns; a degree is as long both ways."""
    east = {one.code: float(one.longitude) for one in areas}
    north = {one.code: float(one.latitude) for one in areas}
    west, top = min(east.values()), max(north.values())
    scale = (columns - 1) / ((max(east.values()) - west) or 1)
    # A tile is wider than high, so a degree northwards needs more rows than columns.
    rows = scale * _DOWN
    return {
        one.code: ((east[one.code] - west) * scale, (top - north[one.code]) * rows) for one in areas
    }


def _nearest_free(
    spot: tuple[float, float], taken: set[tuple[int, int]], columns: int
) -> tuple[int, int]:
    reach = range(-len(taken) - 1, len(taken) + 2)
    around = (
        (column, round(spot[1]) + step)
        for column in range(columns)
        for step in reach
        if (column, round(spot[1]) + step) not in taken
    )
    return min(around, key=lambda cell: (_distance(spot, cell), cell))


def _distance(spot: tuple[float, float], other: tuple[float, float]) -> float:
    # Rows are lower than columns are wide: weigh them as they are drawn.
    down = (spot[1] - other[1]) / _DOWN
    return float((spot[0] - other[0]) ** 2 + down**2)
