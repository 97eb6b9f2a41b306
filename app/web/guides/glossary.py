"""The words of the house in plain words, in both languages."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from app.web.catalogue import LANGUAGES


class Word(NamedTuple):
    """A term and what it means, in a language that both are written in."""

    term: str
    means: str
    language: str


@cache
def glossary(language: str) -> Sequence[Word]:
    """Every word in the order of the file, in the first language where it is not written in this
    one."""
    kept = tomllib.loads(files("app.web.guides").joinpath("glossary.toml").read_text("utf-8"))
    spoken = language if language in kept["words"][0]["means"] else LANGUAGES[0]
    return tuple(Word(one[spoken], one["means"][spoken], spoken) for one in kept["words"])
