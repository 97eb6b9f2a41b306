"""The dictionary of acts: what each `source:subject:action` of the trail says in Vietnamese."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

PROVED, PACKED = "audit:proofs:run", "audit:pack:make"
"""What an auditor has a worker do."""


@cache
def dictionary() -> dict[str, str]:
    """Words by action, e.g. `payroll:run:submit` -> 'trình bảng chi trả'."""
    text = files("app.audit").joinpath("data/actions.csv").read_text("utf-8")
    return {row["action"]: row["words"] for row in csv.DictReader(text.splitlines())}


def words_of(action: str) -> str:
    """The words of an action. Raises LookupError for one that has none."""
    if action not in dictionary():
        raise LookupError(f"app/audit/data/actions.csv has no words for {action}")
    return dictionary()[action]
