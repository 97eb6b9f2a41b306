"""A contract with a provider as two officers bring it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract as it is added; `banks` are those of the payees whose accounts it reaches."""

    number: str
    provider: str
    unit: str
    programme: str
    account: str
    methods: tuple[str, ...]
    banks: tuple[str, ...]
    valid_from: date
    valid_to: date | None = None
    fee_per_ten_thousand: int = 0
    due_day: int = 10
    settlement_day: int = 19
