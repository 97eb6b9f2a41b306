"""The code printed on a document: 16 characters of chance, 80 bits, read as people write them."""

from __future__ import annotations

from collections.abc import Callable

from app.payroll.digest import SHORT_LETTERS

LENGTH = 16
Dice = Callable[[int], bytes]
"""Gives so many bytes of chance that nobody can guess, e.g. `secrets.token_bytes`."""
_READ_AS = str.maketrans("OILU", "011V", "- \t\r\n\u00a0")


def new_code(dice: Dice) -> str:
    """A new code. Raises ValueError for dice that give too little."""
    chance = dice(LENGTH * 5 // 8)
    if len(chance) != LENGTH * 5 // 8:
        raise ValueError("a code needs ten bytes of chance")
    number = int.from_bytes(chance)
    return "".join(SHORT_LETTERS[(number >> shift) & 31] for shift in range(75, -5, -5))


def shown(code: str) -> str:
    """'7F3K9XQ2…' as it is printed: '7F3K-9XQ2-…'."""
    return "-".join(code[at : at + 4] for at in range(0, LENGTH, 4))


def read_code(told: str) -> str:
    """A code as somebody typed it: any case, gaps and dashes, O for 0, I and L for 1. '' where it
    cannot be one."""
    code = told[:64].upper().translate(_READ_AS)
    return code if len(code) == LENGTH and set(code) <= set(SHORT_LETTERS) else ""
