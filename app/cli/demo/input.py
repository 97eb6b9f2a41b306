"""What a month is made of: the communes' workbooks, and what the bank will do wrong in it.

Made-up people are not the service's: many of them live in a process of their own.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.cli.demo.bank import faulty_config
from app.demo.population import Population, population
from app.demo.workbooks import write_workbooks
from app.jobs.ahead import side_by_side

MANY_PEOPLE = 50_000
_COMPLETE, _BANK = "complete", "bank.json"


@dataclass(frozen=True, slots=True)
class Misbehaving:
    """From when the bank misbehaves, in which months it knows holidays, and how many per mille do
    not collect their cash."""

    since: datetime
    periods: tuple[str, ...]
    uncollected: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """The input of a month in a folder; `bank` for the month in which the bank misbehaves."""

    scenario: str
    people: int
    seed: int
    period: str
    folder: Path
    bank: Misbehaving | None


def make_once(wanted: Wanted, people: Callable[[], Population]) -> None:
    """Make it unless it is there, of these people where they are few."""
    if (wanted.folder / _COMPLETE).exists():
        return
    wanted.folder.mkdir(parents=True, exist_ok=True)
    if wanted.people >= MANY_PEOPLE:
        list(side_by_side(_make_apart, [wanted], many=True))
    else:
        _make(wanted, people())


def _make_apart(wanted: Wanted) -> None:
    _make(wanted, population(wanted.scenario, wanted.people, wanted.seed))


def _make(wanted: Wanted, people: Population) -> None:
    write_workbooks(people, wanted.period, wanted.folder)
    if bank := wanted.bank:
        faults = faulty_config(people, wanted.period, bank.since, bank.periods, bank.uncollected)
        (wanted.folder / _BANK).write_text(json.dumps(faults), encoding="utf-8")
    (wanted.folder / _COMPLETE).touch()


def bank_faults(folder: Path) -> dict[str, Any]:
    """The bank's settings for the month in which it misbehaves."""
    found: dict[str, Any] = json.loads((folder / _BANK).read_text(encoding="utf-8"))
    return found
