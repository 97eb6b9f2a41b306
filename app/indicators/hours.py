"""Hours saved, by a formula anybody can repeat: count x minutes / 60.

The minutes stand in `data/hours.csv`; they are assumptions, marked as such, until somebody
measured them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from app.indicators.definitions import Words, rows_of
from app.indicators.tallies import Tally


@dataclass(frozen=True, slots=True)
class Saved:
    """One term of the formula: how many, how many minutes each, and the whole hours, half up."""

    version: str
    code: str
    name: Words
    count: int
    minutes: str
    hours: int
    source: str
    confirmed: bool


def saved(tally: Tally, fields: int) -> Iterator[Saved]:
    """The terms for a month's counts and the fields that nobody had to declare again."""
    for row in rows_of("hours.csv"):
        count = fields if row["counts"] == "fields" else int(getattr(tally, row["counts"]))
        exact = count * Fraction(row["minutes"]) / 60
        yield Saved(
            row["version"], row["code"], Words(row["name_vi"], row["name_en"]), count,
            row["minutes"], int(exact + Fraction(1, 2)), row["source"], row["confirmed"] == "yes",
        )  # fmt: skip
