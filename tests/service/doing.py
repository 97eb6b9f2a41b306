"""What may happen in a step: how often it is drawn, when it can be, and what is drawn with it.

One rule of hypothesis draws among them: it leaves no rule out of an example at random, since a
history without releases, or without files, goes nowhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

Method = Callable[..., None]


@dataclass(frozen=True)
class Doing:
    """`weight` is how often it is drawn among the others; `drawn` gives its arguments by name."""

    name: str
    weight: int
    when: Callable[[Any], object]
    drawn: dict[str, st.SearchStrategy[Any]]


def _always(_: Any) -> bool:
    return True


def doing(
    weight: int = 2, when: Callable[[Any], object] = _always, **drawn: st.SearchStrategy[Any]
) -> Callable[[Method], Method]:
    """Make a method one of the things that may happen; `when` asks the machine."""

    def mark(method: Method) -> Method:
        method.doing = Doing(method.__name__, weight, when, drawn)  # type: ignore[attr-defined]
        return method

    return mark


def doings_of(machine: type) -> list[Doing]:
    """Everything that may happen to a machine, by name."""
    found = (getattr(getattr(machine, name), "doing", None) for name in sorted(dir(machine)))
    return [one for one in found if one is not None]
