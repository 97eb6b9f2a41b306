"""The leader's month on one page: its figures, bridge, map, ten lowest, twelve months, targets.

A reader for the page and for the printed report alike. The months are counted by a job, the months
of the line too (see `counted`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from app.clock import local_date
from app.indicators.breakdown import WHOLE, Answer
from app.indicators.counted import by_communes, twelve
from app.indicators.lines import due_days
from app.indicators.measures import sides
from app.indicators.rates import Figure, percent
from app.indicators.tallies import Tally, added
from app.indicators.targets import Reached, reached
from app.payroll.bridge_sums import Step, bridge_of, monthly
from app.reference.areas import Area, commune, communes_of
from app.reference.tilemap import Tile, bounds, class_of, size, tiles

T = TypeVar("T")

HEADLINES: Mapping[str, str] = {
    "R1": "commune",
    "R1b": "commune",
    "R2": "programme",
    "R3": "commune",
}
"""The first figures, each with the breakdown that looks into it; R1 never stands without R1b."""
BELOW: Mapping[str, str] = {"R5": "provider", "R6": "commune"}
"""The figures that stand below them, smaller."""
LOWEST = 10
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Headline:
    """One of the figures, and the breakdown in which to look further."""

    figure: Figure
    into: str


@dataclass(frozen=True, slots=True)
class Place:
    """A commune with its persons wholly credited (n) and paid (d), and its class on the map."""

    area: Area
    n: int
    d: int
    shade: int = -1

    @property
    def percent(self) -> str | None:
        """R1 of the commune; None where nobody was paid."""
        return percent(self.n, self.d)


@dataclass(frozen=True, slots=True)
class MonthRate:
    """R1 of one month; None where no list was approved."""

    period: str
    n: int
    d: int

    @property
    def percent(self) -> str | None:
        """Two decimals, None without persons paid."""
        return percent(self.n, self.d)


@dataclass(frozen=True, slots=True)
class Timeliness:
    """Lines paid by their due day, paid later, overdue and not yet due."""

    on_time: int
    late: int
    overdue: int
    not_due: int


@dataclass(frozen=True, slots=True)
class Leader:
    """All of the page. `cuts` are the bounds of the map's classes in whole percent."""

    answer: Answer
    province: str
    headlines: tuple[Headline, ...]
    below: tuple[Headline, ...]
    bridge: tuple[Step, ...]
    map: tuple[tuple[Tile, Place], ...]
    map_size: tuple[int, int]
    cuts: tuple[int, ...]
    lowest: tuple[Place, ...]
    months: tuple[MonthRate, ...]
    timeliness: Timeliness
    targets: tuple[Reached, ...]
    communes: Mapping[str, Tally]

    @property
    def whole(self) -> Tally:
        """The counts of the whole."""
        return self.answer.tallies[""]


def leader(
    session: Session,
    period: str,
    as_of: datetime,
    areas: frozenset[str] | None = None,
    *lists: Any,
) -> Leader:
    """The month as it was known at a moment: of the whole, or of the communes of `areas`.

    `lists` are conditions on `payroll`, for the bridge. Of some communes only, the kinds of
    evidence are not told: they are counted for the whole.
    """
    counted = by_communes(session, twelve(period, MONTHS), as_of)
    communes = _within(counted[period].tallies, areas)
    shares = counted[period].evidence if areas is None else {}
    whole = {"": added(communes.values())}
    found = replace(counted[period], breakdown=WHOLE, tallies=whole, evidence=shares)
    places = _places(communes, areas)
    placed = tiles(tuple(one.area for one in places))
    by_code = {one.area.code: one for one in places}
    figures = {one.code: one for one in found.figures()[""]}
    return Leader(
        answer=found,
        province=places[0].area.province_name if places else "",
        headlines=_chosen(figures, HEADLINES),
        below=_chosen(figures, BELOW),
        bridge=tuple(bridge_of(session, monthly(period), *lists)),
        map=tuple((tile, by_code[tile.area.code]) for tile in placed),
        map_size=size(placed),
        cuts=tuple(bounds([one.percent for one in places])),
        lowest=tuple(lowest(places)),
        months=tuple(_month_rate(one, areas) for one in counted.values()),
        timeliness=timeliness(added(communes.values()), due_days(session, period), as_of),
        targets=tuple(reached(communes, period)),
        communes=communes,
    )


def _chosen(figures: Mapping[str, Figure], codes: Mapping[str, str]) -> tuple[Headline, ...]:
    return tuple(Headline(figures[code], into) for code, into in codes.items())


def _within(found: Mapping[str, T], areas: frozenset[str] | None) -> dict[str, T]:
    return {code: one for code, one in found.items() if areas is None or code in areas}


def _places(communes: Mapping[str, Tally], areas: frozenset[str] | None) -> list[Place]:
    """The communes of the province, and any other that is counted, each with its class."""
    known = [area for code in sorted(communes) if (area := commune(code)) is not None]
    inside = communes_of(known[0].province_code) if known else ()
    here = [one for one in inside if areas is None or one.code in areas]
    here += [one for one in known if one not in inside]
    counted = [Place(one, *sides(communes.get(one.code, Tally()), "R1")) for one in here]
    cuts = bounds([one.percent for one in counted])
    return [replace(one, shade=class_of(one.percent, cuts)) for one in counted]


def lowest(places: Sequence[Place], most: int = LOWEST) -> list[Place]:
    """The communes with the lowest R1, those without one left out."""
    known = [one for one in places if one.d]
    return sorted(known, key=lambda one: (10**9 * one.n // one.d, one.area.code))[:most]


def _month_rate(counted: Answer, areas: frozenset[str] | None) -> MonthRate:
    """R1 of a month at the cut-off it has reached."""
    whole = added(_within(counted.tallies, areas).values())
    return MonthRate(counted.period, *sides(whole, "R1"))


def timeliness(tally: Tally, due: Mapping[int, date], as_of: datetime) -> Timeliness:
    """What is late is overdue once the last due day of the month is over."""
    is_over = local_date(as_of) > max(due.values(), default=local_date(as_of))
    unpaid = tally.unpaid
    return Timeliness(
        on_time=tally.on_time,
        late=tally.paid_lines - tally.on_time,
        overdue=unpaid if is_over else 0,
        not_due=0 if is_over else unpaid,
    )
