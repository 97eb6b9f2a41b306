"""The states of a month in which the acts of the matrix are tried, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from tests.app.access.acting import ACTS
from tests.factories import COMMUNE, SEPTEMBER, House

K = TypeVar("K")
V = TypeVar("V")

# In which state of the month an act is tried; every other one while the list is a draft.
STATES = {
    "submitted": ("payroll.withdraw", "payroll.seen", "payroll.check", "payroll.return"),
    "checked": ("payroll.approve",),
    "built": ("batch.release", "batch.release.second", "payroll.undo", "payroll.undo.second"),
}


def acts_of(state: str) -> list[str]:
    """The acts that are tried in a state."""
    later = [one for some in STATES.values() for one in some]
    return list(STATES.get(state, ())) or [one for one in ACTS if one not in later]


def through_the_month(
    house: House, tried: Callable[[str, int], dict[K, V]], maker: str = f"maker.{COMMUNE}"
) -> dict[K, V]:
    """What `tried` says in each state of the one list, which this maker submits."""
    (payroll,) = house.payrolls(SEPTEMBER, "draft")
    house.later()
    found = tried("draft", payroll)
    house.submit([payroll], maker)
    house.later()
    found |= tried("submitted", payroll)
    house.approve("check", [payroll])
    house.later()
    found |= tried("checked", payroll)
    house.approve("approve", [payroll])
    house.fund(SEPTEMBER)
    house.build(SEPTEMBER, date(2026, 9, 10))
    house.later()
    return found | tried("built", payroll)
