"""A province's own boundaries: neighbours keep touching, nobody is left out, strange files are
refused."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from app.errors import InputError
from app.reference.boundaries import GRID, read_boundaries

WEST, EAST, TINY = "01273", "01279", "01288"


def square(west: float, south: float, side: float) -> list[list[float]]:
    """The corners of a square, with one on a straight way."""
    east, north = west + side, south + side
    return [[west, south], [west + side / 2, south], [east, south], [east, north], [west, north],
            [west, south]]  # fmt: skip


def feature(code: Any, *rings: Any, kind: str = "Polygon") -> dict[str, Any]:
    shape = list(rings) if kind == "Polygon" else [[one] for one in rings]
    return {"properties": {"name": "x", "ma_xa": code},
            "geometry": {"type": kind, "coordinates": shape}}  # fmt: skip


def written(folder: Path, features: Iterable[Any], **more: str) -> Path:
    path = folder / "tinh.geojson"
    path.write_text(json.dumps({"features": list(features), **more}), encoding="utf-8")
    return path


def test_neighbours_share_their_corners_and_a_dot_is_left(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        [
            feature(WEST, square(106.0, 22.0, 0.5)),
            feature(1279, square(106.5, 22, 0.5), square(106.9999, 22, 1e-4), kind="MultiPolygon"),
            feature(TINY, square(106.2, 22.2, 0.0001)),
        ],
        credit="Sở Nông nghiệp và Môi trường",
    )  # fmt: skip
    found = read_boundaries(path)
    assert (found.width, found.credit) == (GRID, "Sở Nông nghiệp và Môi trường")
    bottom, middle = found.height, GRID // 2
    assert found.paths[WEST] == f"M0 {bottom}l{middle} 0 0-{bottom} -{middle} 0z"
    assert found.paths[EAST] == f"M{middle} {bottom}l{middle} 0 0-{bottom} -{middle} 0z"
    assert found.paths[TINY].endswith("h2v2h-2z")
    assert found.has([WEST, EAST, TINY])
    assert not found.has([WEST, "01290"])
    assert not found.has([])


@pytest.mark.parametrize(
    ("features", "said"),
    [
        ([], "không có xã nào"),
        ([feature("99999", square(106, 22, 1))], "không mang mã xã"),
        ([feature(WEST, square(500_000, 2_400_000, 1_000))], "kinh độ, vĩ độ"),
        ([feature(WEST)], "kinh độ, vĩ độ"),
        ([feature(WEST, 106.0)], "kinh độ, vĩ độ"),
        ([feature(WEST, [["106", "22"]])], "kinh độ, vĩ độ"),
        ([feature(WEST, [[106]])], "kinh độ, vĩ độ"),
        ([feature(WEST, square(106, 22, 1)), feature(WEST, square(107, 22, 1))], "mã xã"),
        ([1], "không có xã nào"),
        ([{"properties": [WEST]}], "không mang mã xã"),
        ([{"properties": {"ma": WEST}, "geometry": "x"}], "kinh độ, vĩ độ"),
    ],
)
def test_a_strange_file_is_refused(tmp_path: Path, features: list[Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_boundaries(written(tmp_path, features))


def test_a_number_that_looks_like_another_communes_code_is_none(tmp_path: Path) -> None:
    """The province's number, and how many people live there, stand before the code."""
    shapes = [feature(code, square(106 + at, 22, 1)) for at, code in enumerate((WEST, EAST))]
    for one, people in zip(shapes, (1279, 5), strict=True):
        one["properties"] = {"tinh": 4, "so_dan": people, **one["properties"]}
    assert set(read_boundaries(written(tmp_path, shapes)).paths) == {WEST, EAST}


def test_what_is_no_file_of_ours_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("<kml>", encoding="utf-8")
    for path in (tmp_path / "x", tmp_path / "missing"):
        with pytest.raises(InputError, match="Không đọc được"):
            read_boundaries(path)
