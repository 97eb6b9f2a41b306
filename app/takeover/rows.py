"""What reading a take-over file gives: its balances, its unpaid obligations, every error."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from app.beneficiaries.headings import column_letter
from app.beneficiaries.rows import CellError


class Place(NamedTuple):
    """Paying unit, programme, provider, as the file names them."""

    unit: str
    programme: str
    provider: str


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """A balance of an older system: what kind it is, where, how much (đồng, above 0)."""

    row: int
    place: Place
    kind: str
    amount: int
    note: str


@dataclass(frozen=True, slots=True)
class UnpaidRow:
    """An obligation that the older system left unpaid. `period` is 'YYYY-MM'."""

    row: int
    citizen_id: str
    name: str
    place: Place
    period: str
    component: str
    amount: int
    reason: str


@dataclass(slots=True)
class Sheet:
    """A sheet's columns, and what it states of itself; None where it does not."""

    columns: dict[str, int] = field(default_factory=dict)
    rows: int | None = None
    total: int | None = None


@dataclass(slots=True)
class TakeOverFile:
    """A read file. Nothing of it may be loaded while `errors` is not empty."""

    name: str
    balances_on: date | None = None
    balances: list[BalanceRow] = field(default_factory=list)
    unpaid: list[UnpaidRow] = field(default_factory=list)
    sheets: dict[str, Sheet] = field(default_factory=dict)
    errors: list[CellError] = field(default_factory=list)

    def fault(self, message: str) -> None:
        """Add an error about the file as a whole."""
        self.errors.append(CellError(self.name, 0, "", "", message))

    def note(self, sheet: str, row: int, heading: str, message: str) -> None:
        """Add an error at a column of a row: where it is, and what to do."""
        at = self.sheets[sheet].columns.get(heading) if sheet in self.sheets else None
        letter = "" if at is None else column_letter(at)
        where = f"Ô {letter}{row}" if letter else f"Dòng {row}"
        place = CellError(self.name, row, letter, heading, f"Trang “{sheet}”: {where} {message}")
        self.errors.append(place)
