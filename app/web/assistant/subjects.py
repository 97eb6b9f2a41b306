"""What can be asked about: each part of a guide, each word of the glossary, each kind of work that
waits; in both languages at once, so that either finds it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from app.web.assistant.terms import known, words_of
from app.web.catalogue import LANGUAGES, entries
from app.web.guides import NAMES, guide
from app.web.guides.glossary import glossary

PART, WORD, CHORE = "part", "word", "chore"
_BOTH = LANGUAGES[:2]
_CHORES = "chore."


@dataclass(frozen=True, slots=True)
class Subject:
    """A part of a guide (`name`, `number` from 0), a word of the glossary (`number` from 0) or a
    kind of chore (`name`). The roles it is written for, none is for all; texts that name it, and
    texts that stand in it."""

    kind: str
    name: str
    number: int
    roles: frozenset[str]
    named: tuple[str, ...]
    said: tuple[str, ...] = ()


@cache
def subjects() -> tuple[Subject, ...]:
    """Every subject: guides in their order, then the glossary, then the chores."""
    return (*_parts(), *_words(), *_chores())


@cache
def vocabulary() -> frozenset[str]:
    """Every word that is known here: what is not may be misspelt."""
    used = {
        word for one in subjects() for text in (*one.named, *one.said) for word in words_of(text)
    }
    return frozenset(used.union(known().quiet, known().other, *known().same))


def _parts() -> Iterator[Subject]:
    for name in NAMES:
        told = [guide(name, language) for language in _BOTH]
        for number, part in enumerate(told[0].parts):
            both = [one.parts[number] for one in told]
            named = (*(one.title for one in both), *part.asks)
            said = tuple(text for one in both for text in (*one.steps, one.note))
            yield Subject(PART, name, number, frozenset(told[0].roles), named, said)


def _words() -> Iterator[Subject]:
    for number, both in enumerate(zip(*map(glossary, _BOTH), strict=True)):
        terms = tuple(one.term for one in both)
        yield Subject(WORD, "", number, frozenset(), terms, tuple(one.means for one in both))


def _chores() -> Iterator[Subject]:
    asked = _asked_of_chores()
    for key, words in entries().items():
        kind = key.removeprefix(_CHORES)
        if kind != key:
            yield Subject(CHORE, kind, 0, frozenset(), (*words.values(), *asked[kind]))


def _asked_of_chores() -> Mapping[str, list[str]]:
    text = files("app.web.assistant").joinpath("data/chores.toml").read_text("utf-8")
    found: Mapping[str, list[str]] = tomllib.loads(text)
    return found
