"""What letters say apart from people and sums: legal grounds, bodies, causes. Source:
`app/statements/data/README.md`."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from app.benefits.groups import Group, neutral

GRANT, ADJUST, STOP, PAUSE, RESUME, RECOVERY = (
    *("grant", "adjust", "stop"),
    *("pause", "resume", "recovery"),
)
_ALWAYS = date.max


@dataclass(frozen=True, slots=True)
class Ground:
    """A text that decisions of some kinds cite, while it is in force."""

    programme: str
    kinds: frozenset[str]
    first: date
    last: date
    text: str
    confirmed: bool

    def serves(self, programmes: Collection[str], kind: str, on: date) -> bool:
        """Whether a decision of that kind and day on those programmes cites it."""
        mine = not self.programme or self.programme in programmes
        return mine and kind in self.kinds and self.first <= on <= self.last


@cache
def all_grounds() -> tuple[Ground, ...]:
    """Every ground, in the order in which letters cite them."""
    text = files("app.statements").joinpath("data/grounds.csv").read_text("utf-8")
    return tuple(_ground(row) for row in csv.DictReader(text.splitlines()))


def _ground(row: Mapping[str, str]) -> Ground:
    until = row["until_day"]
    return Ground(
        programme=row["programme"],
        kinds=frozenset(row["kinds"].split()),
        first=date.fromisoformat(row["from_day"]),
        last=date.fromisoformat(until) if until else _ALWAYS,
        text=row["text"],
        confirmed=row["confirmed"] == "yes",
    )


def grounds_for(programmes: Collection[str], kind: str, on: date) -> tuple[Ground, ...]:
    """What a decision signed on that day cites."""
    return tuple(one for one in all_grounds() if one.serves(programmes, kind, on))


@cache
def told() -> Mapping[str, Any]:
    """The bodies, programmes and causes as letters write them."""
    text = files("app.statements").joinpath("data/letters.toml").read_text("utf-8")
    return tomllib.loads(text)


def benefit(group: Group) -> str:
    """What a line of that group is called in a letter."""
    names = told()["programmes"]
    return str(names["carer" if group.component == "carer" else group.programme])


def named(group: Group) -> str:
    """Who is meant, neutrally where the exact name could tell of somebody's health."""
    return group.public_name if group.code in neutral() else group.name


def article(group: Group) -> str:
    """By which article, neutrally for the same groups."""
    return str(told()["neutral"]["article"]) if group.code in neutral() else group.article


def cause(code: str) -> str:
    """Why a line ended; a cause that is not told apart is the loss of a condition."""
    causes: Mapping[str, str] = told()["causes"]
    return causes.get(code, causes["other"])
