"""The league table of communes: one score by a published formula, `data/league.csv`.

score = sum of weight x rate over the codes, in points of 100 with two decimals, half up. A commune
that lacks a denominator has no score and no place; equal scores share a place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from app.indicators.definitions import rows_of
from app.indicators.measures import sides
from app.indicators.tallies import Tally


@dataclass(frozen=True, slots=True)
class Formula:
    """The version of the formula and its weights by code; they add up to 100."""

    version: str
    weights: Mapping[str, int]

    @property
    def in_words(self) -> str:
        """'0,40 × R1 + 0,30 × R5 + …', as it is printed beneath the table."""
        return " + ".join(f"0,{weight:02} × {code}" for code, weight in self.weights.items())


@dataclass(frozen=True, slots=True)
class Place:
    """A commune's place and score ("87.25"); None without a denominator."""

    commune: str
    place: int | None
    score: str | None


@cache
def formula() -> Formula:
    """The formula in force. Raises ValueError where the weights are not 100 together."""
    rows = rows_of("league.csv")
    weights = {row["code"]: int(row["weight"]) for row in rows}
    if sum(weights.values()) != 100:
        raise ValueError("the weights of data/league.csv must add up to 100")
    return Formula(rows[0]["version"], weights)


def league(communes: Mapping[str, Tally]) -> list[Place]:
    """Every commune from the best; those without a score come last, by code."""
    scores = {code: score(tally) for code, tally in communes.items()}
    known = sorted(
        (code for code in scores if scores[code] is not None),
        key=lambda code: (-_of(scores[code]), code),
    )
    ranked = [
        Place(
            code,
            1 + sum(_of(scores[other]) > _of(scores[code]) for other in known),
            _text(scores[code]),
        )
        for code in known
    ]
    return ranked + [Place(code, None, None) for code in sorted(scores) if scores[code] is None]


def score(tally: Tally) -> int | None:
    """A commune's score in hundredths of a point, None where a denominator is 0."""
    total = Fraction(0)
    for code, weight in formula().weights.items():
        n, d = sides(tally, code)
        if d == 0:
            return None
        total += Fraction(100 * weight * n, d)
    return int(total + Fraction(1, 2))


def _of(score: int | None) -> int:
    return -1 if score is None else score


def _text(score: int | None) -> str | None:
    return None if score is None else f"{score // 100}.{score % 100:02}"
