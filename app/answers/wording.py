"""An answer in words: one SMS without accents, or plain sentences in Vietnamese or English."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from app.answers.answer import Answer, Part
from app.messaging.gsm import LENGTH_MAX, plain, plain_name, short_name
from app.messaging.words import templates
from app.months import in_words
from ledger.money import format_number

VI, EN = "vi", "en"
_NAME_MIN = 8
_NAME_SHARED = 16
_ANYWHERE = {VI: "Ủy ban nhân dân xã", EN: "the commune's committee"}


def sentences(answer: Answer, help_number: str, language: str = VI) -> tuple[str, ...]:
    """Whole sentences for a page; `language` is 'vi' or 'en'. Who to call stands at the end where
    the answer hands over; without a help number it is the commune alone."""
    more = {"body": answer.body or _ANYWHERE[language], "help": help_number}
    told = [_said(one, language, more) for one in answer.parts]
    if answer.hands_over:
        told.append(_words("call" if help_number else "ask_there")[language].format(**more))
    return tuple(told)


def sms(answer: Answer, help_number: str, *, hides_amounts: bool = False) -> str:
    """One SMS, at most `LENGTH_MAX` unaccented signs: the name, as many sentences as fit with one
    amount among them, and the number to call."""
    more = {"help": help_number, "body": ""}
    wanted = "plain" if hides_amounts else "sms"
    told = [(_said(one, wanted, more), _has_amount(one, wanted)) for one in answer.parts]
    return fitted(_with_one_amount(told), help_number, plain_name(answer.name))


def fitted(told: Sequence[str], help_number: str, name: str = "") -> str:
    """Sentences as one SMS: the last ones are left out, the name is shortened. Raises ValueError
    where the first one alone is too long: a sentence that was never tried."""
    call = f". {_words('call')['sms'].format(help=help_number)}"
    for count in range(len(told), 0, -1):
        text = ". ".join(told[:count]) + call
        room = LENGTH_MAX - len(text) - len(": ")
        if not name and len(text) <= LENGTH_MAX:
            return text
        if name and room >= min(len(name), _NAME_MIN):
            return f"{short_name(name, room)}: {text}"
    if name:
        return fitted(told[:1], help_number)
    raise ValueError("a sentence of answers is too long for one SMS")


def brief(answer: Answer, *, hides_amounts: bool = False) -> str:
    """The first sentence alone, for a message that tells of several people."""
    return _said(answer.parts[0], "plain" if hides_amounts else "sms", {"help": "", "body": ""})


def listed(told: Sequence[tuple[str, str]], help_number: str, count: int) -> tuple[str, int]:
    """One SMS with a sentence for each (name, sentence), and of how many of them it tells.

    Where it is not all of the `count` people of the number, it says how to ask for one of them.
    """
    short_ones = [f"{short_name(plain_name(name), _NAME_SHARED)}: {text}" for name, text in told]
    call = f". {_words('call')['sms'].format(help=help_number)}"
    for size in range(len(short_ones), 0, -1):
        more = [short("one_by_one")] if size < count else []
        text = ". ".join([*short_ones[:size], *more]) + call
        if len(text) <= LENGTH_MAX:
            return text, size
    return fitted([short("which")], help_number), 0


def short(form: str) -> str:
    """The SMS sentence of a form that has nothing to fill in."""
    return str(_words(form)["sms"])


def _with_one_amount(told: Iterable[tuple[str, bool]]) -> list[str]:
    """Several figures of the same weight confuse: after the first sentence with one, the others
    with figures are left out."""
    found, has_one = [], False
    for text, is_amount in told:
        if not (is_amount and has_one):
            found.append(text)
        has_one = has_one or is_amount
    return found


def _has_amount(part: Part, wanted: str) -> bool:
    return "{amount}" in _form(part, wanted)


def _form(part: Part, wanted: str) -> str:
    words = _words(part.form)
    return str(words.get(wanted) or words["sms"])


def _said(part: Part, wanted: str, more: Mapping[str, str]) -> str:
    todo = _todo(part, wanted).format(**more)
    text = _form(part, wanted).format(**_figures(part, wanted), todo=todo, **more)
    return text if wanted in (VI, EN) else plain(text)


def _figures(part: Part, wanted: str) -> dict[str, str]:
    shape = "%d/%m/%Y" if wanted in (VI, EN) else "%d/%m"
    return {
        **{name: _amount(getattr(part, name), wanted) for name in ("amount", "regular", "arrears")},
        "month": in_words(part.month) if part.month else "",
        "day": part.day.strftime(shape) if part.day else "",
        "tail": part.tail,
        "place": part.place,
    }


def _amount(amount: int, wanted: str) -> str:
    told = format_number(amount)
    return told.replace(".", ",") if wanted == EN else told


def _todo(part: Part, wanted: str) -> str:
    if not part.todo:
        return ""
    if wanted in (VI, EN):
        return str(_words("todo")[part.todo][wanted])
    return templates()["todo"][part.todo]


def _words(form: str) -> Mapping[str, Any]:
    return _catalogue()[form]


@cache
def _catalogue() -> Mapping[str, Mapping[str, Any]]:
    text = files("app.answers").joinpath("data/words.toml").read_text("utf-8")
    return tomllib.loads(text)
