"""What one person is due for a month. Pure: values in, values out, no clock, no database.

The regular part is the level of the month as known when it is paid. Arrears (truy lĩnh)
follow a rate that was published or came into force too late: for every past month in which
the person was entitled, the level now known less the level known then. They are paid once,
in the first month that knows the rate (Circular 44/2022/TT-BTC, art. 15).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from app.benefits.concurrency import choose, pool_of
from app.benefits.groups import Group
from app.benefits.months import month_of, months_between, require_month, shift
from app.benefits.rates import (
    Known,
    Level,
    RateBook,
    individual_level,
    member,
    standing_book,
)
from app.benefits.reasons import Difference, line_in_words
from app.benefits.values import Enrolment, Entitlement

__all__ = ["Enrolment", "Entitlement", "History", "compute", "standing_history"]

_OPEN = "9999-12"
_CACHE_LIMIT = 50_000


@dataclass(frozen=True, slots=True)
class History:
    """What is known beside the person: the rates, the province, and which rises are paid.

    `settled_bases` are decrees whose arrears need no more paying. `opening` is the first
    month these books paid: what was known before it was settled by those who paid before.
    None means the period itself, so that a rise is caught up in its first month and only
    then. One History serves a whole run: it remembers what persons alike are due.
    """

    book: RateBook
    settled_bases: frozenset[str] = frozenset()
    opening: str | None = None
    area: str = ""
    _views: dict[str, _View] = field(default_factory=dict, init=False, compare=False, repr=False)
    _lines: dict[_Key, tuple[_Line, ...]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def view(self, period: str) -> _View:
        """What the payment of `period` knows, worked out once."""
        found = self._views.get(period)
        if found is None:
            found = self._views[period] = _view(self, require_month(period))
        return found


@dataclass(frozen=True, slots=True)
class _View:
    """The rates the payment of `period` knows, and for each past month those known then."""

    period: str
    now: Known
    then: tuple[tuple[str, Known], ...]
    since: str


@dataclass(frozen=True, slots=True)
class _Line:
    """An entitlement without its owner: `place` is the enrolment's place in sorted order."""

    place: int
    programme: str
    component: str
    regular: int
    arrears: int
    arrears_from: str | None
    arrears_to: str | None
    arrears_months: int
    arrears_basis: str | None
    reason: str


# Programme, group, table key, individual amount, start and stop within the window.
_Fact = tuple[str, str, str, int, str, str]
_Key = tuple[str, tuple[_Fact, ...]]


@cache
def standing_history() -> History:
    """The national rates shipped with the service."""
    return History(standing_book())


def compute(
    enrolments: Sequence[Enrolment], period: str, history: History | None = None
) -> list[Entitlement]:
    """Everything ONE person is due when month `period` is paid; never a zero line.

    The order of `enrolments` makes no difference. Raises InputError or NotFound for facts
    that no rule fits.
    """
    history = history or standing_history()
    view = history.view(period)
    facts = sorted((_fact(each, view), each.enrolment_id) for each in enrolments)
    key = period, tuple(fact for fact, _ in facts)
    lines = history._lines.get(key)
    if lines is None:
        lines = _remember(history, key, _lines(key[1], view, history))
    return [_owned(line, facts[line.place][1]) for line in lines]


def _remember(history: History, key: _Key, lines: tuple[_Line, ...]) -> tuple[_Line, ...]:
    if len(history._lines) >= _CACHE_LIMIT:
        history._lines.clear()  # bounded memory; people alike come again at once
    history._lines[key] = lines
    return lines


def _fact(each: Enrolment, view: _View) -> _Fact:
    """The enrolment without its owner, its months clipped to those that matter here."""
    level = -1 if each.individual_amount is None else each.individual_amount
    start = each.start if each.start > view.since else view.since
    stop = _OPEN if each.stop is None or each.stop >= view.period else each.stop
    return each.programme, each.group, each.table_key, level, start, stop


def _owned(line: _Line, enrolment_id: int) -> Entitlement:
    return Entitlement(
        line.programme,
        line.component,
        enrolment_id,
        line.regular,
        line.arrears,
        line.arrears_from,
        line.arrears_to,
        line.arrears_months,
        line.arrears_basis,
        line.reason,
    )


def _view(history: History, period: str) -> _View:
    book = history.book
    now = book.known(period)
    paid_before = book.decrees_known(shift(history.opening or period, -1))
    settled = frozenset(rate for rate in now if rate.decree in history.settled_bases | paid_before)
    fresh = [month_of(rate.effective_from) for rate in now - settled]
    since = min([period, *fresh])
    past = months_between(since, shift(period, -1))
    return _View(period, now, tuple((m, book.known(m) | settled) for m in past), since)


def _lines(facts: tuple[_Fact, ...], view: _View, history: History) -> tuple[_Line, ...]:
    groups = [member(fact[0], fact[1]) for fact in facts]
    regular = _chosen(facts, groups, view.period, view.now, history)
    lacking: dict[int, list[Difference]] = {}
    for month, then in view.then:
        new = _chosen(facts, groups, month, view.now, history)
        old = _chosen(facts, groups, month, then, history)
        for place, difference in _differences(month, groups, new, old):
            lacking.setdefault(place, []).append(difference)
    return tuple(
        _line(place, groups[place], facts[place], regular.get(place), lacking.get(place, []))
        for place in sorted(regular.keys() | lacking.keys())
    )


def _chosen(
    facts: Sequence[_Fact], groups: Sequence[Group], month: str, known: Known, history: History
) -> dict[int, Level]:
    """The lines paid in that month under those rates, concurrency settled."""
    due = {
        place: _level(fact, groups[place], month, known, history)
        for place, fact in enumerate(facts)
        if fact[4] <= month <= fact[5] and groups[place].component != "education"
    }
    return choose(groups, due)


def _level(fact: _Fact, group: Group, month: str, known: Known, history: History) -> Level:
    if group.amount_kind == "individual":
        return individual_level(group, fact[3])
    return history.book.level(group, fact[2], month, known, history.area)


def _differences(
    month: str, groups: Sequence[Group], new: dict[int, Level], old: dict[int, Level]
) -> list[tuple[int, Difference]]:
    """What the month lacks, contest by contest: never more than its total rose, never less
    than 0 (money paid too much is recovered by decision only)."""
    room: dict[str, int] = {}
    for sign, lines in ((1, new), (-1, old)):
        for place, level in lines.items():
            pool = pool_of(groups[place])
            room[pool] = room.get(pool, 0) + sign * level.amount
    found = []
    for place, level in new.items():
        before = old.get(place)
        pool = pool_of(groups[place])
        lack = min(level.amount - (before.amount if before else 0), room[pool])
        if lack > 0:
            room[pool] -= lack
            found.append((place, Difference(month, level, before, lack)))
    return found


def _line(
    place: int, group: Group, fact: _Fact, regular: Level | None, lacking: list[Difference]
) -> _Line:
    ended = fact[5] if fact[5] != _OPEN else None
    return _Line(
        place=place,
        programme=group.programme,
        component=group.component,
        regular=regular.amount if regular else 0,
        arrears=sum(each.paid for each in lacking),
        arrears_from=lacking[0].month if lacking else None,
        arrears_to=lacking[-1].month if lacking else None,
        arrears_months=len(lacking),
        arrears_basis="; ".join(dict.fromkeys(each.decree for each in lacking)) or None,
        reason=line_in_words(regular, ended, lacking),
    )
