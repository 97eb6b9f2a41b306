"""Targets as data: what a rate was to reach, and how much of it was reached, above 100 % too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from app.indicators.breakdown import by_kind
from app.indicators.definitions import rows_of
from app.indicators.measures import sides
from app.indicators.rates import percent
from app.indicators.tallies import Tally, added

_WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class Target:
    """A row of `data/targets.csv`. `goal` is in hundredths of a percent; `scope` a kind of commune,
    "" for all; `confirmed` says that a text orders it."""

    code: str
    scope: str
    goal: int
    first: str
    last: str
    source: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Reached:
    """A target with its rate: `percent` of n over d, `of_goal` what that is of the goal."""

    target: Target
    n: int
    d: int
    percent: str | None
    of_goal: str | None


@cache
def all_targets() -> tuple[Target, ...]:
    """Every target, in the order of the file."""
    return tuple(
        Target(row["code"], row["scope"], int(row["goal"].replace(".", "")), row["from_period"],
               row["to_period"], row["source"], row["confirmed"] == "yes")
        for row in rows_of("targets.csv")
    )  # fmt: skip


def reached(communes: Mapping[str, Tally], period: str) -> Iterator[Reached]:
    """The targets of a month, each with how far the communes together are."""
    scopes = {"": added(communes.values()), **by_kind(dict(communes))}
    for one in all_targets():
        if one.first <= period <= one.last and one.scope in scopes:
            n, d = sides(scopes[one.scope], one.code)
            yield Reached(one, n, d, percent(n, d), percent(n * _WHOLE, d * one.goal))
