"""The words of the pages in Vietnamese and English, kept as data in words/*.toml.

Each area of the pages has a file of its own. Every entry has both languages and stands once; a key
that is not there is a fault of ours and raises.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

LANGUAGES = ("vi", "en")


@cache
def entries() -> Mapping[str, Mapping[str, str]]:
    """Every entry by its dotted key, e.g. `payrolls.title`: the texts by language."""
    found: dict[str, Mapping[str, str]] = {}
    folder = files("app.web").joinpath("words")
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        _collect("", tomllib.loads(file.read_text(encoding="utf-8")), found)
    return MappingProxyType(found)


def say(language: str, key: str, /, **values: Any) -> str:
    """The text of a key with its `{values}` filled in. Raises KeyError for an unknown key."""
    text = entries()[key][language]
    return text.format(**values) if values else text


def _collect(prefix: str, table: Mapping[str, Any], found: dict[str, Mapping[str, str]]) -> None:
    for name, value in table.items():
        if set(value) == set(LANGUAGES) and all(isinstance(one, str) for one in value.values()):
            if f"{prefix}{name}" in found:
                raise ValueError(f"{prefix}{name} stands twice in the words")
            found[f"{prefix}{name}"] = MappingProxyType(value)
        else:
            _collect(f"{prefix}{name}.", value, found)
