"""What people say of a month: payments they confirm, what the samples found, complaints closed.

By communes and what they add up to. A commune of a payment is where its person is registered now,
of a sample where it was drawn, of a complaint where it was when the complaint was opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy.orm import Session

from app.complaints.counting import closed_until
from app.complaints.hearing import confirmed, sampled
from app.indicators.breakdown import KIND, WHOLE
from app.indicators.cashless import evidence_until
from app.indicators.dimensions import commune_kind
from app.indicators.rates import Figure, cut_offs, figure

COMMUNE = "commune"
BROKEN_DOWN = (WHOLE, KIND, COMMUNE)
"""The breakdowns that these figures have."""


@dataclass(frozen=True, slots=True)
class Said:
    """Payments: `confirmed` of which people said anything by themselves, `came` that it came;
    `drawn` into samples, `asked` of those with a result, `in_full` that all of it came. Complaints:
    `received` in the month, `closed` of them."""

    confirmed: int = 0
    came: int = 0
    drawn: int = 0
    asked: int = 0
    in_full: int = 0
    received: int = 0
    closed: int = 0

    def __add__(self, other: Said) -> Said:
        return Said(*(one + two for one, two in zip(astuple(self), astuple(other), strict=True)))


SIDES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "C1": ("came", "confirmed"),
        "S1": ("in_full", "asked"),
        "S1a": ("asked", "drawn"),
        "K1": ("closed", "received"),
    }
)
"""Numerator and denominator of each definition, as attributes of `Said`."""
CONTAINS = (
    ("confirmed", "came"),
    ("drawn", "asked"),
    ("drawn", "in_full"),
    ("asked", "in_full"),
    ("received", "closed"),
)
"""Counts of which the first contains the second."""


def said(session: Session, period: str, as_of: datetime) -> dict[str, Said]:
    """What people said of a month, by the codes of communes that were heard, as it was known at a
    moment, at the cut-off reached by then."""
    until = evidence_until(cut_offs(period), as_of)
    found: dict[str, Said] = {}
    told = (
        *((one.area_code, Said(confirmed=one.asked, came=one.came))
          for one in confirmed(session, period, until)),
        *((one.area_code, Said(drawn=one.drawn, asked=one.asked, in_full=one.came))
          for one in sampled(session, period, until)),
        *((one.area_code, Said(received=one.received, closed=one.closed))
          for one in closed_until(session, period, until)),
    )  # fmt: skip
    for area, part in told:
        found[area] = found.get(area, Said()) + part
    return dict(sorted(found.items()))


def whole(communes: Iterable[Said]) -> Said:
    """All of them together."""
    return sum(communes, Said())


def by(breakdown: str, communes: Mapping[str, Said]) -> dict[str, Said]:
    """Communes by one of `BROKEN_DOWN`."""
    if breakdown == COMMUNE:
        return dict(communes)
    if breakdown == WHOLE:
        return {"": whole(communes.values())}
    found: dict[str, Said] = {}
    for code, one in communes.items():
        found[commune_kind(code)] = found.get(commune_kind(code), Said()) + one
    return dict(sorted(found.items()))


def figures_of(one: Said, period: str, as_of: datetime) -> list[Figure]:
    """The figures of these counts, in the order of the definitions."""
    moments = cut_offs(period)
    until = moments.final if as_of > moments.final else moments.provisional
    return [
        figure(code, getattr(one, n), getattr(one, d), as_of, until)
        for code, (n, d) in SIDES.items()
    ]
