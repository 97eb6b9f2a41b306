"""Money: an integer of minor units and a currency; never a float.

VND has no minor unit in use, so its minor unit is one đồng. Decimals and text live only
at the edges: `minor_units` and `decimal_text` for files, `parse_vnd` and `format_vnd`
for people.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ledger.currencies import EXPONENTS

MAXIMUM_AMOUNT = 10**15
"""The largest amount of one obligation or posting, in minor units."""

NO_BREAK_SPACE = "\u00a0"
DONG_SIGN = "₫"

# Longer numbers are no amounts, and turning them into integers costs time.
_LONGEST = 60
_DECIMAL = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)
_VND = re.compile(
    r"(?P<number>-?(?:0|[1-9][0-9]*|[1-9][0-9]{0,2}(?:\.[0-9]{3})+))"
    r"(?:[ \u00a0]?(?:₫|đ|đồng|VND|VNĐ))?"
)


class MoneyError(ValueError):
    """An amount, a currency or a piece of text that cannot be money here."""


@dataclass(frozen=True, slots=True)
class Money:
    """`amount` minor units of `currency` (an ISO 4217 code).

    The sign is free: a difference may be below zero. What is paid goes through
    `require_amount`. Anything but an int (a bool is none) raises `MoneyError`.
    """

    amount: int
    currency: str = "VND"

    def __post_init__(self) -> None:
        _require_integer(self.amount)
        exponent(self.currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __mul__(self, times: int) -> Money:
        return Money(self.amount * _require_integer(times), self.currency)

    __rmul__ = __mul__

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __bool__(self) -> bool:
        return self.amount != 0

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.amount >= self._same(other)

    def __str__(self) -> str:
        if self.currency == "VND":
            return format_vnd(self.amount)
        return f"{decimal_text(self.amount, self.currency)} {self.currency}"

    @classmethod
    def from_decimal(cls, value: Decimal | str, currency: str = "VND") -> Money:
        """Money from a decimal number of whole units, as files write it."""
        return cls(minor_units(value, currency), currency)

    def _same(self, other: object) -> int:
        if not isinstance(other, Money):
            raise MoneyError(f"money goes with money only, not with {type(other).__name__}")
        if other.currency != self.currency:
            raise MoneyError(f"{self.currency} and {other.currency} do not mix")
        return other.amount


def exponent(currency: str) -> int:
    """The number of decimals ISO 4217 gives the currency; `MoneyError` if it is not known."""
    try:
        return EXPONENTS[currency]
    except (KeyError, TypeError):
        raise MoneyError(f"{currency!r} is not an ISO 4217 currency code") from None


def require_amount(amount: int) -> int:
    """Give back an amount that may be paid or posted: an int, 0 < amount <= 10**15."""
    if not 0 < _require_integer(amount) <= MAXIMUM_AMOUNT:
        raise MoneyError(f"an amount lies above 0 and at most at {MAXIMUM_AMOUNT}, not {amount}")
    return amount


def minor_units(value: Decimal | str, currency: str) -> int:
    """Minor units of a decimal number: "12.5" USD is 1250.

    Text is digits with at most one point (no exponent, no grouping, no other script's
    digits). A fraction smaller than the minor unit raises `MoneyError`; zeros do not:
    "1000.00" VND is 1000.
    """
    places = exponent(currency)
    if not isinstance(value, Decimal):
        value = _decimal(value)
    sign, digits, scale = value.as_tuple()
    if not isinstance(scale, int) or not -_LONGEST < scale < _LONGEST or len(digits) > _LONGEST:
        raise MoneyError(f"{str(value)[:_LONGEST]} is not an amount")
    whole = int("".join(map(str, digits)))
    shift = places + scale
    # Not in Decimal arithmetic: its context rounds silently beyond 28 digits.
    result, rest = divmod(whole * _power_of_ten(shift), _power_of_ten(-shift))
    if rest:
        raise MoneyError(f"{value} has a fraction that {currency} does not have")
    return -result if sign else result


def decimal_text(amount: int, currency: str) -> str:
    """The signed decimal string of minor units with the currency's decimals: 1250 -> "12.50"."""
    places = exponent(currency)
    digits = str(abs(_require_integer(amount))).rjust(places + 1, "0")
    sign = "-" if amount < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else sign + digits


def share_out(total: int, weights: Sequence[int]) -> list[int]:
    """Split `total` by whole weights; the parts add up to `total` exactly.

    What is left after rounding down goes to the largest remainders, the first one first,
    so the same input gives the same parts. A total below zero is shared like its opposite.
    Weights are ints of at least 0, not all 0, or `MoneyError` is raised.
    """
    _require_integer(total)
    whole = sum(_require_weight(weight) for weight in weights)
    if whole == 0:
        raise MoneyError("nothing to share by: every weight is 0")
    sign = -1 if total < 0 else 1
    parts, remainders = [], []
    for place, weight in enumerate(weights):
        part, remainder = divmod(abs(total) * weight, whole)
        parts.append(part)
        remainders.append((-remainder, place))
    for _, place in sorted(remainders)[: abs(total) - sum(parts)]:
        parts[place] += 1
    return [sign * part for part in parts]


def format_number(amount: int) -> str:
    """An integer with Vietnamese grouping: 1234567 -> "1.234.567"."""
    return f"{_require_integer(amount):,}".replace(",", ".")


def format_vnd(amount: int) -> str:
    """Đồng as people read them: 1234567 -> "1.234.567 ₫", with a no-break space."""
    return f"{format_number(amount)}{NO_BREAK_SPACE}{DONG_SIGN}"


def parse_vnd(text: str) -> int:
    """Đồng from text a person wrote: "1.234.567 ₫", "1234567", "1.234.567 đồng".

    Refuses, with `MoneyError`: exponents, fractions, commas, groups that are not of three
    digits, leading zeros, digits of other scripts.
    """
    short = len(text) <= _LONGEST
    match = _VND.fullmatch(text.strip(" \u00a0\t\r\n")) if short else None
    if match is None:
        shown = text[:_LONGEST]
        raise MoneyError(f"Số tiền {shown!r} không đọc được: hãy viết như 1.234.567 hoặc 1234567")
    return int(match["number"].replace(".", ""))


def _power_of_ten(power: int) -> int:
    """Ten to the power, or 1 for powers below 0."""
    return int(10**power) if power > 0 else 1


def _decimal(text: object) -> Decimal:
    if not isinstance(text, str) or len(text) > _LONGEST or not _DECIMAL.fullmatch(text):
        raise MoneyError(f"{str(text)[:_LONGEST]!r} is not a plain decimal number")
    return Decimal(text)


def _require_integer(value: object) -> int:
    if type(value) is not int:
        raise MoneyError(f"an amount is an int of minor units, not {type(value).__name__}")
    return value


def _require_weight(weight: int) -> int:
    if _require_integer(weight) < 0:
        raise MoneyError(f"a weight is at least 0, not {weight}")
    return weight
