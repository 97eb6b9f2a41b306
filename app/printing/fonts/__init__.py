"""Liberation Serif 2, metric-equal to the Times New Roman that official documents use.

Shipped unchanged under the SIL Open Font License (OFL.txt). Version 1 of the same family,
which many systems still carry, lacks 93 Vietnamese letters: hence our own copy and the check.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR = "AnSinhSerif"
BOLD = "AnSinhSerif-Bold"
ITALIC = "AnSinhSerif-Italic"
BOLD_ITALIC = "AnSinhSerif-BoldItalic"

_FILES = {
    REGULAR: "LiberationSerif-Regular.ttf",
    BOLD: "LiberationSerif-Bold.ttf",
    ITALIC: "LiberationSerif-Italic.ttf",
    BOLD_ITALIC: "LiberationSerif-BoldItalic.ttf",
}
_TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
_VOWELS = "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"


class FontFault(RuntimeError):
    """A font file is missing, or lacks letters: reinstall the package."""


@cache
def register() -> None:
    """Make the four faces known to reportlab, once; `FontFault` when one cannot print."""
    for name, file in _FILES.items():
        path = Path(__file__).with_name(file)
        if not path.is_file():
            raise FontFault(f"{path} is missing: install the package again")
        font = TTFont(name, str(path))
        lacking = [c for c in needed_characters() if ord(c) not in font.face.charToGlyph]
        if lacking:
            raise FontFault(f"{file} lacks {' '.join(lacking)}: install the package again")
        pdfmetrics.registerFont(font)


def needed_characters() -> list[str]:
    """Every Vietnamese letter with every tone, and the signs our documents print."""
    letters = [unicodedata.normalize("NFC", v + tone) for v in _VOWELS for tone in _TONES]
    return [*letters, *"đĐ₫•–—…≥−", "\u00a0"]
