"""Which of a person's lines are paid when several would be due. Pure.

- Social assistance pays the highest one; a poor single parent (C4) who is also in groups
  5, 6 or 8 gets both (Decree 20/2021, art. 6.2). Social pension or assistance: the higher
  one, not both (Law 41/2024/QH15, art. 21; Decree 176/2025). Equal: the pension.
- Carer lines (art. 20) stand beside the carer's own allowance; of the lines for a disabled
  person who is pregnant or raises a small child only the highest counts (art. 20.2a).
- Meritorious groups add up; of several lines for a serving carer only the highest counts, of
  survivor shares the two highest; martyrs' relatives stand apart (Ordinance 02/2020, art. 6).
- The same group twice is never paid twice: a number of children or cared-for persons
  stands in the table key of one enrolment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from app.benefits.groups import Group
from app.benefits.rates import Level

# Line number of the person -> what it would be due.
Lines = Mapping[int, Level]

# How many of a contest are paid, where it is not the highest alone.
_AT_ONCE = {"survivor": 2}
_ALLOWANCES = frozenset({"allowance", "beside_parent", "parent"})


def pool_of(group: Group) -> str:
    """The contest a group takes part in; groups that compete share one name."""
    if group.choice in _ALLOWANCES:
        return "allowance"
    return group.code if group.choice == "own" else group.choice


def choose(groups: Sequence[Group], lines: Lines) -> dict[int, Level]:
    """The lines that are paid, among those due something.

    `groups[i]` is the group of line i. The answer depends on amounts first, then on the
    order of the lines, which the caller has sorted.
    """
    pools: dict[str, list[int]] = {}
    for place in _best_of_each_group(groups, lines):
        pools.setdefault(pool_of(groups[place]), []).append(place)
    chosen: list[int] = []
    for pool, places in pools.items():
        if pool == "allowance":
            chosen += _package(groups, lines, places)
        else:
            ranked = sorted(places, key=lambda place: (-lines[place].amount, place))
            chosen += ranked[: _AT_ONCE.get(pool, 1)]
    return {place: lines[place] for place in sorted(chosen)}


def _best_of_each_group(groups: Sequence[Group], lines: Lines) -> Iterable[int]:
    by_group: dict[str, list[int]] = {}
    for place in sorted(lines):
        if lines[place].amount > 0:
            by_group.setdefault(groups[place].code, []).append(place)
    return [_top(lines, places) for places in by_group.values()]


def _package(groups: Sequence[Group], lines: Lines, places: Sequence[int]) -> list[int]:
    packages = [[place] for place in places]
    parents = [place for place in places if groups[place].choice == "parent"]
    beside = [place for place in places if groups[place].choice == "beside_parent"]
    if parents and beside:
        packages.append([_top(lines, parents), _top(lines, beside)])

    def rank(package: list[int]) -> tuple[int, bool]:
        total = sum(lines[place].amount for place in package)
        return total, groups[package[0]].programme == "pension"

    return max(packages, key=rank)


def _top(lines: Lines, places: Sequence[int]) -> int:
    """The highest line; the first of equals."""
    return max(places, key=lambda place: lines[place].amount)
