"""Words that nobody here uses are read as known ones a letter away: 'troa lai' as 'tra lai'."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import islice, product
from string import ascii_lowercase

SHORTEST, LONGEST = 3, 20
"""Letters of words that are looked at: a letter less or more makes any short word of any other."""
READINGS_MAX = 60


def readings(words: Sequence[str], known: Collection[str]) -> Iterator[tuple[str, ...]]:
    """The words as they may have been meant, at most `READINGS_MAX` ways."""
    choices = [_choices(one, known) for one in words]
    return islice(product(*choices), READINGS_MAX)


def _choices(word: str, known: Collection[str]) -> list[str]:
    if word in known or not word.isalpha() or not SHORTEST <= len(word) <= LONGEST:
        return [word]
    return sorted(_a_letter_away(word) & set(known)) or [word]


def _a_letter_away(word: str) -> set[str]:
    """One letter is missing, too many, another one, or changed places with its neighbour."""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    found = {left + right[1:] for left, right in cuts if right}
    found |= {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    for letter in ascii_lowercase:
        found |= {left + letter + right[1:] for left, right in cuts if right}
        found |= {left + letter + right for left, right in cuts}
    return found
