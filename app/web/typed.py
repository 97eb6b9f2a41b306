"""What is typed into fields, as values: days and months as people write them here."""

from __future__ import annotations

import re
from datetime import date

from app.web.posting import Act, Faulty, Problem

_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_MONTH = re.compile(r"(\d{1,2})[/.-](\d{4})")


def day(act: Act, name: str) -> date | None:
    """The day in a field, written 31/10/2026 or 2026-10-31; None for an empty one.

    Raises Faulty for what is no day.
    """
    told = act.get(name)
    if not told:
        return None
    written = _DAY.fullmatch(told)
    try:
        if written:
            return date(int(written[3]), int(written[2]), int(written[1]))
        return date.fromisoformat(told)
    except ValueError:
        raise Faulty([Problem(name, act.say("typed.no_day", told=told[:20]))]) from None


def needed_day(act: Act, name: str) -> date:
    """As `day`; raises Faulty for an empty field as well."""
    act.require(**{name: "typed.day_missing"})
    found = day(act, name)
    assert found is not None
    return found


def month(act: Act, name: str) -> str:
    """The month in a field, written 10/2026 or 2026-10, as '2026-10'; '' for an empty one.

    Raises Faulty for what is no month.
    """
    told = act.get(name)
    written = _MONTH.fullmatch(told)
    found = f"{written[2]}-{int(written[1]):02}" if written else told
    if told and not re.fullmatch(r"20\d{2}-(0[1-9]|1[0-2])", found):
        raise Faulty([Problem(name, act.say("typed.no_month", told=told[:20]))])
    return found
