"""The words that a message may begin with: `TC THANG`, `TC KY 092026`, `TC TKHOAN`, `TC TRO`,
`TC DUNG`, `TC NHAN`, `TC KN` with what is complained of; in any case, with accents or without.
Nothing else is a command.

Behind them may stand the last three digits of an identity number: of whom, on a shared phone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from app.answers.answer import ACCOUNT, HAS_COME, HELP, UNKNOWN, Asked
from app.answers.complaining import Complains, complaint_in
from app.answers.understanding import LENGTH_MAX, understood
from app.months import month_of
from app.text import fold, nfc

STOP, RESUME = "stop", "resume"
_VERBS = {"thang": HAS_COME, "tkhoan": ACCOUNT, "tro": HELP, "dung": STOP, "nhan": RESUME}
_COMMAND = re.compile(rf"tc ({'|'.join(_VERBS)})(?: ([0-9]{{3}}))?")
_MONTH = re.compile(r"tc ky (0[1-9]|1[0-2])(20[0-9]{2})(?: ([0-9]{3}))?")


@dataclass(frozen=True, slots=True)
class Words:
    """What a message asks, and the last three digits of whose identity number, or ''; what it
    complains of, where it does."""

    asked: Asked
    tail: str = ""
    complains: Complains | None = None


def read_words(text: str, today: date) -> Words:
    """A command, a complaint, or a question in plain words; `UNKNOWN` where it is none."""
    if (found := complaint_in(text, today)) and (found[0].is_asked_for or _is_short(text)):
        return Words(understood(text, today), found[1], found[0])
    return _question(text, today)


def _is_short(text: str) -> bool:
    return len(nfc(text).strip()) <= LENGTH_MAX


def _question(text: str, today: date) -> Words:
    if not _is_short(text):
        return Words(Asked(UNKNOWN))
    words = fold(text).rstrip(".!? ")
    if found := _COMMAND.fullmatch(words):
        month = month_of(today) if found[1] == "thang" else ""
        return Words(Asked(_VERBS[found[1]], month), found[2] or "")
    if found := _MONTH.fullmatch(words):
        return Words(Asked(HAS_COME, f"{found[2]}-{found[1]}"), found[3] or "")
    if words.startswith("tc "):
        return Words(Asked(UNKNOWN))
    return Words(understood(text, today))
