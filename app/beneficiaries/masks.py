"""Personal numbers as they may leave the room: the last digits only."""

from __future__ import annotations

import re

from app.text import mask_account

_LONG_NUMBER = re.compile(r"\d{6,}")
_PERSONAL_NUMBER = re.compile(r"\d[\d .]{7,}\d")


def masked_account(tail: str) -> str:
    """'7890' -> '****7890'; '' for cash."""
    return f"****{tail}" if tail else ""


def masked_citizen(tail: str) -> str:
    """'123' -> '*********123'."""
    return f"*********{tail}"


def masked_phone(tail: str) -> str:
    """'345' -> '*******345', '' for no number."""
    return f"*******{tail}" if tail else ""


def masked_text(text: str) -> str:
    """Free text of a bank with every long number masked: it may be an account or an ID."""
    return _LONG_NUMBER.sub(lambda found: mask_account(found[0]), text)


def masked_ground(text: str) -> str:
    """An officer's words with numbers masked that may be an ID, an account or a phone; the number
    of a paper stays ("QĐ 123456/2026")."""
    return _PERSONAL_NUMBER.sub(lambda found: mask_account(found[0]), text)


def masked_name(name: str) -> str:
    """'Nguyễn Thị Anh' -> 'Nguyễn T. A.': enough to tell two apart, too little to say who."""
    family, *others = name.split() or [""]
    return " ".join([family if others else family[:1], *(f"{one[0]}." for one in others)])
