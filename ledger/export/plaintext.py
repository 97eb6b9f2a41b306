"""What the two plain-text formats share: accounts under their names, metadata, one-line text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from sqlalchemy import Row

from ledger.money import decimal_text

OPENING = "Số dư đầu kỳ (opening balances)"
CLOSING = "Số dư cuối kỳ theo sổ (balances as the books carry them)"


@dataclass(frozen=True, slots=True)
class NamedAccount:
    """An account under the name that the format gives it, under our path, and in public charts."""

    name: str
    path: str
    public: str
    currency: str

    def amount(self, minor_units: int) -> str:
        """An amount of this account as both formats write it."""
        return f"{decimal_text(minor_units, self.currency)} {self.currency}"

    @property
    def facts(self) -> Iterator[tuple[str, str]]:
        """What is kept beside the name: our path, the number in the public-sector chart."""
        yield "path", self.path
        if self.public:
            yield "public", self.public


Held = Iterable[tuple[NamedAccount, int]]
Accounts = Mapping[int, NamedAccount]


class Style(Protocol):
    """How a format writes names and the parts of a journal. A debit is above zero in both."""

    def roots(self) -> Mapping[str, str]:
        """The top of an account's name by the first digit of its number."""

    def component(self, text: str) -> str:
        """A part of an account's name."""

    def opening(self, accounts: Iterable[NamedAccount], first: date) -> Iterator[str]:
        """What comes before the transactions: currencies and accounts."""

    def brought_forward(self, held: Held, day: date) -> Iterator[str]:
        """One transaction with what every account held before `day`."""

    def transaction(
        self, header: Row[Any], rows: Iterable[Row[Any]], accounts: Accounts
    ) -> Iterator[str]:
        """One entry."""

    def closing(self, held: Held, day: date) -> Iterator[str]:
        """What every account holds at the start of `day`."""


def metadata(header: Row[Any]) -> Iterator[tuple[str, str]]:
    """What is kept of an entry beside its day, its reason and its postings."""
    yield "key", one_line(header.key)
    yield "entry", str(header.id)
    if header.voucher:
        yield "voucher", voucher(header)
    yield "recipe", header.kind
    yield "source", one_line(header.source)
    yield "recorded", header.recorded_at.isoformat()
    if header.reverses_id:
        yield "reverses", str(header.reverses_id)
    if header.corrects_id:
        yield "corrects", str(header.corrects_id)


def voucher(header: Row[Any]) -> str:
    """Fiscal year and number, e.g. 2026-000017."""
    return f"{header.fiscal_year}-{header.voucher:06}"


def one_line(text: str) -> str:
    """Text without line breaks."""
    return " ".join(text.split())
