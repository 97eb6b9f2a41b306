"""The words of the pages in Vietnamese and English, kept as data in words.toml.

Every entry has both languages; a key that is not there is a fault of ours and raises.
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
    text = files("app.web").joinpath("words.toml").read_text(encoding="utf-8")
    found: dict[str, Mapping[str, str]] = {}
    _collect("", tomllib.loads(text), found)
    return MappingProxyType(found)


def say(language: str, key: str, /, **values: Any) -> str:
    """The text of a key with its `{values}` filled in. Raises KeyError for an unknown key."""
    text = entries()[key][language]
    return text.format(**values) if values else text


def _collect(prefix: str, table: Mapping[str, Any], found: dict[str, Mapping[str, str]]) -> None:
    for name, value in table.items():
        if set(value) == set(LANGUAGES) and all(isinstance(one, str) for one in value.values()):
            found[f"{prefix}{name}"] = MappingProxyType(value)
        else:
            _collect(f"{prefix}{name}.", value, found)
