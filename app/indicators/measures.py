"""From counts to figures: which count stands over which, for every definition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from app.indicators.definitions import definition
from app.indicators.rates import CutOffs, Figure, figure
from app.indicators.tallies import Tally

SIDES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "R1": ("cashless", "paid"),
        "R1b": ("cashless", "listed"),
        "R1c": ("cashless", "usable"),
        "R1m": ("mixed", "paid"),
        "R2": ("credited", "paid_amount"),
        "R2b": ("credited", "amount"),
        "R3": ("usable", "listed"),
        "R3a": ("own", "listed"),
        "R4": ("sent_ok", "sent"),
        "R4f": ("first", "sent"),
        "R4v": ("sent_ok_amount", "sent_amount"),
        "R4fv": ("first_amount", "sent_amount"),
        "R4r": ("returned", "sent"),
        "R5": ("on_time", "lines"),
        "R5b": ("on_time", "paid_lines"),
        "R6": ("unpaid", "lines"),
        "R6a": ("age_one", "lines"),
        "R6b": ("age_two", "lines"),
        "R6c": ("age_more", "lines"),
        "R7": ("vneid", "paid"),
    }
)
"""Numerator and denominator of each definition, as attributes of a tally."""


def sides(tally: Tally, code: str) -> tuple[int, int]:
    """Numerator and denominator of a definition."""
    n, d = SIDES[code]
    return getattr(tally, n), getattr(tally, d)


def measured(tally: Tally, as_of: datetime, moments: CutOffs, *, final: bool) -> list[Figure]:
    """Every figure of the counts, in the order of the definitions."""
    until = moments.final if final else moments.provisional
    cut = {code: moments.lock if definition(code).is_of_lock else until for code in SIDES}
    return [figure(code, *sides(tally, code), as_of, cut[code]) for code in SIDES]
