"""What rooms say in sentences, refusals before all, in English: each is found by its form.

A file a room: the sentence as it is written there, `{}` for what is filled in, to the English one,
whose `{}` stand in the same order or have numbers. What is filled in is looked up too, as a whole
or in its parts, so that words of ours within a sentence are English as well (parts….toml). What no
file knows is told in Vietnamese.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import NamedTuple

from app.errors import AnSinhError

VIETNAMESE, ENGLISH = "vi", "en"
HOLE = "{}"
_PARTS = "parts"
_HOLES = re.compile(r"(?:{})+")
_BETWEEN = ("\n", "; ", ": ", ", ", " · ")
"""What stands between parts that are looked up one by one, the widest first."""
_END = re.compile(r"(?<=[.:!?”)]) ")
_SENTENCES = 8
"""The most that are looked at one by one."""


class _Form(NamedTuple):
    """A sentence with holes: what stands around them, how many stand side by side at each place,
    and its English."""

    parts: tuple[str, ...]
    side_by_side: tuple[int, ...]
    english: str


class _Known(NamedTuple):
    """Sentences without holes, and those with."""

    exact: Mapping[str, str]
    forms: tuple[_Form, ...]


def read() -> None:
    """Read every file now: whoever meets the first refusal does not wait for it."""
    _said()
    _said_within()


def told(error: AnSinhError, language: str) -> tuple[str, str]:
    """What an error says on a page in this language, and the language that it came out in."""
    if language != VIETNAMESE:
        advice = error.on_page.removeprefix(error.message).strip()
        said = [in_english(one) for one in (error.message, advice) if one]
        if all(said):
            return " ".join(said), ENGLISH
    return error.on_page, VIETNAMESE


def told_again(text: str, language: str) -> tuple[str, str]:
    """As `told`, of what was kept as text."""
    english = in_english(text) if language != VIETNAMESE else ""
    return (english, ENGLISH) if english else (text, VIETNAMESE)


def shown(text: str, language: str) -> tuple[str, str]:
    """As `told_again`, of what only rooms write: its parts are looked up one by one as well."""
    english = in_english(text) or _filled(text) if language != VIETNAMESE else text
    return (text, VIETNAMESE) if english == text else (english, ENGLISH)


def in_english(text: str) -> str:
    """What a room says in English, '' where nobody wrote it: one sentence, one with its advice, one
    behind a name and a colon, or one with lines below it."""
    if known := _said().exact.get(text):
        return known
    return _with_advice(text) or _whole(text) or _behind_name(text) or _with_lines(text)


def _whole(text: str) -> str:
    return _looked_up(text, _said())


def _with_advice(text: str) -> str:
    for cut in islice(_END.finditer(text), _SENTENCES):
        if (first := _whole(text[: cut.start()])) and (then := in_english(text[cut.end() :])):
            return f"{first} {then}"
    return ""


def _behind_name(text: str) -> str:
    name, _, rest = text.partition(": ")
    english = _whole(rest) or _with_advice(rest) if rest else ""
    return f"{_filled(name)}: {english}" if english else ""


def _with_lines(text: str) -> str:
    first, _, rest = text.partition("\n")
    english = in_english(first) if rest else ""
    return f"{english}\n{_filled(rest)}" if english else ""


def _filled(text: str) -> str:
    """What was filled in: in English if it is ours, else as it is, or in its parts."""
    bare = text.strip()
    if english := _looked_up(bare, _said_within()) or _whole(bare):
        return text.replace(bare, english)
    between = next((one for one in _BETWEEN if one in text), "")
    return between.join(map(_filled, text.split(between))) if between else text


def _looked_up(text: str, known: _Known) -> str:
    if english := known.exact.get(text):
        return english
    for form in known.forms:
        begins = text.startswith(form.parts[0])
        if begins and (found := _holes(form.parts, text)) is not None:
            return form.english.format(*_values(form, found))
    return ""


def _values(form: _Form, found: Sequence[str]) -> Iterator[str]:
    """What fills each hole; of those side by side the first has all of it."""
    for text, count in zip(found, form.side_by_side, strict=True):
        yield _filled(text)
        yield from [""] * (count - 1)


def _holes(parts: Sequence[str], text: str) -> list[str] | None:
    """What fills the holes between the parts, as short as can be from the left; None if it is no
    such text. One pass: no text, however typed, makes it slow."""
    head, *middle, tail = parts
    at, end = len(head), len(text) - len(tail)
    if at > end or not text.startswith(head) or not text.endswith(tail):
        return None
    found = []
    for one in middle:
        if (stop := text.find(one, at, end)) < 0:
            return None
        found.append(text[at:stop])
        at = stop + len(one)
    return [*found, text[at:end]]


@cache
def sentences() -> Mapping[str, str]:
    """Every sentence as it is written, and its English. Raises ValueError for one that stands
    twice."""
    pairs = [pair for file in _files().values() for pair in file.items()]
    if twice := [one for one, count in Counter(key for key, _ in pairs).items() if count > 1]:
        raise ValueError(f"these stand twice: {twice}")
    return dict(pairs)


@cache
def parts() -> Mapping[str, str]:
    """What stands within sentences only: the files parts….toml."""
    files_of = (said for name, said in _files().items() if name.startswith(_PARTS))
    return dict(pair for said in files_of for pair in said.items())


@cache
def _files() -> Mapping[str, Mapping[str, str]]:
    folder = files("app.web").joinpath("refusals")
    kept = (one for one in folder.iterdir() if one.name.endswith(".toml"))
    return {one.name: tomllib.loads(one.read_text("utf-8")) for one in kept}


@cache
def _said() -> _Known:
    return _known({one: said for one, said in sentences().items() if one not in parts()})


@cache
def _said_within() -> _Known:
    return _known(parts())


def _known(said: Mapping[str, str]) -> _Known:
    """The forms with the most words first: what is filled in is as short as it can be."""
    exact = {one: english for one, english in said.items() if HOLE not in one}
    ordered = sorted(said.keys() - exact.keys(), key=lambda one: (-len(one.replace(HOLE, "")), one))
    return _Known(exact, tuple(_form(one, said[one]) for one in ordered))


def _form(vietnamese: str, english: str) -> _Form:
    counts = tuple(len(one) // len(HOLE) for one in _HOLES.findall(vietnamese))
    return _Form(tuple(_HOLES.split(vietnamese)), counts, english)
