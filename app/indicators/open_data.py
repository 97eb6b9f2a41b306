"""What of all breakdowns together may be published: sums within sums.

Communes add up to kinds of commune, groups of people to programmes, programmes to funds. Such a sum
is shown for all its rows or for none, figure by figure; rows beneath are judged within the nearest
sum that is shown, else within the whole. Paying units are not published: they are nearly the
communes, and the difference would be a few who moved.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.benefits.groups import all_groups
from app.indicators.breakdown import KIND, WHOLE
from app.indicators.dimensions import commune_kind
from app.indicators.measures import SIDES
from app.indicators.said import BROKEN_DOWN, COMMUNE, CONTAINS, Said, by
from app.indicators.said import SIDES as SAID
from app.indicators.suppressed import alone, published
from app.indicators.tallies import Tally
from app.units.tables import programme

NOT_PUBLISHED = ("unit",)
_SUMS = ("fund", "programme", KIND)
_WITHIN: Mapping[str, tuple[str, ...]] = {
    "programme": ("fund",),
    "group": ("programme", "fund"),
    "commune": (KIND,),
}
# Groups folded into one are all of this programme.
_FOLDED = "assistance"


def fund_of_programmes(session: Session) -> dict[str, str]:
    """Programme to fund."""
    rows = session.execute(select(programme.c.code, programme.c.fund))
    return {row.code: row.fund for row in rows}


class Cells:
    """Which codes may be shown of each value, given the tallies of every breakdown."""

    def __init__(
        self, tallies: Mapping[str, Mapping[str, Tally]], funds: Mapping[str, str]
    ) -> None:
        self._funds = funds
        self._whole: dict[str, frozenset[str]] = {}
        self._shown: dict[str, dict[str, frozenset[str]]] = {}
        for breakdown in (*_SUMS, *(one for one in tallies if one not in _SUMS)):
            if breakdown in tallies:
                self._shown[breakdown] = self._judge(breakdown, tallies[breakdown])

    def shown(self, breakdown: str, value: str) -> frozenset[str]:
        """The codes that may be shown of a value."""
        return self._shown[breakdown][value]

    def _judge(self, breakdown: str, tallies: Mapping[str, Tally]) -> dict[str, frozenset[str]]:
        if breakdown == WHOLE:
            return {value: frozenset(SIDES) for value in tallies}
        if breakdown in NOT_PUBLISHED:
            return {value: frozenset() for value in tallies}
        found = published(tallies, lambda value, code: self._sum(breakdown, value, code))
        if breakdown not in _SUMS:
            return found
        every = frozenset(SIDES).intersection(*found.values())
        self._whole[breakdown] = every
        return dict.fromkeys(tallies, every)

    def _sum(self, breakdown: str, value: str, code: str) -> str:
        """The nearest published sum that a value is part of; "" is the whole."""
        for parent in _WITHIN.get(breakdown, ()):
            if code in self._whole.get(parent, ()):
                return f"{parent}:{self._parent(breakdown, parent, value)}"
        return ""

    def _parent(self, breakdown: str, parent: str, value: str) -> str:
        if breakdown == "commune":
            return commune_kind(value)
        if breakdown == "group":
            known = all_groups().get(value)
            value = known.programme if known else _FOLDED
        return value if parent == "programme" else self._funds.get(value, "")


def cells_of_said(communes: Mapping[str, Said]) -> dict[str, dict[str, frozenset[str]]]:
    """Which codes may be shown of each value of what people said, by breakdown.

    The whole is judged like a row: few complaints in all tell of few people too.
    """
    rows = {breakdown: by(breakdown, communes) for breakdown in BROKEN_DOWN}
    whole = {"": alone(rows[WHOLE][""], SAID, CONTAINS)}
    kinds = published(rows[KIND], sides=SAID, contains=CONTAINS)
    every = frozenset(SAID).intersection(*kinds.values())

    def group(value: str, code: str) -> str:
        return commune_kind(value) if code in every else ""

    beneath = published(rows[COMMUNE], group, SAID, CONTAINS)
    return {WHOLE: whole, KIND: dict.fromkeys(rows[KIND], every), COMMUNE: beneath}
