"""Rates as exact fractions: integers in, text with two decimals out, never a float."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from app.clock import TIME_ZONE
from app.indicators.definitions import VERSION, definition
from app.months import day_in, require_month, shift
from ledger.money import format_number

# Hundredths of a percent in the whole.
_WHOLE = 10_000
_LAST_SECOND = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class Figure:
    """A rate with all that is needed to recompute it. `percent` is None when d is 0.

    `as_of` is when the facts were read, `cut_off` the moment up to which they count; both
    are aware. Amounts are VND, persons are counts.
    """

    code: str
    n: int
    d: int
    percent: str | None
    as_of: datetime
    cut_off: datetime
    definition: str = VERSION

    def as_json(self) -> dict[str, str | int | None]:
        """The figure as plain values, in a fixed order."""
        return {
            "code": self.code,
            "n": self.n,
            "d": self.d,
            "percent": self.percent,
            "as_of": self.as_of.isoformat(),
            "cut_off": self.cut_off.isoformat(),
            "definition": self.definition,
        }


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted for a month and an area. Counts add; percentages never do.

    `listed` persons on the approved list, `paid` of them paid, `cashless` wholly credited,
    `mixed` partly credited and partly cash (counted as not cashless), `covered` with a
    usable account on lock day; `credited` and `cash` are VND.
    """

    listed: int
    paid: int
    cashless: int
    mixed: int
    covered: int
    credited: int
    cash: int

    def __post_init__(self) -> None:
        if min(self.listed, self.paid, self.cashless, self.mixed, self.covered) < 0:
            raise ValueError("counts of persons cannot be negative")
        if self.credited < 0 or self.cash < 0:
            raise ValueError("amounts paid cannot be negative")
        if self.cashless + self.mixed > self.paid or self.covered > self.listed:
            raise ValueError("a part cannot be more than its whole")

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.listed + other.listed,
            self.paid + other.paid,
            self.cashless + other.cashless,
            self.mixed + other.mixed,
            self.covered + other.covered,
            self.credited + other.credited,
            self.cash + other.cash,
        )


NO_COUNTS = Counts(0, 0, 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class PersonMonth:
    """One listed person's month: VND credited, VND in cash, and a usable account or not."""

    credited: int
    cash: int
    covered: bool


@dataclass(frozen=True, slots=True)
class CutOffs:
    """The moments a payment month is judged by, in Viet Nam's time."""

    lock: datetime
    provisional: datetime
    final: datetime


def percent(n: int, d: int) -> str | None:
    """100 n/d with two decimals, half up: percent(2680, 3320) -> "80.72". None when d is 0.

    More than 100 is a legitimate answer. Raises ValueError for negative sides.
    """
    if n < 0 or d < 0:
        raise ValueError("a rate needs sides that are not negative")
    if d == 0:
        return None
    return _percent_text((n * _WHOLE * 2 + d) // (2 * d))


def figure(code: str, n: int, d: int, as_of: datetime, cut_off: datetime) -> Figure:
    """A figure of a defined code. Raises KeyError for another code, ValueError as `percent`."""
    for moment in (as_of, cut_off):
        if moment.tzinfo is None:
            raise ValueError("a figure needs moments with a time zone")
    return Figure(code, n, d, percent(n, d), as_of, cut_off, definition(code).version)


def figures(counts: Counts, as_of: datetime, cut_offs: CutOffs, *, final: bool) -> list[Figure]:
    """R1, R1b, R2 and R3 of the counted persons, side by side.

    `final` says whether the counts were taken at the final cut-off or the provisional one.
    """
    until = cut_offs.final if final else cut_offs.provisional
    paid_amount = counts.credited + counts.cash
    return [
        figure("R1", counts.cashless, counts.paid, as_of, until),
        figure("R1b", counts.cashless, counts.listed, as_of, until),
        figure("R2", counts.credited, paid_amount, as_of, until),
        figure("R3", counts.covered, counts.listed, as_of, cut_offs.lock),
    ]


def tally(people: Iterable[PersonMonth]) -> Counts:
    """Counts the persons of an approved list, one value a person, in one pass."""
    listed = paid = cashless = mixed = covered = credited = cash = 0
    for person in people:
        listed += 1
        covered += person.covered
        credited += person.credited
        cash += person.cash
        paid += person.credited > 0 or person.cash > 0
        cashless += person.credited > 0 and person.cash == 0
        mixed += person.credited > 0 and person.cash > 0
    return Counts(listed, paid, cashless, mixed, covered, credited, cash)


def cut_offs(period: str, lock_day: int = 20, provisional_day: int = 19) -> CutOffs:
    """List lock (a day of the month before), provisional day, last day of the next month."""
    require_month(period)
    last = day_in(shift(period, 2), 1) - timedelta(days=1)
    days = (day_in(shift(period, -1), lock_day), day_in(period, provisional_day), last)
    return CutOffs(*(datetime.combine(day, _LAST_SECOND, TIME_ZONE) for day in days))


@dataclass(frozen=True, slots=True)
class NoWholeDenominator:
    """Proof that no whole N gives n/N = percent: the two N around it and what they give."""

    n: int
    percent: str
    below: tuple[int, str | None]
    above: tuple[int, str | None]

    @property
    def in_words(self) -> str:
        """The proof as one Vietnamese sentence."""
        numerator = format_number(self.n)
        around = " và ".join(
            f"{numerator}/{format_number(whole)} = {_comma(given)} %"
            for whole, given in (self.below, self.above)
        )
        return f"Không có số nguyên N nào cho {numerator}/N = {_comma(self.percent)} %: {around}."


def no_whole_denominator(n: int, wanted: str) -> NoWholeDenominator | None:
    """Shows that n/N, rounded to two decimals, is `wanted` for no whole N; None if it can be.

    n/N falls as N grows, so one N gives more, the next gives less, and none lies between.
    Raises ValueError when n is not positive or `wanted` is not like "80.75" and above 0.
    """
    target = _hundredths(wanted)
    if n <= 0 or target <= 0:
        raise ValueError("both the count and the rate must be positive")
    # The largest N that still gives at least `wanted`: 2*10000*n/N >= 2*target - 1.
    below = (2 * _WHOLE * n) // (2 * target - 1)
    if below and percent(n, below) == _percent_text(target):
        return None
    return NoWholeDenominator(
        n, _percent_text(target), (below, percent(n, below)), (below + 1, percent(n, below + 1))
    )


def _percent_text(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}"


def _hundredths(text: str) -> int:
    whole, dot, part = text.partition(".")
    if not (dot and len(part) == 2 and (whole + part).isascii() and (whole + part).isdigit()):
        raise ValueError(f"a percentage is written like 80.75, not {text!r}")
    return int(whole) * 100 + int(part)


def _comma(text: str | None) -> str:
    return (text or "–").replace(".", ",")
