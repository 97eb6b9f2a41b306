"""What an answer is: the kind of question, and sentences with their figures, in no language yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

HAS_COME, WHEN, WHY, RETURNED = "has_come", "when", "why", "returned"
ACCOUNT, CONTACT, HELP, UNKNOWN = "account", "contact", "help", "unknown"
OF_PERSON = (HAS_COME, WHEN, WHY, RETURNED, ACCOUNT)
"""Questions that are answered from the person's own data."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was understood: its kind, and the month it names as 'YYYY-MM', or ''."""

    kind: str
    month: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One sentence: its form in `data/words.toml` and what fills it.

    Amounts in VND, `month` as 'YYYY-MM', `tail` the last digits of the account, `place` the bank's
    or the cash provider's name, `todo` the class of the reason for which money came back.
    """

    form: str
    month: str = ""
    amount: int = 0
    regular: int = 0
    arrears: int = 0
    day: date | None = None
    tail: str = ""
    place: str = ""
    todo: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, never with a programme or category in it. `name` and `body` (the committee of the
    commune) are empty where it tells nothing of the person; `hands_over` says that somebody should
    be called."""

    kind: str
    parts: tuple[Part, ...]
    name: str = ""
    body: str = ""
    hands_over: bool = False
