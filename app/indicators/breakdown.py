"""A month's answers: whole and by every breakdown, each figure with all that recomputes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.errors import InputError
from app.indicators.cashless import evidence, evidence_until
from app.indicators.dimensions import DIMENSIONS, commune_kind
from app.indicators.measures import measured
from app.indicators.rates import CutOffs, Figure, cut_offs
from app.indicators.tallies import Tally, added, tally_by

WHOLE, KIND = "all", "commune_kind"
"""The breakdowns that are no query of their own: the whole, and the kinds of commune."""
BREAKDOWNS = (WHOLE, KIND, *DIMENSIONS)


@dataclass(frozen=True, slots=True)
class Answer:
    """The counts of a month by the values of one breakdown, and the moments they stand for.

    `final` says which cut-off was reached; `evidence` is kind of evidence to (lines, VND).
    """

    period: str
    breakdown: str
    as_of: datetime
    final: bool
    tallies: dict[str, Tally]
    evidence: dict[str, tuple[int, int]]

    @property
    def moments(self) -> CutOffs:
        """The cut-offs of the month."""
        return cut_offs(self.period)

    def figures(self) -> dict[str, list[Figure]]:
        """Every figure of every value."""
        return {
            value: measured(tally, self.as_of, self.moments, final=self.final)
            for value, tally in self.tallies.items()
        }


def asked(
    session: Session,
    period: str,
    as_of: datetime,
    breakdown: str = WHOLE,
    *,
    evident: bool = True,
) -> Answer:
    """The month by one breakdown as it was known at a moment, at the cut-off reached by then.

    Without `evident` the kinds of evidence are not counted. Raises InputError for a breakdown that
    is not held.
    """
    moments = cut_offs(period)
    until = evidence_until(moments, as_of)
    tallies = _tallies(session, period, until, breakdown)
    shares = evidence(session, period, until) if evident else {}
    return Answer(period, breakdown, as_of, as_of > moments.final, tallies, shares)


def _tallies(session: Session, period: str, until: datetime, breakdown: str) -> dict[str, Tally]:
    if breakdown == WHOLE:
        return {"": Tally()} | tally_by(session, period, until)
    if breakdown == KIND:
        return by_kind(tally_by(session, period, until, DIMENSIONS["commune"].value(period)))
    if breakdown not in DIMENSIONS:
        raise InputError(
            f"Không có cách chia “{breakdown[:30]}”.", f"Chọn một trong: {', '.join(BREAKDOWNS)}."
        )
    return tally_by(session, period, until, DIMENSIONS[breakdown].value(period))


def by_kind(communes: dict[str, Tally]) -> dict[str, Tally]:
    """Communes added up by their kind: xã, phường (which counts as urban), đặc khu."""
    kinds = sorted({commune_kind(code) for code in communes})
    return {kind: added(_of_kind(communes, kind)) for kind in kinds}


def _of_kind(communes: dict[str, Tally], kind: str) -> Iterable[Tally]:
    return (tally for code, tally in communes.items() if commune_kind(code) == kind)
