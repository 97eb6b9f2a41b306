"""What a text is about: its words without marks, those that mean the same as one, and which two
stand beside each other. A syllable of Vietnamese says little alone; two together mostly are a word.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

from app.answers.understanding import spaced

SAME = "="
"""Begins a term that several words mean: '=submit'."""


class Words(NamedTuple):
    """What is known of words: what phrases mean (each a tuple of words), which say nothing, and
    which are of no use here."""

    same: Mapping[tuple[str, ...], str]
    quiet: frozenset[str]
    other: frozenset[str]
    longest: int


@cache
def known() -> Words:
    """`data/words.toml`. Raises ValueError where a phrase means two things."""
    text = files("app.web.assistant").joinpath("data/words.toml").read_text("utf-8")
    kept = tomllib.loads(text)
    same: dict[tuple[str, ...], str] = {}
    for meaning, phrases in kept["same"].items():
        for phrase in phrases:
            if same.setdefault(tuple(phrase.split()), SAME + meaning) != SAME + meaning:
                raise ValueError(f"{phrase!r} means two things")
    quiet, other = (frozenset(kept[name]) for name in ("quiet", "other"))
    return Words(same, quiet, other, max(map(len, same)))


def words_of(text: str) -> tuple[str, ...]:
    """Its words in order, without marks and signs, in small letters."""
    return tuple(spaced(text).replace("/", " ").split())


def terms(words: Sequence[str]) -> tuple[str, ...]:
    """What words are about, in order: a meaning for each phrase that has one (the longest first),
    else the word itself, but for quiet ones and numbers."""
    quiet = known().quiet
    return tuple(one for one in _meanings(words) if one not in quiet and not one.isdecimal())


def pairs(found: Sequence[str]) -> frozenset[str]:
    """Which two terms stand beside each other."""
    return frozenset(f"{one} {other}" for one, other in pairwise(found))


def _meanings(words: Sequence[str]) -> Iterator[str]:
    at = 0
    while at < len(words):
        length = _phrase_at(words, at)
        yield known().same[tuple(words[at : at + length])] if length else words[at]
        at += length or 1


def _phrase_at(words: Sequence[str], at: int) -> int:
    """How many words from here mean something together, 0 for none."""
    here = known()
    lengths = range(min(here.longest, len(words) - at), 0, -1)
    return next((one for one in lengths if tuple(words[at : at + one]) in here.same), 0)
