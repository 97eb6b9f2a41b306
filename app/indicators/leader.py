"""The leader's month on one page: four figures, bridge, map, ten lowest, twelve months, targets.

A reader for the page and for the printed report alike. Two queries count the month, one each of the
eleven before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.clock import local_date
from app.indicators.breakdown import Answer, asked
from app.indicators.cashless import count, evidence_until
from app.indicators.lines import due_days
from app.indicators.measures import sides
from app.indicators.rates import Figure, cut_offs, percent
from app.indicators.tallies import Tally, added
from app.indicators.targets import Reached, reached
from app.months import shift
from app.payroll.bridge_sums import Step, bridge_of, monthly
from app.reference.areas import Area, commune, communes_of
from app.reference.tilemap import Tile, bounds, class_of, size, tiles

HEADLINES: Mapping[str, str] = {
    "R1": "commune",
    "R2": "programme",
    "R5": "provider",
    "R6": "commune",
}
"""The four figures, each with the breakdown that looks into it."""
LOWEST = 10
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Headline:
    """One of the four figures, and the breakdown in which to look further."""

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


def leader(session: Session, period: str, as_of: datetime) -> Leader:
    """The month as it was known at a moment."""
    found = asked(session, period, as_of)
    communes = asked(session, period, as_of, "commune").tallies
    areas = _areas(communes)
    cuts = bounds([percent(*sides(communes.get(one.code, Tally()), "R1")) for one in areas])
    places = {one.code: _place(one, communes.get(one.code, Tally()), cuts) for one in areas}
    placed = tiles(areas)
    figures = {one.code: one for one in found.figures()[""]}
    return Leader(
        answer=found,
        province=areas[0].province_name if areas else "",
        headlines=tuple(Headline(figures[code], into) for code, into in HEADLINES.items()),
        bridge=tuple(bridge_of(session, monthly(period))),
        map=tuple((tile, places[tile.area.code]) for tile in placed),
        map_size=size(placed),
        cuts=tuple(cuts),
        lowest=tuple(lowest(list(places.values()))),
        months=tuple(twelve_months(session, period, as_of)),
        timeliness=timeliness(added(communes.values()), due_days(session, period), as_of),
        targets=tuple(reached(communes, period)),
        communes=communes,
    )


def _areas(communes: Mapping[str, Tally]) -> tuple[Area, ...]:
    """The communes of the province, and any other that is counted."""
    known = [area for code in sorted(communes) if (area := commune(code)) is not None]
    here = communes_of(known[0].province_code) if known else ()
    return (*here, *(area for area in known if area not in here))


def _place(area: Area, tally: Tally, cuts: Sequence[int]) -> Place:
    n, d = sides(tally, "R1")
    return Place(area, n, d, class_of(percent(n, d), cuts))


def lowest(places: Sequence[Place], most: int = LOWEST) -> list[Place]:
    """The communes with the lowest R1, those without one left out."""
    known = [one for one in places if one.d]
    return sorted(known, key=lambda one: (10**9 * one.n // one.d, one.area.code))[:most]


def twelve_months(session: Session, period: str, as_of: datetime) -> list[MonthRate]:
    """R1 of the twelve months that end with this one, each at the cut-off it has reached."""
    found = []
    for back in range(MONTHS - 1, -1, -1):
        month = shift(period, -back)
        counts = count(session, month, evidence_until(cut_offs(month), as_of))
        found.append(MonthRate(month, counts.cashless, counts.paid))
    return found


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
