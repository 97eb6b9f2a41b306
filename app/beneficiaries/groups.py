"""Group codes a workbook may name, with their programme.

The lists are the benefits room's data files; only the data is read here, so the register
stays below the rules that use it.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_DATA = Path(__file__).resolve().parent.parent / "benefits" / "data"


@dataclass(frozen=True, slots=True)
class GroupInfo:
    """`amount_kind` is 'standard', 'table' or 'individual' (the key is an amount in đồng).

    `table_keys` are the row keys the published tables have for the group; it holds ''
    when the group has one rate only. A `counted` group takes a number of units instead:
    children, cared-for persons, seniority units.
    """

    programme: str
    amount_kind: str
    table_keys: frozenset[str] = frozenset({""})
    counted: bool = False
    name: str = ""


@cache
def known_groups() -> Mapping[str, GroupInfo]:
    """Every group by code."""
    keys: dict[str, set[str]] = {}
    for row in _rows("tables.csv"):
        keys.setdefault(row["group"], set()).add(row["table_key"])
    return {
        row["code"]: GroupInfo(
            programme=row["programme"],
            amount_kind=row["amount_kind"],
            table_keys=frozenset(keys.get(row["code"], {""})),
            counted=row["counted"] == "yes",
            name=row["name"],
        )
        for row in _rows("groups.csv")
    }


def _rows(name: str) -> list[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
