"""The guide of each role, kept as data: what one does in which order, on which page.

`[[making.submit]]` in a text stands for the words of the catalogue, so a guide names a page, a
field or a button as the screen does. `asks` of a part is how people ask for it, without accents, in
both languages; it stands on no page.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from app.web.catalogue import LANGUAGES, say

NAMES = (
    "maker",
    "checking",
    "finance",
    "leader",
    "auditor",
    "admin",
    "desk",
    "helper",
    "everyone",
)
"""Of the guides, in the order of a month's work."""
_NAMED = re.compile(r"\[\[([\w.]+)\]\]")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of work: the page it begins on ('' for none), its steps, what else to know, and how
    people ask for it."""

    title: str
    page: str
    steps: tuple[str, ...]
    note: str
    asks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guide:
    """Two printed pages for the officers of some roles, in a language it is written in."""

    name: str
    language: str
    roles: tuple[str, ...]
    title: str
    lead: str
    parts: tuple[Part, ...]


@cache
def guide(name: str, language: str) -> Guide:
    """The guide of that name, in the first language where it is not written in this one. Raises
    KeyError for an unknown name or words that are not there."""
    if name not in NAMES:
        raise KeyError(name)
    kept = tomllib.loads(files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))
    if language not in kept["title"]:
        return guide(name, LANGUAGES[0])
    parts = tuple(_part(one, language) for one in kept["parts"])
    title, lead = (_said(kept[one], language) for one in ("title", "lead"))
    return Guide(name, language, tuple(kept["roles"]), title, lead, parts)


def _part(kept: Mapping[str, Any], language: str) -> Part:
    steps = tuple(_said(one, language) for one in kept["steps"])
    note = _said(kept["note"], language) if "note" in kept else ""
    page, asks = kept.get("page", ""), tuple(kept.get("asks", ()))
    return Part(_said(kept["title"], language), page, steps, note, asks)


def _said(texts: Mapping[str, str], language: str) -> str:
    return _NAMED.sub(lambda found: say(language, found[1]), texts[language])
