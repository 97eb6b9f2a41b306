"""How well each subject fits what is asked: shared terms, the rarer the more.

What words mean says more than a word alone; two terms beside each other, as in the subject, more
still. A term that names the subject counts more than one that only stands in its text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from math import log
from typing import NamedTuple

from app.web.assistant.subjects import Subject, subjects
from app.web.assistant.terms import SAME, pairs, terms, words_of

LEAST, NEAR = 0.5, 0.6
"""The share of a question that a subject must have, and how near to the best fit it must come."""
COMMON = 8
"""What names more subjects tells none of them: 'person', 'money'."""
LONG = 6
"""Letters of a word that says something alone: few of Vietnamese have so many."""
_MEANT, _PAIR, _WORD = 3.0, 2.0, 1.0
_NAMED, _AGAIN, _SAID = 1.0, 0.1, 0.4
_HIS = 1.15
"""How much nearer is what is written for one's own role."""


class Fit(NamedTuple):
    """How well a subject fits: above others or below, and which share of the question it has."""

    subject: Subject
    score: float
    share: float


def fits(asked: Sequence[str], roles: Collection[str]) -> list[Fit]:
    """The subjects that have enough of the terms asked for, best first."""
    found = [_fit(one, asked, roles) for one in subjects()] if asked else []
    return sorted((one for one in found if one.share >= LEAST), key=lambda one: -one.score)


def _fit(subject: Subject, asked: Sequence[str], roles: Collection[str]) -> Fit:
    counts = _counts(subject)
    shared = {*asked, *pairs(asked)} & counts.keys()
    if not any(counts[one] >= _NAMED and _tells(one) for one in shared):
        return Fit(subject, 0, 0)
    # Sums of fractions differ by their order, and a set has another one in each process.
    once = sorted({*asked})
    share = sum(_weight(one) for one in once if one in shared) / sum(map(_weight, once))
    score = sum(_weight(one) * counts[one] for one in sorted(shared))
    return Fit(subject, score * (_HIS if subject.roles.intersection(roles) else 1), share)


def _tells(term: str) -> bool:
    """Whether a term tells a subject from others: it names few, and is no short word."""
    return _named()[term] <= COMMON and (" " in term or term.startswith(SAME) or len(term) >= LONG)


@cache
def _named() -> Counter[str]:
    """How many subjects a term names."""
    return Counter(term for one in subjects() for term, count in _counts(one).items()
                   if count >= _NAMED)  # fmt: skip


def _weight(term: str) -> float:
    kind = _PAIR if " " in term else _MEANT if term.startswith(SAME) else _WORD
    return kind * log(1 + len(subjects()) / max(1, _spread()[term]))


@cache
def _spread() -> Counter[str]:
    """How many subjects have a term."""
    return Counter(term for one in subjects() for term in _counts(one))


@cache
def _counts(subject: Subject) -> Mapping[str, float]:
    """What each term of a subject counts, and each two that stand beside each other."""
    named = Counter(_all_terms(subject.named))
    said = dict.fromkeys(_all_terms(subject.said), _SAID)
    return said | {term: _NAMED + _AGAIN * min(count, 5) for term, count in named.items()}


def _all_terms(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        found = terms(words_of(text))
        yield from (*found, *pairs(found))
