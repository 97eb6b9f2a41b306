"""A province's own boundaries of its communes: GeoJSON, drawn as SVG paths on a coarse grid.

Every corner moves to the nearest point of the grid, the same one for both neighbours: no gap opens
between them, and a province stays some tens of kilobytes. The file is the province's word on its
borders; what is drawn shows figures and proves no border.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from math import cos, radians
from pathlib import Path
from typing import Any

from app.errors import InputError
from app.reference.areas import commune

GRID = 480
"""Points of the grid from west to east."""
_EAST, _NORTH = (100, 120), (5, 25)
"""Where Viet Nam and its islands lie, in degrees."""
Point = tuple[int, int]
Ring = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Boundaries:
    """The paths of communes by code, in a drawing of so many units; `credit` is whose they are."""

    width: int
    height: int
    paths: Mapping[str, str]
    credit: str

    def has(self, codes: Sequence[str]) -> bool:
        """Whether each of these communes is drawn."""
        return bool(codes) and all(code in self.paths for code in codes)


def read_boundaries(path: Path) -> Boundaries:
    """The drawing of a GeoJSON file whose features are communes, each with its five-digit code as
    one of its properties, in degrees (WGS 84). Raises InputError for anything else."""
    content = _json(path)
    features = content["features"]
    codes = _codes([one.get("properties") for one in features], path)
    rings = {code: _rings(one, path) for code, one in zip(codes, features, strict=True)}
    corners = [corner for some in rings.values() for ring in some for corner in ring]
    west, east = min(one[0] for one in corners), max(one[0] for one in corners)
    south, north = min(one[1] for one in corners), max(one[1] for one in corners)
    flat = cos(radians((south + north) / 2))
    scale = GRID / (((east - west) * flat) or 1)

    def at(corner: Sequence[float]) -> Point:
        return round((corner[0] - west) * flat * scale), round((north - corner[1]) * scale)

    paths = {code: _path([list(map(at, ring)) for ring in some]) for code, some in rings.items()}
    return Boundaries(GRID, round((north - south) * scale), paths, str(content.get("credit", "")))


def _json(path: Path) -> Mapping[str, Any]:
    try:
        content: Any = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError) as error:
        raise InputError(
            f"Không đọc được tệp ranh giới {path.name}.", "Nạp tệp GeoJSON."
        ) from error
    features = content.get("features") if isinstance(content, dict) else None
    if not (isinstance(features, list) and features and all(isinstance(f, dict) for f in features)):
        raise InputError(
            f"Tệp ranh giới {path.name} không có xã nào.", "Nạp FeatureCollection, mỗi xã một dòng."
        )
    found: Mapping[str, Any] = content
    return found


def _codes(properties: Sequence[Any], path: Path) -> list[str]:
    """The codes of the shapes: of the property that gives each its own. Other numbers, of people
    or of the province, may look like some commune's."""
    told = [_padded(one) for one in properties]
    for name in told[0]:
        codes = [one.get(name, "") for one in told]
        if all(map(commune, codes)) and len({*codes}) == len(codes):
            return codes
    raise InputError(
        f"Tệp ranh giới {path.name} có hình không mang mã xã.", "Ghi mã xã năm chữ số."
    )


def _padded(properties: Any) -> dict[str, str]:
    known = properties if isinstance(properties, dict) else {}
    return {name: str(value).zfill(5) for name, value in known.items()}


def _rings(feature: Mapping[str, Any], path: Path) -> list[Ring]:
    try:
        rings = _rings_of(feature["geometry"])
        is_drawn = bool(rings) and all(_is_here(one) for ring in rings for one in ring)
    except (KeyError, TypeError, IndexError):  # of another shape than polygons of numbers
        is_drawn = False
    if not is_drawn:
        raise InputError(
            f"Tệp ranh giới {path.name} có hình không theo kinh độ, vĩ độ.",
            "Đổi sang WGS 84 rồi nạp lại.",
        )
    return rings


def _rings_of(shape: Mapping[str, Any]) -> list[Ring]:
    parts = shape["coordinates"]
    polygons = parts if shape["type"] == "MultiPolygon" else [parts]
    return [ring for polygon in polygons for ring in polygon if ring]


def _is_here(corner: Sequence[float]) -> bool:
    return _EAST[0] <= corner[0] <= _EAST[1] and _NORTH[0] <= corner[1] <= _NORTH[1]


def _path(rings: Sequence[Sequence[Point]]) -> str:
    """Rings that are too small for the grid are left out, but a commune never is."""
    drawn = [corners for ring in rings if len(corners := _corners(ring)) > 2]
    return "".join(map(_drawn, drawn)) or _dot(rings[0][0])


def _corners(ring: Sequence[Point]) -> list[Point]:
    """The ring without repetitions and without points on a straight way; its end is its start."""
    points = [one for one, _ in groupby(ring)]
    if len(points) > 1 and points[0] == points[-1]:
        points.pop()
    around = zip(points[-1:] + points[:-1], points, points[1:] + points[:1], strict=True)
    return [here for before, here, after in around if not _is_straight(before, here, after)]


def _is_straight(one: Point, two: Point, three: Point) -> bool:
    return (two[0] - one[0]) * (three[1] - two[1]) == (two[1] - one[1]) * (three[0] - two[0])


def _drawn(corners: Sequence[Point]) -> str:
    steps = ((two[0] - one[0], two[1] - one[1]) for one, two in pairwise(corners))
    return f"M{_pair(corners[0])}l{' '.join(map(_pair, steps))}z"


def _pair(point: Point) -> str:
    return f"{point[0]}{'' if point[1] < 0 else ' '}{point[1]}"


def _dot(at: Point) -> str:
    return f"M{_pair(at)}h2v2h-2z"
