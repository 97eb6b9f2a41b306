"""Vietnamese text as it must be: NFC Unicode, single spaces, ASCII digits."""

from __future__ import annotations

import re
import unicodedata

_FULL_WIDTH = re.compile("[\uff10-\uff19\u0660-\u0669\u06f0-\u06f9]")


# Signs without width: pasted from the web, seen by nobody, and no two words are equal with them.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")


def tidy(text: str) -> str:
    """NFC, no unseen signs, every run of white space (also non-breaking) made one space."""
    if not text.isascii():
        if not unicodedata.is_normalized("NFC", text):
            text = unicodedata.normalize("NFC", text)
        text = _UNSEEN.sub("", text)
    return " ".join(text.split())


def has_foreign_digits(text: str) -> bool:
    """Whether the text has digits that look like 0-9 but are other characters."""
    return not text.isascii() and _FULL_WIDTH.search(text) is not None


def ascii_digits(text: str) -> str:
    """The same text with every digit an ASCII digit."""
    return "".join(str(unicodedata.digit(char)) if char.isdigit() else char for char in text)
