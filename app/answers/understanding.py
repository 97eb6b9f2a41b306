"""What a question asks: whole words and phrases, in any case, with any accents or none.

A question of no kind, of two kinds that do not cover one another, or of two months is not
understood: who asked of an account and of a death is not told half of it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from app.answers.answer import UNKNOWN, Asked
from app.months import month_of, previous
from app.text import fold, nfc

LENGTH_MAX = 160
_APART = re.compile(r"[^a-z0-9/]+")
_MONTH = re.compile(r"\b(?:thang|ky|month) ?(\d{1,2})(?: ?/ ?(\d{4}))?\b(?! ?/)")
_WHOLE = re.compile(r"\b(?:thang|ky|month) ?(\d{2})(\d{4})\b")
_NUMBERED = re.compile(r"\b(?:thang|ky|month) ?\d")
_THIS = ("thang nay", "ky nay", "this month")
_LAST = ("thang truoc", "thang roi", "thang vua roi", "ky truoc", "last month")


@dataclass(frozen=True, slots=True)
class _Kind:
    says: tuple[str, ...]
    needs: tuple[str, ...]
    covers: frozenset[str]

    def fits(self, words: str) -> bool:
        needed = not self.needs or any(f" {one} " in words for one in self.needs)
        return needed and any(f" {one} " in words for one in self.says)


def understood(question: str, today: date) -> Asked:
    """The kind and month of a question; of kind `UNKNOWN` where that is not sure."""
    if len(nfc(question).strip()) > LENGTH_MAX:
        return Asked(UNKNOWN)
    words = spaced(question)
    found = {name for name, kind in kinds().items() if kind.fits(words)}
    found -= {other for name in found for other in kinds()[name].covers}
    month = month_named(question, today)
    if len(found) != 1 or month is None:
        return Asked(UNKNOWN)
    return Asked(found.pop(), month)


def spaced(text: str) -> str:
    """Words without marks or signs, each between single spaces: "Đã về?" -> " da ve "."""
    return f" {_APART.sub(' ', fold(text)).strip()} "


@cache
def kinds() -> Mapping[str, _Kind]:
    """What is understood, by kind: `data/questions.toml`."""
    text = files("app.answers").joinpath("data/questions.toml").read_text("utf-8")
    return {
        name: _Kind(
            tuple(one["says"]), tuple(one.get("needs", ())), frozenset(one.get("covers", ()))
        )
        for name, one in tomllib.loads(text).items()
    }


def month_named(text: str, today: date) -> str | None:
    """The month that is named, '' for none, None where it is no month or there are two."""
    words = spaced(text)
    found = {_dated(int(one[1]), one[2], today) for one in _MONTH.finditer(words)}
    found |= {_dated(int(one[1]), one[2], today) for one in _WHOLE.finditer(words)}
    if any(one in words for one in _THIS):
        found.add(month_of(today))
    if any(one in words for one in _LAST):
        found.add(previous(month_of(today)))
    if not found:
        return None if _NUMBERED.search(words) else ""
    return found.pop() if len(found) == 1 else None


def _dated(number: int, year: str | None, today: date) -> str | None:
    """A month by its number; without a year the last one that has begun."""
    if not 1 <= number <= 12:
        return None
    if year:
        return f"{year}-{number:02}"
    return f"{today.year - (number > today.month)}-{number:02}"
