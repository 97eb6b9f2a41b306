"""What rooms refuse, in English: they say it in Vietnamese, and each sentence is found by its form.

A file a room: the sentence as it is raised, `{}` for what is filled in, to the English one, whose
`{}` stand in the same order or have numbers. What no file knows is told in Vietnamese.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from app.errors import AnSinhError

VIETNAMESE, ENGLISH = "vi", "en"


def told(error: AnSinhError, language: str) -> tuple[str, str]:
    """What an error says on a page in this language, and the language that it came out in."""
    if language != VIETNAMESE:
        advice = error.on_page.removeprefix(error.message).strip()
        said = [in_english(one) for one in (error.message, advice) if one]
        if all(said):
            return " ".join(said), ENGLISH
    return error.on_page, VIETNAMESE


def in_english(sentence: str) -> str:
    """A sentence of a room in English, '' where nobody wrote it."""
    found = (
        english.format(*match.groups())
        for form, english in _forms()
        if (match := form.fullmatch(sentence))
    )
    return next(found, "")


@cache
def sentences() -> Mapping[str, str]:
    """Every sentence as it is raised, and its English."""
    found: dict[str, str] = {}
    for file in sorted(files("app.web").joinpath("refusals").iterdir(), key=lambda one: one.name):
        if file.name.endswith(".toml"):
            found |= tomllib.loads(file.read_text(encoding="utf-8"))
    return found


@cache
def _forms() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The longest first: what is filled in is as short as it can be."""
    ordered = sorted(sentences().items(), key=lambda one: -len(one[0]))
    return tuple((_form(vietnamese), english) for vietnamese, english in ordered)


def _form(sentence: str) -> re.Pattern[str]:
    return re.compile("(.*?)".join(map(re.escape, sentence.split("{}"))), re.DOTALL)
