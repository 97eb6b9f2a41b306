"""The figures of a proof of cash (`proof_of_cash.py`), and what of them does not agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ledger.money import format_number, format_vnd


@dataclass(frozen=True, slots=True)
class CashColumns:
    """The four columns in đồng; `payments` are above zero when money left."""

    opening: int = 0
    receipts: int = 0
    payments: int = 0
    closing: int = 0

    def __add__(self, other: CashColumns) -> CashColumns:
        return CashColumns(*(a + b for a, b in zip(self.cells(), other.cells(), strict=True)))

    def __sub__(self, other: CashColumns) -> CashColumns:
        return CashColumns(*(a - b for a, b in zip(self.cells(), other.cells(), strict=True)))

    def times(self, factor: int) -> CashColumns:
        """Every column times a whole number."""
        return CashColumns(*(factor * cell for cell in self.cells()))

    def __bool__(self) -> bool:
        return any(self.cells())

    @property
    def footing(self) -> int:
        """Opening + receipts - payments - closing; 0 where the four belong together."""
        return self.opening + self.receipts - self.payments - self.closing

    def cells(self) -> tuple[int, int, int, int]:
        """The columns from left to right."""
        return self.opening, self.receipts, self.payments, self.closing


@dataclass(frozen=True, slots=True)
class CashKind:
    """What came or went under one heading: lines of the statement, đồng there and in the books.

    Both count what the books have in the month.
    """

    label: str
    lines: int
    statement: int
    books: int

    @property
    def excess(self) -> int:
        """What the books have more than the statement."""
        return self.books - self.statement


@dataclass(frozen=True, slots=True)
class Counted:
    """How many, and đồng."""

    count: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True)
class CashFigures:
    """One proof. `statement` is the bank's, or for an advance what slips and paid lists say.

    `accounts` and `statements` are counts. Lines that the statement and the books have in
    different months: `at_opening` those that only one of the two openings holds, `at_closing`
    those that only one of the two closings holds, both as they change the statement's columns.
    `unposted`: lines that the books do not have at all, with their net effect. `in_transit` is
    what the books say, `instructions` what the open instructions add up to; `taken_over` is the
    part of the opening that came from an older system. `month` is like `10/2026`; `unstated`
    counts accounts that had money or movements and of which the provider stated nothing.
    """

    is_advance: bool
    accounts: int
    statements: int
    books: CashColumns
    statement: CashColumns
    at_opening: CashColumns
    opening_lines: int
    at_closing: CashColumns
    closing_lines: int
    receipts: tuple[CashKind, ...]
    payments: tuple[CashKind, ...]
    unposted: Counted
    in_transit: int
    instructions: Counted
    suspense: Counted
    taken_over: int
    month: str
    unstated: int

    @property
    def is_empty(self) -> bool:
        """Whether there was no money and nothing moved, so that no statement is needed."""
        return not (self.books or self.statement or self.unstated)

    @property
    def source(self) -> str:
        """What the books are compared with, in Vietnamese."""
        return "chứng từ" if self.is_advance else "sao kê"

    @property
    def adjusted(self) -> CashColumns:
        """The statement as the books should have it."""
        return self.statement + self.at_opening + self.at_closing

    @property
    def difference(self) -> CashColumns:
        """Books less adjusted statement; all 0 when both agree."""
        return self.books - self.adjusted

    @property
    def unspent(self) -> int:
        """What of the closing balance is neither on its way nor of unknown origin."""
        return self.books.closing - self.in_transit - self.suspense.amount

    def faults(self) -> Iterator[str]:
        """What does not agree, in words; nothing when the proof holds."""
        if self.unstated:
            yield self._is_missing()
        names = ("số dư đầu kỳ", "thu", "chi", "số dư cuối kỳ")
        for name, by in zip(names, self.difference.cells(), strict=True):
            if by:
                yield self._differs(name, by)
        for column, kinds in (
            (self.difference.receipts, self.receipts),
            (self.difference.payments, self.payments),
        ):
            if not column:  # else the column says it already
                yield from (self._differs(one.label, one.excess) for one in kinds if one.excess)
        for name, by in ((self.source, self.statement.footing), ("sổ", self.books.footing)):
            if by:
                yield f"bốn cột của {name} lệch nhau {format_vnd(abs(by))}"
        if self.unposted.count:
            lines = f"{format_number(self.unposted.count)} dòng {self.source}"
            yield f"{lines} chưa ghi sổ, {format_vnd(self.unposted.amount)}"
        if by := self.in_transit - self.instructions.amount:
            yield f"tiền đang chuyển khác các lệnh chưa xong {format_vnd(abs(by))}"

    def _is_missing(self) -> str:
        if self.is_advance:
            return f"chưa có danh sách đã chi của tháng {self.month}"
        accounts = f"{format_number(self.unstated)} tài khoản"
        return f"chưa có sao kê của tháng {self.month} ({accounts})"

    def _differs(self, name: str, by: int) -> str:
        side = "nhiều hơn" if by > 0 else "ít hơn"
        return f"{name}: sổ {side} {self.source} {format_vnd(abs(by))}"
