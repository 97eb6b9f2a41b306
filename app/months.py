"""Months as text 'YYYY-MM', which sorts and compares as time does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from app.errors import InputError

_SHAPE = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def require_month(text: str) -> str:
    """The month itself. Raises InputError when it is not 'YYYY-MM'."""
    if _SHAPE.fullmatch(text) is None:
        raise InputError(f"Kỳ '{text}' không đúng dạng.", "Hãy viết kỳ như 2026-10.")
    return text


def month_of(day: date) -> str:
    """The month a day lies in."""
    return f"{day.year:04}-{day.month:02}"


def shift(month: str, count: int) -> str:
    """`count` months later, or earlier when negative."""
    year, place = divmod(int(month[:4]) * 12 + int(month[5:]) - 1 + count, 12)
    return f"{year:04}-{place + 1:02}"


def day_in(month: str, day: int) -> date:
    """A day of that month."""
    return date(int(month[:4]), int(month[5:]), day)


def months_between(first: str, last: str) -> tuple[str, ...]:
    """Every month from `first` to `last`, both included; empty when `last` is earlier."""
    found: list[str] = []
    while first <= last:
        found.append(first)
        first = shift(first, 1)
    return tuple(found)


def in_words(month: str) -> str:
    """'2026-07' -> '07/2026', as Vietnamese papers write a period."""
    return f"{month[5:]}/{month[:4]}"


def day_in_words(day: str) -> str:
    """'1950-03-02' -> '02/03/1950'; a year alone stays, '' too."""
    return "/".join(reversed(day[:10].split("-")))


def span_in_words(months: Sequence[str]) -> str:
    """Consecutive months: '07/2026', '07–09/2026' or '11/2025–01/2026'."""
    first, last = months[0], months[-1]
    if first == last:
        return in_words(first)
    start = first[5:] if first[:4] == last[:4] else in_words(first)
    return f"{start}–{in_words(last)}"


def previous(month: str) -> str:
    """The month before."""
    return shift(month, -1)
