"""What is typed into fields, as values: days, months and amounts as people write them here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from app.errors import InputError
from app.web.posting import Act, Faulty, Problem
from ledger.money import MoneyError, parse_vnd

_DIGITS_MAX = 18
"""Of a row's number: any longer one may be more than 64 bits hold."""
_DAY = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_MONTH = re.compile(r"([0-9]{1,2})[/.-]([0-9]{4})")
_ONE_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
_YEARS = range(1900, 2200)
"""Of days; before and after them lies no paper, and the calendar of a machine ends."""


def read_day(text: str) -> date | None:
    """A day written 31/10/2026 or 2026-10-31, None for what is none."""
    written = _DAY.fullmatch(text.strip())
    try:
        found = (
            date(int(written[3]), int(written[2]), int(written[1]))
            if written
            else date.fromisoformat(text.strip())
        )
    except ValueError:
        return None
    return found if found.year in _YEARS else None


def is_number(text: str) -> bool:
    """Whether this may be a row's number, which both databases hold."""
    return text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX


def numbers_of(texts: Iterable[str]) -> list[int]:
    """The rows' numbers among these, each once; what is none is left out."""
    return sorted({int(one) for one in texts if is_number(one)})


def read_month(text: str) -> str:
    """A month written 10/2026 as '2026-10'; any other text as it is."""
    written = _MONTH.fullmatch(text.strip())
    return f"{written[2]}-{int(written[1]):02}" if written else text


def is_month(text: str) -> bool:
    """Whether this is a month as '2026-10'."""
    return bool(_ONE_MONTH.fullmatch(text))


def day_of(text: str) -> date:
    """A day that stands in no field of its own. Raises InputError."""
    found = read_day(text)
    if found is None:
        raise InputError(f"“{text.strip()[:20]}” không phải một ngày.", "Ví dụ 01/12/2026.")
    return found


def amount_of(text: str) -> int:
    """'1.234.567' in đồng, 0 for nothing typed. Raises InputError."""
    try:
        return parse_vnd(text.strip()) if text.strip() else 0
    except MoneyError as error:
        raise InputError(str(error), "Ví dụ 1.234.567.") from error


def day(act: Act, name: str) -> date | None:
    """The day in a field, None for an empty one. Raises Faulty for what is no day."""
    told = act.get(name)
    found = read_day(told)
    if told and found is None:
        raise Faulty([Problem(name, act.say("typed.no_day", told=told[:20]))])
    return found


def needed_day(act: Act, name: str) -> date:
    """As `day`; raises Faulty for an empty field as well."""
    act.require(**{name: "typed.day_missing"})
    found = day(act, name)
    assert found is not None
    return found


def month(act: Act, name: str) -> str:
    """The month in a field as '2026-10', '' for an empty one. Raises Faulty for what is none."""
    told = act.get(name)
    found = read_month(told)
    if told and not is_month(found):
        raise Faulty([Problem(name, act.say("typed.no_month", told=told[:20]))])
    return found


def amount(act: Act, name: str) -> int:
    """An amount in đồng, '500.000' or '500000'. Raises Faulty, for an empty field too."""
    try:
        return parse_vnd(act.get(name))
    except MoneyError as error:
        raise Faulty([Problem(name, act.say("typed.no_amount"))]) from error
