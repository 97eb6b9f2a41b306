"""Provinces and communes of Viet Nam since 1 July 2025 (two tiers, no district).

Source: `data/README.md`. Codes are text: a province has 2 digits, a commune 5.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Area:
    """A commune-level unit; `kind` is 'xã', 'phường' or 'đặc khu'."""

    code: str
    name: str
    kind: str
    province_code: str
    province_name: str
    latitude: str
    longitude: str
    area_km2: str

    @property
    def is_urban(self) -> bool:
        """A phường counts as urban in the reports."""
        return self.kind == "phường"


@dataclass(frozen=True, slots=True)
class Province:
    """A province or centrally run city."""

    code: str
    name: str


@cache
def all_communes() -> tuple[Area, ...]:
    """Every commune-level unit of the country, by code."""
    text = files("app.reference").joinpath("data/areas.csv").read_text(encoding="utf-8")
    return tuple(Area(**row) for row in csv.DictReader(text.splitlines()))


@cache
def _by_code() -> dict[str, Area]:
    return {area.code: area for area in all_communes()}


def commune(code: str) -> Area | None:
    """The commune with this 5-digit code, or None."""
    return _by_code().get(code)


@cache
def provinces() -> tuple[Province, ...]:
    """The 34 provinces, by code."""
    names = {area.province_code: area.province_name for area in all_communes()}
    return tuple(Province(code, names[code]) for code in sorted(names))


@cache
def communes_of(province_code: str) -> tuple[Area, ...]:
    """The communes of one province, by code; empty for an unknown province."""
    return tuple(area for area in all_communes() if area.province_code == province_code)
