"""Text into lines that fit. All text is drawn as it is: nothing in it is ever markup."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from functools import lru_cache

from reportlab.pdfbase.pdfmetrics import stringWidth

_ELLIPSIS = "…"
# No line on A4 holds more.
_MOST_SIGNS = 500


def clean(text: str) -> str:
    """Composed (NFC) and printable: control, direction and other invisible signs are spaces.

    A decomposed letter would print its mark detached; a direction sign could reverse a name.
    Line breaks stay.
    """
    composed = unicodedata.normalize("NFC", text)
    if composed.isprintable():
        return composed
    return "".join(c if c == "\n" or _is_shown(c) else " " for c in composed)


@lru_cache(maxsize=8192)
def width(text: str, font: str, size: float) -> float:
    """The width of one line in points."""
    return float(stringWidth(text, font, size))


@lru_cache(maxsize=8192)
def wrap(text: str, font: str, size: float, room: float, most: int = 0) -> tuple[str, ...]:
    """Lines of at most `room` points; a word that is too long is broken.

    With `most` above 0 the rest after that many lines is left out, and an ellipsis says so.
    """
    lines: list[str] = []
    for part in clean(text).split("\n"):
        lines += _wrap_part(part, font, size, room)
    if most and len(lines) > most:
        kept = _fitting(lines[most - 1] + " ", font, size, room - width(_ELLIPSIS, font, size))
        lines = [*lines[: most - 1], kept.rstrip() + _ELLIPSIS]
    return tuple(lines)


@lru_cache(maxsize=8192)
def balanced(text: str, font: str, size: float, room: float) -> tuple[str, ...]:
    """As few lines as `wrap` gives, of lengths as even as they can be: for what stands in the
    middle, where one word alone on a line looks lost."""
    lines = wrap(text, font, size, room)
    narrow = room / 2
    while len(lines) > 1 and room - narrow > 1:
        middle = (narrow + room) / 2
        tried = wrap(text, font, size, middle)
        if len(tried) == len(lines):
            lines, room = tried, middle
        else:
            narrow = middle
    return lines


def _wrap_part(part: str, font: str, size: float, room: float) -> list[str]:
    if width(part, font, size) <= room:
        return [part]
    lines, line = [], ""
    for word in part.split(" "):
        longer = f"{line} {word}" if line else word
        if width(longer, font, size) <= room:
            line = longer
            continue
        if line:
            lines.append(line)
        pieces = _broken(word, font, size, room)
        lines += pieces[:-1]
        line = pieces[-1]
    return [*lines, line]


def _broken(word: str, font: str, size: float, room: float) -> list[str]:
    pieces = []
    while word and width(word, font, size) > room:
        # At least one sign a line, or a column too narrow for it would never end.
        piece = _fitting(word, font, size, room) or word[:1]
        pieces.append(piece)
        word = word[len(piece) :]
    return [*pieces, word]


def _fitting(text: str, font: str, size: float, room: float) -> str:
    """The longest beginning that fits, found by halving: values may be of any length."""
    text = text[:_MOST_SIGNS]
    ends = range(1, len(text) + 1)
    fit = bisect_right(ends, room, key=lambda end: float(stringWidth(text[:end], font, size)))
    return text[:fit]


def _is_shown(character: str) -> bool:
    # No-break space is not "printable" to Python, yet our amounts need it.
    return character.isprintable() or character == "\u00a0"
