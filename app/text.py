"""Vietnamese text: one form for storing, one for searching, one for sorting, one for hiding."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_STROKES = str.maketrans({"đ": "d", "ð": "d", "’": "'", "‘": "'", "ʼ": "'", "`": "'"})

# The Vietnamese alphabet with f, j, w, z where foreign and ethnic names need them. Each
# letter gets one sign of 1-9a-x; 0 ends a word. Only digits and lower-case letters appear
# in a key, so byte order and every usual database collation agree on it.
_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_SIGNS = "123456789abcdefghijklmnopqrstuvwx"
_RANK = dict(zip(_ALPHABET, _SIGNS, strict=True)) | {"ð": _SIGNS[_ALPHABET.index("đ")]}
_END = "0"

# ngang, huyền, hỏi, ngã, sắc, nặng: the order of Vietnamese dictionaries.
_LEVEL = "1"
_TONES = {"\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0301": "5", "\u0323": "6"}

_PREFIXES_MAX = 64
_LONG_NUMBER = re.compile(r"\d{8,}")


def nfc(text: str) -> str:
    """The composed form (NFC) in which text is stored: decomposed marks print detached."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Text for searching: no marks, đ as d, no case, single spaces: "Đặng  Hoà" -> "dang hoa".

    "Hoà" and "Hòa" fold to the same; ethnic names keep their apostrophe ("H'Hen" -> "h'hen").
    """
    marked = unicodedata.normalize("NFD", nfc(text).casefold())
    bare = "".join(c for c in marked if unicodedata.category(c) != "Mn")
    return " ".join(bare.translate(_STROKES).split())


_FOLDED: dict[str, list[str]] = {}
for _letter, _sign in zip(_ALPHABET, _SIGNS, strict=True):
    _FOLDED.setdefault(fold(_letter), []).append(_sign)


def given_key(full_name: str) -> str:
    """The words of `fold` the other way round, the given name first: "Đặng Hoà" -> "hoa dang"."""
    return " ".join(reversed(fold(full_name).split()))


def sort_key(full_name: str) -> str:
    """An ASCII key that sorts names as a Vietnamese list does, by plain byte order.

    The given name (the last word) counts first, with its tone; then the rest, letters
    before tones. Letters follow the alphabet a ă â b c d đ e ê ...; tones follow ngang,
    huyền, hỏi, ngã, sắc, nặng. The place of a tone mark and the case make no difference.
    """
    words = nfc(full_name).casefold().split()
    if not words:
        return ""
    letters, tones = _word_key(words[-1])
    keys = [_word_key(word) for word in words[:-1]]
    rest = "".join(letters + _END for letters, _ in keys)
    return f"{letters}{_END}{tones}{_END}{rest}{_END}{''.join(tones for _, tones in keys)}"


def hamlet_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Hamlets by their words, numbers by their size: Tổ 2 before Tổ 10."""
    return tuple(
        (0, int(word), "") if word.isdecimal() else (1, 0, sort_key(word)) for word in name.split()
    )


def sort_prefixes(given: str) -> list[str]:
    """How the sort key of a name may begin whose folded given name begins with `given`.

    A letter without marks stands for every letter that folds to it: "hoa" gives the keys of hoa,
    hoă, hoâ, hôa and so on, in order. A longer word is cut: a prefix of a prefix still holds.
    """
    found = [""]
    for letter in fold(given):
        signs = _FOLDED.get(letter) or [_letter_key(letter)]
        if len(found) * len(signs) > _PREFIXES_MAX:
            break
        found = [begun + sign for begun in found for sign in signs]
    return sorted(found)


def mask_account(account: str) -> str:
    """An account with only its last 4 characters: "0101234567890" -> "****7890"."""
    return _mask(account, shown=4, stars=4)


def mask_id(personal_id: str) -> str:
    """A personal ID with only its last 3 digits: "004141000123" -> "*********123"."""
    return _mask(personal_id, shown=3, stars=9)


def mask_numbers(text: str) -> str:
    """Free text in which every number of 8 digits or more shows only its last 3."""
    return _LONG_NUMBER.sub(lambda found: f"*****{found[0][-3:]}", text)


def _mask(value: str, *, shown: int, stars: int) -> str:
    value = value.strip()
    if not value:
        return ""
    # Of a short value the end would give away too much; the stars never tell the length.
    return "*" * stars + (value[-shown:] if len(value) >= 2 * shown else "")


@lru_cache(maxsize=8192)
def _word_key(word: str) -> tuple[str, str]:
    """(letters, tones) of one lower-case word; names share few words, so it is kept."""
    letters, tones = [], []
    for character in word:
        marks = unicodedata.normalize("NFD", character)
        tones += [_TONES[mark] for mark in marks if mark in _TONES]
        letters.append(_letter_key("".join(mark for mark in marks if mark not in _TONES)))
    return "".join(letters), "".join(tones) or _LEVEL


def _letter_key(marks: str) -> str:
    letter = nfc(marks)
    rank = _RANK.get(letter) or _RANK.get(letter[:1]) or _RANK.get(marks[:1])
    if rank is not None:
        return rank
    if letter.isascii():
        # Apostrophes and hyphens do not count; digits come after the letters.
        return f"y{letter}" if letter.isdigit() else ""
    return "".join(f"z{ord(c):06x}" for c in letter if unicodedata.category(c)[0] in "LN")
