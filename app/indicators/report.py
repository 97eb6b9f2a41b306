"""The month's report on cashless payment: plain values that every writer takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from app.indicators.definitions import UNITS, definition
from app.indicators.rates import Counts, Figure, figure


@dataclass(frozen=True, slots=True)
class CommuneRow:
    """One commune's counts; `code` is the five-digit commune code."""

    code: str
    name: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class AreaFigures:
    """The figures of one area: the whole report's, or one commune's."""

    code: str
    name: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class CashlessReport:
    """One month and area: the figures side by side, and the communes beneath.

    `period` reads "2026-10"; `area_code` is a province or commune code; `scenario` names a
    made-up month and is empty otherwise. Communes come in the order they are to be shown.
    """

    period: str
    scenario: str
    area_code: str
    area: str
    figures: tuple[Figure, ...]
    communes: tuple[CommuneRow, ...] = ()
    synthetic: bool = False

    def areas(self) -> Iterator[AreaFigures]:
        """The whole area first, then each commune, all judged at the same moments."""
        yield AreaFigures(self.area_code, self.area, self.figures)
        moments = {each.code: (each.as_of, each.cut_off) for each in self.figures}
        for row in self.communes:
            yield AreaFigures(row.code, row.name, _figures(row.counts, moments))


def figure_name(each: Figure) -> str:
    """The Vietnamese name of a figure, from its definition."""
    return definition(each.code).name.vi


def figure_unit(each: Figure) -> str:
    """What is counted: "người", "khoản" or "đồng"."""
    return UNITS[definition(each.code).unit].vi


def _figures(counts: Counts, moments: dict[str, tuple[datetime, datetime]]) -> tuple[Figure, ...]:
    sides = {
        "R1": (counts.cashless, counts.paid),
        "R1b": (counts.cashless, counts.listed),
        "R2": (counts.credited, counts.credited + counts.cash),
        "R3": (counts.covered, counts.listed),
    }
    return tuple(figure(code, *sides[code], *moments[code]) for code in moments)
