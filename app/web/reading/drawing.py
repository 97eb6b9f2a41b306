"""The map of communes: by the province's own boundaries where it loaded them, else as tiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.indicators.leader import Place
from app.reference.boundaries import Boundaries
from app.reference.tilemap import Tile, size, tiles


@dataclass(frozen=True, slots=True)
class Drawing:
    """Each place with where it stands: `tiles`, or `shapes` as SVG paths; `size` is the view."""

    size: tuple[int, int]
    tiles: Sequence[tuple[Tile, Place]] = ()
    shapes: Sequence[tuple[str, Place]] = ()
    credit: str = ""


def drawn(places: Sequence[Place], boundaries: Boundaries | None) -> Drawing:
    """By boundaries only where they have every one of these communes: none may be left out."""
    codes = [one.area.code for one in places]
    if boundaries and boundaries.has(codes):
        shapes = [(boundaries.paths[one.area.code], one) for one in places]
        return Drawing((boundaries.width, boundaries.height), (), shapes, boundaries.credit)
    placed = tiles(tuple(one.area for one in places))
    by_code = dict(zip(codes, places, strict=True))
    return Drawing(size(placed), [(tile, by_code[tile.area.code]) for tile in placed])
