"""What may be published: no cell from which fewer than five persons could be read.

The rule, applied to each breakdown and figure of persons or lines:

1. A figure is withheld where its numerator, its denominator or their difference is 1 to 4.
2. So is one that, beside the figures of the same row published before it, gives such a
   difference between two counts of which one contains the other (R1 and R1b tell the unpaid).
3. A figure of đồng is withheld with the figure of persons or lines whose people it is about.
4. Where the withheld rows of a group that is published as a sum are only one, or would tell of a
   few together, the smallest row left is withheld too, until that is over: else the sum less the
   rows shown would tell. What the groups are: `open_data`.

Nought is shown: that nobody, or everybody, of five and more is paid in cash is no secret of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from app.indicators.measures import SIDES

LEAST = 5
_CONTAINS = (
    *(("listed", one) for one in ("paid", "usable", "own", "cashless", "mixed", "vneid")),
    *(("paid", one) for one in ("cashless", "mixed", "vneid")),
    ("usable", "own"),
    *(("lines", one) for one in ("paid_lines", "unpaid", "sent", "sent_ok", "on_time")),
    *(("paid_lines", one) for one in ("on_time", "sent_ok")),
    *(("unpaid", one) for one in ("age_one", "age_two", "age_more")),
    *(("sent", one) for one in ("sent_ok", "first", "returned")),
    ("sent_ok", "first"),
)
_GOES_WITH: Mapping[str, str] = {
    "R2": "R1",
    "R2b": "R1b",
    "R4v": "R4",
    "R4fv": "R4f",
}


Sides = Mapping[str, tuple[str, str]]
"""Code to numerator and denominator, as attributes of what was counted."""
Contained = Sequence[tuple[str, str]]


def published(
    tallies: Mapping[str, Any],
    group: Callable[[str, str], str] = lambda value, code: "",
    sides: Sides = SIDES,
    contains: Contained = _CONTAINS,
) -> dict[str, frozenset[str]]:
    """The codes that may be shown of each value of a breakdown.

    `group` names the published sum that a value belongs to, for each code. `sides` are the figures
    of what was counted, `contains` the counts that contain one another.
    """
    shown = {value: alone(tally, sides, contains) for value, tally in tallies.items()}
    for code in (one for one in sides if one not in _GOES_WITH):
        for members in _groups(tallies, group, code).values():
            for value in _beside(sides[code], code, members, shown):
                shown[value] = shown[value] - {code}
    return {value: _with_amounts(codes) for value, codes in shown.items()}


def alone(tally: Any, sides: Sides = SIDES, contains: Contained = _CONTAINS) -> frozenset[str]:
    """Rules 1 and 2 for one row, in the order of the definitions."""
    shown: set[str] = set()
    names: set[str] = set()
    for code, pair in sides.items():
        known = names | set(pair)
        if code not in _GOES_WITH and not _tells(tally, known, set(pair), contains):
            shown.add(code)
            names.update(pair)
    return frozenset(shown)


def _tells(tally: Any, names: set[str], fresh: set[str], contains: Contained) -> bool:
    """Whether a count of 1 to 4 could be read off these counts."""
    single = (getattr(tally, name) for name in fresh)
    gaps = (
        getattr(tally, whole) - getattr(tally, part)
        for whole, part in contains
        if whole in names and part in names
    )
    return any(0 < one < LEAST for one in (*single, *gaps))


def _groups(
    tallies: Mapping[str, Any], group: Callable[[str, str], str], code: str
) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for value, tally in tallies.items():
        found.setdefault(group(value, code), {})[value] = tally
    return found


def _beside(
    pair: tuple[str, str],
    code: str,
    members: Mapping[str, Any],
    shown: Mapping[str, frozenset[str]],
) -> list[str]:
    """Rule 4: the rows of a group to be withheld besides, smallest first."""
    whole = pair[1]
    hidden = [one for value, one in members.items() if code not in shown[value]]
    left = sorted(
        (value for value in members if code in shown[value]),
        key=lambda value: (getattr(members[value], whole), value),
    )
    also: list[str] = []
    while hidden and left and _can_be_told(pair, hidden):
        also.append(left.pop(0))
        hidden.append(members[also[-1]])
    return also


def _can_be_told(pair: tuple[str, str], hidden: Iterable[Any]) -> bool:
    """Whether the sum of the withheld rows, which anybody can compute, tells of a few."""
    rows = list(hidden)
    n, d = (sum(getattr(one, name) for one in rows) for name in pair)
    return len(rows) < 2 or any(0 < one < LEAST for one in (n, d, d - n))


def _with_amounts(codes: frozenset[str]) -> frozenset[str]:
    """Rule 3."""
    return codes | {code for code, with_ in _GOES_WITH.items() if with_ in codes}
