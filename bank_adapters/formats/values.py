"""Small values of bank files: identifiers, dates and moments, leniently but never invented."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache

Clock = datetime | None
_NULLS = frozenset({"NOTPROVIDED", "NONREF", "NOTREF", "NONE", "NOT PROVIDED"})
_LONGEST = max(map(len, _NULLS))
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def clean_id(text: str) -> str:
    """An identifier after trim, "" for the words that mean "none"."""
    text = text.strip()
    return "" if len(text) <= _LONGEST and text.upper() in _NULLS else text


def moment(text: str) -> Clock:
    """An ISO date-time, None when it is missing or not one; without a zone it stays naive."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


@lru_cache(maxsize=1_000)  # a file has a few days, and each of them very often
def day(text: str) -> date | None:
    """The date of an ISO date or date-time (also `2026-10-05+07:00`), None when there is none."""
    if not _DAY.match(text):
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
