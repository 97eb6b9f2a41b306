"""Vietnamese text as it must be: NFC Unicode, single spaces, no pre-Unicode encodings."""

from __future__ import annotations

import re
import unicodedata

# Letters of Latin-1 that Vietnamese does not have. TCVN3 (.VnTime) stores its letters
# there, so one of them inside a name means that the text was typed in that encoding.
_NOT_VIETNAMESE = re.compile(r"[¡-¿ÄÅÆÇËÎÏÐÑÖ×ØÛÜÞßäåæçëîïðñöø÷ûüþÿ]")

# VNI writes the mark as a letter of its own after the vowel: "Nguyeãn Vaên". No Vietnamese
# syllable has a plain a or e before one of these.
_VNI = re.compile(r"[aeAE][àáâãäåèéêëïñòóôõöøùúûüÀÁÂÃÄÅÈÉÊËÏÑÒÓÔÕÖØÙÚÛÜ]|[oO][âãäåêôõö]")

_FULL_WIDTH = re.compile("[\uff10-\uff19\u0660-\u0669\u06f0-\u06f9]")


def tidy(text: str) -> str:
    """NFC, with every run of white space made one space."""
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split())


def old_encoding(text: str) -> str | None:
    """'TCVN3' or 'VNI' when the text was not typed in Unicode, else None."""
    if text.isascii():
        return None
    if _VNI.search(text):
        return "VNI"
    return "TCVN3" if _NOT_VIETNAMESE.search(text) else None


def has_foreign_digits(text: str) -> bool:
    """Whether the text has digits that look like 0-9 but are other characters."""
    return not text.isascii() and _FULL_WIDTH.search(text) is not None


def ascii_digits(text: str) -> str:
    """The same text with every digit an ASCII digit."""
    return "".join(str(unicodedata.digit(char)) if char.isdigit() else char for char in text)
