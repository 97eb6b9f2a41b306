"""From an event to the words of its message: one template, filled, never longer than one SMS."""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from app.messaging.gsm import LENGTH_MAX, plain, plain_name, short_name
from ledger.money import format_number

UNIT_MAX = 32
_NAME_MIN = 8


@dataclass(frozen=True, slots=True)
class Facts:
    """What a message may tell: amounts in VND, `month` as YYYY-MM, `todo` the class of a reason,
    `code` the digits of a one-time code, with which nothing else is told."""

    unit: str
    name: str
    amount: int = 0
    tail: str = ""
    day: date | None = None
    month: str = ""
    todo: str = "other"
    hides_amount: bool = False
    code: str = ""


NO_FACTS = Facts("", "")


def write(kind: str, facts: Facts, help_number: str) -> str:
    """The text of an event of this kind: at most `LENGTH_MAX` unaccented signs.

    A long name is shortened, then the unit's. Raises ValueError where the template alone, filled
    with what cannot be shortened, is longer: a template that was never tried.
    """
    form = templates()[kind]["plain" if facts.hides_amount else "text"]
    told = _told(facts, help_number)
    name, unit = plain_name(facts.name), plain(facts.unit)[:UNIT_MAX].rstrip()
    text = form.format(name=name, unit=unit, **told)
    if (excess := len(text) - LENGTH_MAX) > 0:
        name = short_name(name, max(len(name) - excess, _NAME_MIN))
        text = form.format(name=name, unit=unit, **told)
    if (excess := len(text) - LENGTH_MAX) > 0:
        text = form.format(name=name, unit=unit[: max(len(unit) - excess, 0)].rstrip(), **told)
    if len(text) > LENGTH_MAX:
        raise ValueError(f"the template of {kind} is too long")
    return text


def figures_of(kind: str, text: str) -> tuple[str, dict[str, str]] | None:
    """The template that a text was written from, and what fills it: ('paid', {'amount': …}), or
    ('paid_plain', …) where it tells no amount; None where it is of no template of this kind."""
    for form, words in templates().get(kind, {}).items():
        if found := _shape(words).fullmatch(text):
            return kind if form == "text" else f"{kind}_{form}", found.groupdict()
    return None


@cache
def _shape(words: str) -> re.Pattern[str]:
    parts = string.Formatter().parse(words)
    return re.compile(
        "".join(re.escape(said) + (f"(?P<{name}>.*?)" if name else "") for said, name, *_ in parts)
    )


def _told(facts: Facts, help_number: str) -> dict[str, str]:
    return {
        "amount": format_number(facts.amount),
        "tail": facts.tail,
        "day": f"{facts.day:%d/%m}" if facts.day else "",
        "month": f"{facts.month[5:]}/{facts.month[:4]}",
        "todo": _todo(facts.todo),
        "code": facts.code,
        "help": help_number,
    }


@cache
def templates() -> Mapping[str, Mapping[str, str]]:
    """The templates by event, and under `todo` what a person does after a return."""
    source = files("app.messaging") / "data" / "templates.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


def _todo(reason: str) -> str:
    known = templates()["todo"]
    return known.get(reason, known["other"])
