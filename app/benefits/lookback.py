"""What past months lack, or have too much, by all that is known now. Pure.

Two times: what was true of a month, and what was known when it was paid. A rate signed late, a
decision that reaches the list late, a death told late: each changes what is due for months that
were paid. For every such month the sum now due is held against what was granted for it, arrears
included. What is missing is paid once, with its reason; what is too much is named, and recovered by
decision only. So the order in which news comes makes no difference to what is paid in the end.

Sums are held against each other by family, the lines that stand for each other: a person moves
between pension and assistance and must not get both (Law 41/2024/QH15, art. 21).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.benefits.book import Known
from app.benefits.choosing import Chosen, Person
from app.benefits.groups import Group
from app.benefits.reasons import Difference, excess_in_words
from app.benefits.values import Granted, Overpaid

Cell = tuple[str, str]
"""Programme and component: what one obligation of a month is for."""

_ALLOWANCES = frozenset({("pension", "monthly"), ("assistance", "monthly")})


@dataclass(frozen=True, slots=True)
class Window:
    """The months looked back at, and what is known of the rates.

    Months before `opening` were granted by those who paid then: by the rates of `then`.
    """

    months: Sequence[str]
    opening: str
    now: Known
    then: Callable[[str], Known]


@dataclass(slots=True)
class Found:
    """Differences by the place of their fact, and what was granted too much."""

    lacking: dict[int, list[Difference]]
    overpaid: list[Overpaid]


def look_back(person: Person, window: Window, granted: Iterable[Granted]) -> Found:
    """Hold every month of the window against what was granted for it."""
    by_month = defaultdict(list)
    for one in granted:
        by_month[one.month].append(one)
    found = Found({}, [])
    for month in window.months:
        new = person.chosen(month, window.now)
        old = person.chosen(month, window.then(month))
        before = _before(person.groups, by_month[month], old, month < window.opening)
        _judge(person.groups, month, new, old, before, found)
    # What others granted too much is not ours to find.
    found.overpaid = [one for one in found.overpaid if one.month >= window.opening]
    return found


def _before(
    groups: Sequence[Group], granted: Iterable[Granted], old: Chosen, by_others: bool
) -> dict[Cell, int]:
    """What was granted for the month, by cell; its regular part by others before the opening."""
    sums = _sums(groups, old) if by_others else defaultdict(int)
    for one in granted:
        regular = 0 if by_others else one.regular
        sums[one.programme, one.component] += regular + one.arrears
    return sums


def _judge(
    groups: Sequence[Group],
    month: str,
    new: Chosen,
    old: Chosen,
    before: Mapping[Cell, int],
    found: Found,
) -> None:
    due = _sums(groups, new)
    explained = _sums(groups, old)
    for family, cells in _families(due, before).items():
        room = sum(due.get(cell, 0) - before.get(cell, 0) for cell in cells)
        for cell in sorted(cells):
            gap = due.get(cell, 0) - before.get(cell, 0)
            if room > 0 and gap > 0:
                by_rate = explained.get(cell, 0) == before.get(cell, 0)
                paid = min(gap, room)
                room -= paid
                places = [place for place in new if _cell(groups[place]) == cell]
                _share(month, places, new, old if by_rate else {}, paid, by_rate, found)
            elif room < 0 and gap < 0:
                much = min(-gap, -room)
                room += much
                words = excess_in_words(month, before[cell], due.get(cell, 0), much)
                found.overpaid.append(Overpaid(*cell, month, much, words))
        assert room == 0, family


def _share(
    month: str,
    places: Iterable[int],
    new: Chosen,
    old: Chosen,
    paid: int,
    by_rate: bool,
    found: Found,
) -> None:
    """Give a cell's arrears to its lines: each what it rose by, as far as it goes."""
    for place in places:
        before = old.get(place)
        part = min(new[place].amount - (before.amount if before else 0), paid)
        if part > 0:
            paid -= part
            difference = Difference(month, new[place], before, part, by_rate)
            found.lacking.setdefault(place, []).append(difference)
    assert paid == 0


def _families(*sums: Mapping[Cell, int]) -> Mapping[Cell, set[Cell]]:
    families: defaultdict[Cell, set[Cell]] = defaultdict(set)
    for cell in (cell for one in sums for cell in one):
        families[family_of(cell)].add(cell)
    return families


def family_of(cell: Cell) -> Cell:
    """The name of the family that a cell belongs to; most stand alone."""
    return ("", "allowance") if cell in _ALLOWANCES else cell


def _sums(groups: Sequence[Group], chosen: Chosen) -> defaultdict[Cell, int]:
    sums: defaultdict[Cell, int] = defaultdict(int)
    for place, level in chosen.items():
        sums[_cell(groups[place])] += level.amount
    return sums


def _cell(group: Group) -> Cell:
    return group.programme, group.component
