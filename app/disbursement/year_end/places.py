"""A cell in words, in an entry's key, and in what officers confirm about it."""

from __future__ import annotations

import hashlib

from ledger.chart import Cell


def place_of(cell: Cell) -> str:
    """A cell in the words of the officers' lists: unit, programme, provider."""
    return " · ".join(one for one in (cell.unit, cell.programme, cell.provider) if one)


def place_key(cell: Cell) -> str:
    """A cell as part of the key of an entry."""
    return f"{cell.unit}:{cell.programme}:{cell.fund}:{cell.provider}"


def told(cell: Cell, *parts: object) -> str:
    """A cell and what is said of it as one line, to be hashed."""
    return "|".join(map(str, (cell.fund, cell.programme, cell.unit, cell.provider, *parts)))


def digest_of(step: str, year: int, *lines: str) -> str:
    """What officers confirm in a step about a budget year: SHA-256 over its lines."""
    return hashlib.sha256("\n".join((f"{step}|{year}", *lines)).encode()).hexdigest()
