"""What every proof gives: its name, whether it holds, its figures, the first offenders."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

NAMED = 5
"""How many offenders a proof names."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof's name, whether it holds, and its figures."""

    name: str
    ok: bool
    figures: dict[str, Any]


@dataclass(slots=True)
class Offenders:
    """Counts what breaks a rule, and keeps the first few."""

    count: int = 0
    first: list[Any] = field(default_factory=list)

    def add(self, which: Any) -> None:
        """One more."""
        self.count += 1
        if len(self.first) < NAMED:
            self.first.append(which)

    def proof(self, name: str, **figures: Any) -> Proof:
        """The proof that there are none."""
        return Proof(name, self.count == 0, {**figures, "broken": self.count, "first": self.first})
