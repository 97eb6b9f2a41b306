"""The 12-digit personal ID: province (3), century and sex (1), birth year (2), serial (6).

There is no check digit; what can be checked is the prefix and that the fourth digit and
the year agree with sex and birth (Decree 137/2015/ND-CP, Article 13).
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

SYNTHETIC_PREFIX = "097"
SYNTHETIC_PREFIXES = (SYNTHETIC_PREFIX, "098")
"""Of no province: one for each million of made-up people."""
LENGTH = 12


@cache
def known_prefixes() -> frozenset[str]:
    """The province codes that real IDs begin with."""
    text = files("app.reference").joinpath("data/id_prefixes.csv").read_text(encoding="utf-8")
    return frozenset(row["prefix"] for row in csv.DictReader(text.splitlines()))


def is_well_formed(citizen_id: str) -> bool:
    """Whether the text is exactly 12 ASCII digits."""
    return len(citizen_id) == LENGTH and citizen_id.isascii() and citizen_id.isdigit()


def birth_year(citizen_id: str) -> int:
    """The birth year inside a well-formed ID."""
    return 1900 + 100 * (int(citizen_id[3]) // 2) + int(citizen_id[4:6])


def sex(citizen_id: str) -> str:
    """'M' or 'F', as the fourth digit of a well-formed ID says."""
    return "F" if int(citizen_id[3]) % 2 else "M"


def century_sex_digit(year: int, sex_code: str) -> str:
    """The fourth digit for a birth year (1900-2399) and sex 'M' or 'F'."""
    return str((year - 1900) // 100 * 2 + (sex_code == "F"))
