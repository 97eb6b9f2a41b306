"""Standard rates and tables as dated facts, and what was known of them when.

A rate has three days: it counts from `effective_from`, was signed on `published_on`, and
is law from `in_force_on`. The list of month P is closed on the lock day of P-1 and paid on
the due day of P, so P is paid by a rate only when it was signed by the first and is in
force by the second. A rate that comes too late leaves arrears (see `rules`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from app.benefits.groups import Group
from app.errors import InputError
from app.months import day_in, month_of, shift

NATIONAL = ""
HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Rate:
    """A standard rate of a scheme in VND a month; `table` names its rows, '' when not held.

    `area` is '' for the whole country or a province code. `confirmed` is False where the
    official text must still be read.
    """

    scheme: str
    area: str
    standard: int
    table: str
    effective_from: date
    published_on: date
    in_force_on: date
    decree: str
    confirmed: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Index:
    """A rise of the individual levels of one group by the exact factor `times` / `per`.

    A raised level is rounded half up to `round_to` VND. The three days as for a rate.
    """

    group: str
    times: int
    per: int
    round_to: int
    effective_from: date
    published_on: date
    in_force_on: date
    decree: str
    confirmed: bool
    note: str = ""

    def raised(self, amount: int) -> int:
        """The amount after this rise, in VND."""
        unit = self.per * self.round_to
        return (amount * self.times * 2 + unit) // (2 * unit) * self.round_to


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: an amount in VND or a coefficient in hundredths, never both."""

    amount: int | None
    hundredths: int | None
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Level:
    """A monthly level in VND and what it was made of.

    `rate` is None for individual levels; those were `given` by a decision and raised by `indices`.
    """

    amount: int
    rate: Rate | None = None
    hundredths: int | None = None
    count: int = 1
    confirmed: bool = True
    given: int = 0
    indices: tuple[Index, ...] = ()


NOTHING = Level(0)
Known = frozenset[Rate | Index]


@dataclass(frozen=True, slots=True)
class RateBook:
    """All rates and tables, with the two days of the month that decide what is known."""

    rates: tuple[Rate, ...]
    rows: Mapping[tuple[str, str, str], Row]
    lock_day: int = 20
    due_day: int = 10
    indices: tuple[Index, ...] = ()

    def is_known(self, rate: Rate | Index, period: str) -> bool:
        """Whether the payment of month `period` can already follow this rate or rise."""
        locked = day_in(shift(period, -1), self.lock_day)
        return rate.published_on <= locked and rate.in_force_on <= day_in(period, self.due_day)

    def known(self, period: str) -> Known:
        """The rates and rises that the payment of month `period` can follow."""
        every: tuple[Rate | Index, ...] = (*self.rates, *self.indices)
        return frozenset(one for one in every if self.is_known(one, period))

    def of_area(self, area: str) -> RateBook:
        """The book as one province reads it: a resolution of another one is no news to it."""
        mine = tuple(rate for rate in self.rates if rate.area in (NATIONAL, area))
        return replace(self, rates=mine)

    def standard(self, scheme: str, month: str, known: Known, area: str = "") -> Rate | None:
        """The standard rate of a scheme in a month, the province's where it is higher."""
        found = (
            _latest(self.rates, scheme, place, month, known)
            for place in dict.fromkeys((NATIONAL, area))
        )
        return max((one for one in found if one), key=lambda one: one.standard, default=None)

    def level(self, of: Group, table_key: str, month: str, known: Known, area: str = "") -> Level:
        """The level of `month` under the rates `known`; NOTHING before the programme began.

        A province may pay more than the country, never less, so the higher one counts.
        Raises InputError when the table has no such row.
        """
        found = [NOTHING]
        for place in dict.fromkeys((NATIONAL, area)):
            rate = _latest(self.rates, of.programme, place, month, known)
            if rate is not None:
                found.append(self._priced(rate, of, table_key))
        return max(found, key=_by_amount)

    def individual(self, of: Group, given: int, since: str, month: str, known: Known) -> Level:
        """A level of month `since` as it is in `month`: raised by every known rise in between."""
        rises = [
            one
            for one in self.indices
            if one.group == of.code and since < month_of(one.effective_from) <= month
        ]
        chain = tuple(sorted((one for one in rises if one in known), key=_by_time))
        amount = given
        for one in chain:
            amount = one.raised(amount)
        confirmed = all(one.confirmed for one in chain)
        return Level(amount, confirmed=confirmed, given=given, indices=chain)

    def table_keys(self, code: str) -> tuple[str, ...]:
        """The keys an officer may choose for a group in the tables held, in their order."""
        keys = (key for _, of, key in self.rows if of == code)
        return tuple(dict.fromkeys(keys))

    def _priced(self, rate: Rate, of: Group, table_key: str) -> Level:
        count = _count(of, table_key)
        row = self.rows.get((rate.table, of.code, "" if of.counted else table_key))
        if row is None:
            raise self._missing(rate, of, table_key)
        if row.amount is not None:
            amount = row.amount * count
        else:
            amount = _by_coefficient(rate.standard, row.hundredths or 0) * count
        return Level(amount, rate, row.hundredths, count, rate.confirmed and row.confirmed)

    def _missing(self, rate: Rate, of: Group, table_key: str) -> InputError:
        if not rate.table:
            return InputError(
                f"Chưa có bảng mức hưởng theo {rate.decree}.",
                "Hãy nhập bảng của văn bản này vào dữ liệu mức hưởng.",
            )
        keys = ", ".join(self.table_keys(of.code)) or "để trống"
        return InputError(
            f"Nhóm {of.code} không có mức '{table_key}' theo {rate.decree}.",
            f"Hãy chọn một trong các mức: {keys}.",
        )


def _latest(rates: Iterable[Rate], scheme: str, area: str, month: str, known: Known) -> Rate | None:
    fitting = (
        rate
        for rate in rates
        if rate.scheme == scheme
        and rate.area == area
        and rate in known
        and month_of(rate.effective_from) <= month
    )
    return max(fitting, key=_by_time, default=None)


def _by_time(rate: Rate | Index) -> tuple[date, date, str]:
    return rate.effective_from, rate.published_on, rate.decree


def _by_amount(level: Level) -> int:
    return level.amount


def _count(of: Group, table_key: str) -> int:
    """How many units a counted group has: children, cared-for persons, seniority units."""
    if not of.counted or table_key == "":
        return 1
    if not table_key.isascii() or not table_key.isdigit() or not 1 <= int(table_key) <= 50:
        raise InputError(
            f"Số lượng '{table_key}' của nhóm {of.code} không đúng.",
            "Hãy nhập một số từ 1 đến 50.",
        )
    return int(table_key)


def _by_coefficient(standard: int, hundredths: int) -> int:
    """Standard x coefficient, half up to the đồng."""
    return (standard * hundredths * 2 + HUNDRED) // (2 * HUNDRED)
