"""Why a line is what it is, in Vietnamese words. No group is named: the words travel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from app.benefits.book import Index, Level
from app.benefits.values import Stretch
from app.months import in_words, shift, span_in_words
from ledger.money import format_number

# People with the same facts share their words; the number of the decision is put in for each.
DECISION = "{quyết định}"


@dataclass(frozen=True, slots=True)
class Difference:
    """What one past month still lacks: `paid` VND of the new level.

    `by_rate`: what was granted is what the rates known then gave, the level `old`; so the new
    rate is the reason, else late news of the person.
    """

    month: str
    new: Level
    old: Level | None
    paid: int
    by_rate: bool = True

    @property
    def basis(self) -> str:
        """The decree, or DECISION in place of the number that is put in for each person."""
        if self.by_rate and self.new.rate:
            return self.new.rate.decree
        before = self.old.indices if self.old else ()
        fresh = [one.decree for one in self.new.indices if one not in before]
        return fresh[0] if self.by_rate and fresh else DECISION

    @property
    def sum(self) -> str:
        """The sum of one month in words, before the number of months."""
        old, new = self.old, self.new
        if old is None and self.paid == new.amount:
            return _number(new.amount)
        if (
            old is None
            or old.rate is None
            or new.rate is None
            or new.amount - self.paid != old.amount
        ):
            return f"({_number(new.amount)} − {_number(new.amount - self.paid)})"
        if new.hundredths is None or new.hundredths != old.hundredths:
            return f"({_number(new.amount)} − {_number(old.amount)})"
        many = f" × {new.count}" if new.count > 1 else ""
        rise = f"({_number(new.rate.standard)} − {_number(old.rate.standard)})"
        return f"{rise} × {coefficient(new.hundredths)}{many}"


def line_in_words(regular: Level | None, ended: str | None, lacking: Sequence[Difference]) -> str:
    """The whole reason: the monthly level, then the arrears with their sum and decree.

    `ended` is the last payable month of a line that has stopped.
    """
    parts = [level_in_words(regular)] if regular else [_no_level(ended)]
    if lacking:
        first, *others = _stretches_in_words(lacking)
        parts += [f"truy lĩnh {len(lacking)} tháng {first}", *(f"và {one}" for one in others)]
    return "; ".join(parts)


def level_in_words(level: Level) -> str:
    """'Mức chuẩn 540.000 × hệ số 1,5 = 810.000', a table row, or an individual level."""
    if level.rate is None:
        return _individual_in_words(level)
    many = f" × {level.count}" if level.count > 1 else ""
    if level.hundredths is None:
        each = _number(level.amount // level.count)
        total = f" = {_number(level.amount)}" if many else ""
        return f"Mức {each}{many}{total} theo bảng của {level.rate.decree}"
    total = "" if level.amount == level.rate.standard else f" = {_number(level.amount)}"
    standard = _number(level.rate.standard)
    return f"Mức chuẩn {standard} × hệ số {coefficient(level.hundredths)}{many}{total}"


def _individual_in_words(level: Level) -> str:
    """'Mức riêng 2.000.000 theo quyết định × 1,08 (Nghị định …) = 2.160.000'."""
    told = f"Mức riêng {_number(level.given)} theo quyết định"
    rises = "".join(f" × {factor(one)} ({one.decree})" for one in level.indices)
    return f"{told}{rises} = {_number(level.amount)}" if rises else told


def factor(index: Index) -> str:
    """A rise as people read it: '1,08', or '1.000/923' where a decimal would not be exact."""
    for digits in range(2, 5):
        scaled, rest = divmod(index.times * 10**digits, index.per)
        if not rest:
            return f"{scaled // 10**digits},{scaled % 10**digits:0{digits}}"
    return f"{_number(index.times)}/{_number(index.per)}"


def coefficient(hundredths: int) -> str:
    """150 -> '1,5': a decimal comma, one digit at least."""
    whole, part = divmod(hundredths, 100)
    digits = f"{part:02}".rstrip("0") or "0"
    return f"{whole},{digits}"


def _no_level(ended: str | None) -> str:
    if ended is None:
        return "Kỳ này không hưởng mức hằng tháng"
    return f"Đã thôi hưởng từ tháng {in_words(shift(ended, 1))}"


def _stretches_in_words(lacking: Sequence[Difference]) -> list[str]:
    return [_stretch_in_words(stretch) for stretch in _stretches(lacking)]


def _stretch_in_words(stretch: Sequence[Difference]) -> str:
    first = stretch[0]
    months = span_in_words([each.month for each in stretch])
    total = _number(first.paid * len(stretch))
    return f"{months}: {first.sum} × {len(stretch)} = {total} ({first.basis})"


def stretches_of(lacking: Sequence[Difference]) -> tuple[Stretch, ...]:
    """The same months as facts, in the same stretches as the words."""
    return tuple(
        Stretch(one[0].month, one[-1].month, len(one), one[0].paid, one[0].basis, one[0].by_rate)
        for one in (_stretches(lacking) if lacking else [])
    )


def excess_in_words(month: str, granted: int, due: int, excess: int) -> str:
    """Why a month was granted too much, e.g. 'tháng 09/2026: đã tính 540.000, được hưởng 0'."""
    words = f"tháng {in_words(month)}: đã tính {_number(granted)}, được hưởng {_number(due)}"
    return words if granted - due == excess else f"{words}, thừa {_number(excess)}"


def _stretches(lacking: Sequence[Difference]) -> list[list[Difference]]:
    """Consecutive months with the same sum, kept together."""
    found = [[lacking[0]]]
    for before, after in pairwise(lacking):
        same = replace(before, month=after.month) == after
        if same and shift(before.month, 1) == after.month:
            found[-1].append(after)
        else:
            found.append([after])
    return found


def _number(value: int) -> str:
    return format_number(value)
