"""Vietnamese text in the letters a bank takes: SWIFT character set X, nothing invented.

Accents go (NFD, drop the marks), đ Đ and the look-alike Ð become d and D, long dashes a
hyphen, full-width forms plain ones. What is then left over is refused, never sent as "?".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from bank_adapters.errors import Refused

_ALLOWED = re.compile(r"[A-Za-z0-9/\-?:().,'+ ]*")
_NOT_ALLOWED = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
# A lower-case word with one accented capital inside is the mark of a TCVN3 or VNI font.
_OLD_FONT = re.compile(r"[a-z][À-ÖØ-Þ][a-z]")
_PLAIN: dict[int, str] = {
    **dict.fromkeys(map(ord, "đð"), "d"),
    **dict.fromkeys(map(ord, "ĐÐ"), "D"),
    **dict.fromkeys(range(0x2010, 0x2016), "-"),
    0x2212: "-",
    **dict.fromkeys(map(ord, "‘’ʼ′"), "'"),
    **dict.fromkeys(map(ord, "\u00a0\u2007\u202f\u3000\t\r\n"), " "),
    **{wide: chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)},
}


def _letters() -> dict[int, str]:
    """The precomposed Latin letters and their base letter, so that most names fold in one pass."""
    table = dict(_PLAIN)
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFD", chr(code))
        if len(base) > 1 and base[0].isascii():
            table[code] = base[0]
    return table


_LETTERS = _letters()
# For many texts at once, each a line: what may stand in them, and what asks for a closer look.
_LINES = {code: letter for code, letter in _LETTERS.items() if code != ord("\n")}
_CLEAN = re.compile(r"[A-Za-z0-9/\-?:().,'+ \n]*")
_UNTIDY = re.compile(r"  | $|^[ :\-]", re.MULTILINE)


def _without_marks(text: str) -> str:
    """Decomposed and the combining marks dropped: for input that is not precomposed."""
    parts = unicodedata.normalize("NFD", text)
    return "".join(part for part in parts if unicodedata.category(part) != "Mn")


def _refuse(text: str, left: str) -> Refused:
    code = f"U+{ord(left):04X}"
    return Refused(
        f"“{text[:60]}”: ký tự “{left}” ({code}) không gửi được cho ngân hàng; hãy gõ lại "
        "bằng Unicode dựng sẵn, không dùng phông TCVN3 hay VNI"
    )


def fold(text: str) -> str:
    """`text` in the bank's letters, single-spaced: "Trần Thị Đào" is "Tran Thi Dao".

    Raises Refused naming the first character that has no place in the bank's set.
    """
    folded = text
    if not text.isascii():
        if found := _OLD_FONT.search(text):
            raise _refuse(text, found[0][1])
        folded = text.translate(_LETTERS)
        if not folded.isascii():
            folded = _without_marks(folded).translate(_LETTERS)
    folded = " ".join(folded.split())
    if not _ALLOWED.fullmatch(folded):
        left = _NOT_ALLOWED.search(folded)
        raise _refuse(text, left[0] if left else "?")
    return folded.lstrip(":- ")  # SWIFT: no line starts with either


def fold_all(texts: Sequence[str]) -> list[str]:
    """`fold` of each, many at once: clean texts go through in one piece, lines of one text.

    Raises Refused as `fold` does, at the first text that a bank cannot take.
    """
    whole = "\n".join(texts)
    folded = whole if whole.isascii() else whole.translate(_LINES)
    is_clean = (
        folded.count("\n") == len(texts) - 1
        and _CLEAN.fullmatch(folded)
        and not _UNTIDY.search(folded)
        and not (folded is not whole and _OLD_FONT.search(whole))
    )
    return folded.split("\n") if is_clean else [fold(text) for text in texts]


def fold_name(name: str) -> str:
    """A person's name as it goes to the bank and is compared: folded, upper case."""
    return fold(name).upper()
