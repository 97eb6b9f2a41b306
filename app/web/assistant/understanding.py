"""What a question of an officer is about: the subjects that fit it best, and what else it wishes.

Of several ways to read words that are misspelt the one that fits best counts, the first of equals.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from app.web.assistant.fitting import NEAR, Fit, fits
from app.web.assistant.spelling import readings
from app.web.assistant.subjects import CHORE, PART, WORD, Subject, vocabulary
from app.web.assistant.terms import terms, words_of

MY_WORK, DAY, WHOM, MEANING = "=my_work", "=day", "=whom", "=meaning"
HOW, COUNT = "=how", "=count"
WISHES = frozenset((MY_WORK, DAY, WHOM, MEANING, HOW, COUNT))
"""What is asked besides a subject: what waits, until when, who can be asked, what a word means, how
or why, how many or which."""
OF_LISTS = frozenset(("=payroll", "=make", "=submit", "=check", "=approve", "=sign", "=lock"))
_MOST = {PART: 3, WORD: 2, CHORE: 3}


@dataclass(frozen=True, slots=True)
class Understood:
    """The subjects that fit, best first, and the wishes. `of_lists` says that it may be about the
    lists of a month: nothing else is named, or they are."""

    found: tuple[Fit, ...]
    wishes: frozenset[str]
    of_lists: bool

    @property
    def asks_for_days(self) -> bool:
        """Whether it asks until when the lists of a month must be ready."""
        return DAY in self.wishes and self.of_lists

    def of(self, kind: str) -> tuple[Subject, ...]:
        """The best subjects of a kind."""
        mine = [one for one in self.found if one.subject.kind == kind]
        near = (one.subject for one in mine if one.score >= NEAR * mine[0].score)
        return tuple(near)[: _MOST[kind]]


def understood(question: str, roles: Collection[str]) -> Understood:
    """What a question of an officer with these roles is about."""
    ways = (terms(one) for one in readings(words_of(question), vocabulary()))
    return max((_read(one, roles) for one in ways), key=lambda one: one[0])[1]


def _read(asked: tuple[str, ...], roles: Collection[str]) -> tuple[float, Understood]:
    """One way to read it, and how good that is."""
    wishes = WISHES.intersection(asked)
    named = [one for one in asked if one not in WISHES]
    found = fits(named, roles)
    best = max((one.share for one in found), default=0.0)
    of_lists = not named or not OF_LISTS.isdisjoint(named)
    return best + len(wishes), Understood(tuple(found), wishes, of_lists)
