"""The groups of beneficiaries, each with its programme, names and legal article.

Source: `data/README.md`. Lists, exports, messages and bank remarks carry `public_name`
only: the exact name of some groups tells of a person's health (Decree 20/2021, art. 8.1b).
All groups of article 5 share one public name, else the neutral name itself would tell.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from app.errors import NotFound

PROGRAMMES = ("pension", "assistance", "merit")
# Groups whose exact name may not be shown: a list line could tell who lives with HIV.
MASKED = frozenset({"C3a", "C3b", "C8"})


@dataclass(frozen=True, slots=True)
class Group:
    """A group as the law names it.

    `amount_kind`: standard (rate x coefficient), table, individual. `component`: what the
    line pays: monthly, carer, or education (paid twice a year by a payroll of its own).
    `choice`: which lines compete with it. `counted`: its table key is a number of units.
    """

    code: str
    programme: str
    amount_kind: str
    name: str
    public_name: str
    article: str
    component: str
    choice: str
    counted: bool


@cache
def all_groups() -> Mapping[str, Group]:
    """Every group by its code, in the order of the law."""
    text = files("app.benefits").joinpath("data/groups.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    found = {row["code"]: _group(row) for row in rows}
    return MappingProxyType(found)


def _group(row: Mapping[str, str]) -> Group:
    return Group(**{**row, "counted": row["counted"] == "yes"})  # type: ignore[arg-type]


def group(code: str) -> Group:
    """The group of that code. Raises NotFound."""
    found = all_groups().get(code)
    if found is None:
        raise NotFound(f"Không có nhóm đối tượng '{code}'.", "Hãy chọn mã trong bảng nhóm.")
    return found


@cache
def neutral() -> frozenset[str]:
    """Groups that share a public name with a masked one: were these told in full, the neutral
    name would tell that a group is one of the masked."""
    names = {all_groups()[code].public_name for code in MASKED}
    return frozenset(one.code for one in all_groups().values() if one.public_name in names)


def public_name(code: str) -> str:
    """The neutral name, fit for every list."""
    return group(code).public_name
