"""What a bank's list and its answer look like: a file of headings for each layout."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from app.errors import InputError
from app.text import fold

FIELDS = ("reference", "owner", "citizen", "born", "sex", "phone", "place", "beneficiary", "")


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A heading, what stands under it ('' for what the bank fills in), a width in signs."""

    heading: str
    field: str
    width: int


@dataclass(frozen=True, slots=True)
class Profile:
    """A layout: columns of the list, headings of the answer by meaning, words to states."""

    code: str
    name: str
    format: str
    title: str
    columns: tuple[ListColumn, ...]
    answer: Mapping[str, str]
    words: Mapping[str, str]


@cache
def profiles() -> Mapping[str, Profile]:
    """Every layout by its code, the name of its file."""
    folder = files("app.cashless").joinpath("profiles")
    found = sorted(one.name for one in folder.iterdir() if one.name.endswith(".toml"))
    return {
        name.removesuffix(".toml"): _profile(
            name.removesuffix(".toml"), tomllib.loads(folder.joinpath(name).read_text("utf-8"))
        )
        for name in found
    }


def profile(code: str) -> Profile:
    """The layout with this code. Raises InputError."""
    if code not in profiles():
        raise InputError(f"Không có mẫu “{code}”.", f"Chọn: {', '.join(profiles())}.")
    return profiles()[code]


def _profile(code: str, told: Mapping[str, object]) -> Profile:
    columns = tuple(ListColumn(**one) for one in told["columns"])  # type: ignore[attr-defined]
    words: Mapping[str, list[str]] = told["words"]  # type: ignore[assignment]
    return Profile(
        code=code,
        name=str(told["name"]),
        format=str(told["format"]),
        title=str(told["title"]),
        columns=columns,
        answer=told["answer"],  # type: ignore[arg-type]
        words={fold(word): state for state, every in words.items() for word in every},
    )
