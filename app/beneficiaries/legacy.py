"""Vietnamese typed before Unicode: told apart, and shown as it was meant.

TCVN3 (".VnTime", "ABC") puts its letters where Latin-1 has others; VNI writes a mark as a sign
of its own after the vowel. Text in them is never taken silently: some of their words are words
of Unicode too. Tables: TCVN 5712:1993 (VN3); VNI for Windows.
"""

from __future__ import annotations

import re

# Letters of Latin-1 that Vietnamese does not have: one inside a word means TCVN3.
_NOT_VIETNAMESE = re.compile(r"[¡-¿ÄÅÆÇËÎÏÐÑÖ×ØÛÜÞßäåæçëîïðñöø÷ûüþÿ]")

# No Vietnamese syllable in Unicode has a plain vowel before one of these ("Doãn" has o before ã).
_VNI = re.compile(
    r"[aeAE][àáâãäåèéêëïñòóôõöøùúûüÀÁÂÃÄÅÈÉÊËÏÑÒÓÔÕÖØÙÚÛÜ]|[oO][âäåêôõöÂÄÅÊÔÕÖ]"
    r"|[oOuUyYôÔöÖ][ùøûõïÙØÛÕÏ]|\b[ñÑ]"
)

_TCVN3_SIGNS = "¡¢£¤¥¦§¨©ª«¬\xad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ"
_TCVN3_MEANT = "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
_TCVN3 = str.maketrans(_TCVN3_SIGNS, _TCVN3_MEANT)

_VNI_MARKS = {
    "a": ("ùøûõïâáàåãäêéèúüë", "áàảãạâấầẩẫậăắằẳẵặ"),
    "e": ("ùøûõïâáàåãä", "éèẻẽẹêếềểễệ"),
    "o": ("ùøûõïâáàåãä", "óòỏõọôốồổỗộ"),
    "u": ("ùøûõï", "úùủũụ"),
    "y": ("ùøûõ", "ýỳỷỹ"),
    "ô": ("ùøûõï", "ớờởỡợ"),
    "ö": ("ùøûõï", "ứừửữự"),
}
_VNI_ALONE = dict(zip("æóòîñôö", "ỉĩịỵđơư", strict=True))


def _vni_table() -> dict[str, str]:
    table = dict(_VNI_ALONE)
    for vowel, (marks, meant) in _VNI_MARKS.items():
        table |= {vowel + mark: letter for mark, letter in zip(marks, meant, strict=True)}
    return table | {signs.upper(): letter.upper() for signs, letter in table.items()}


_VNI_TABLE = _vni_table()
_VNI_SIGNS = re.compile("|".join(sorted(map(re.escape, _VNI_TABLE), key=len, reverse=True)))


def old_encoding(text: str) -> str | None:
    """'TCVN3' or 'VNI' when the text was not typed in Unicode, else None."""
    if text.isascii():
        return None
    if _VNI.search(text):
        return "VNI"
    return "TCVN3" if _NOT_VIETNAMESE.search(text) else None


def as_meant(text: str, encoding: str) -> str:
    """Text of 'TCVN3' or 'VNI' in Unicode: 'NguyÔn V¨n §øc' -> 'Nguyễn Văn Đức'."""
    if encoding == "TCVN3":
        return text.translate(_TCVN3)
    return _VNI_SIGNS.sub(_vni_letter, text)


def _vni_letter(found: re.Match[str]) -> str:
    signs = found[0]
    return _VNI_TABLE.get(signs) or _VNI_TABLE[signs.lower()]
