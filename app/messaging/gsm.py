"""What a text message may hold and what it costs: GSM 03.38, unaccented Vietnamese, parts.

One message is 160 signs of seven bits; a longer one goes in parts of 153. A single sign outside
the alphabet would make it UCS-2: 70 signs, three times the price.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from app.text import nfc

LENGTH_MAX = 160
NAME_MAX = 60
"""Signs of a name that are looked at: the longest real ones have half of it."""
_PART = 153
_NOT_OF_NAMES = re.compile(r"[^A-Za-z0-9' -]+")
# The basic table, without the line feeds and Greek letters that nobody here needs.
_BASIC = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_SAID = str.maketrans(
    {"đ": "d", "Đ": "D", "ð": "d", "’": "'", "‘": "'", "ʼ": "'", "`": "'", "“": '"', "”": '"'}
    | {"–": "-", "—": "-", "…": "...", "₫": "d", "\u00a0": " "}
)


class _Kept(dict[int, str]):
    """A table for `str.translate`: what it does not hold becomes a space."""

    def __missing__(self, _: int) -> str:
        return " "


_SIGNS = _Kept({ord(sign): sign for sign in _BASIC})


@lru_cache(maxsize=16_384)
def plain(text: str) -> str:
    """Text without accents, in signs that cost one septet each; what has none becomes a space.

    Case stays: "Nông Thị Hoà" -> "Nong Thi Hoa". Spaces and line ends become single spaces.
    """
    if text.isascii():
        bare = text
    else:
        marked = unicodedata.normalize("NFD", nfc(text).translate(_SAID))
        bare = "".join(sign for sign in marked if unicodedata.category(sign) != "Mn")
    return " ".join(bare.translate(_SIGNS).split())


def plain_name(name: str) -> str:
    """A person's name as a message may say it: letters, digits, hyphens, apostrophes. A phone makes
    a link of a word with a full stop or a slash in it, and of nothing else here."""
    return " ".join(_NOT_OF_NAMES.sub(" ", plain(name)).split())[:NAME_MAX].rstrip()


def parts(text: str) -> int:
    """How many messages a gateway counts for a text of `plain`."""
    return 1 if len(text) <= LENGTH_MAX else -(-len(text) // _PART)


def short_name(name: str, most: int) -> str:
    """A name in at most `most` signs: whole, else the middle names as letters, else the given
    name alone, cut: "Nguyen Thi Hoang Anh" -> "Nguyen T H Anh" -> "N T H Anh" -> "Anh"."""
    words = name.split()
    for shape in (_whole, _middle, _letters):
        if len(found := shape(words)) <= most:
            return found
    return (words[-1] if words else "")[: max(most, 0)]


def _whole(words: list[str]) -> str:
    return " ".join(words)


def _middle(words: list[str]) -> str:
    return " ".join([*words[:1], *(one[0] for one in words[1:-1]), *words[1:][-1:]])


def _letters(words: list[str]) -> str:
    return " ".join([*(one[0] for one in words[:-1]), *words[-1:]])
