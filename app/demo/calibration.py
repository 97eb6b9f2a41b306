"""The month of May 2025, calibrated so that our own rate comes out as the published one.

Published for Cao Bằng on 14 May 2025: 1,017 persons paid by account, a rate of 80.75 %,
over 3.32 billion VND. The publication does not say what the rate divides; no whole number
N gives 1,017/N = 80.75 %. Here it is read as a rate by amount. Which people make these
sums is made up: an input, found by a small search that is the same for the same seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import combinations_with_replacement
from random import Random

from app.benefits import rates
from app.benefits.groups import group
from app.demo.kinds import ASSISTANCE, KINDS, MERIT, Kind, draw_kind
from app.demo.people import Maker, Person
from app.demo.places import apportion, places
from app.demo.plan import BankRotation

CREDITED_PERSONS = 1017
CASH_PERSONS = 420
TOTAL_VND = 3_321_500_000
CREDITED_VND = 2_682_111_250
"""80.75 % of the total."""

_SEARCHED = 3
_STEERED = 40
_MOST_OFF_VND = 50_000  # the rate stays 80.75 % within about 200,000 VND


class NotCalibrated(Exception):
    """The search found no people with these sums: the rate table has changed."""


def people(rng: Random, maker: Maker, period: str) -> Iterator[Person]:
    """The persons paid by account, then those in cash, spread over the communes."""
    by_account = _fill(rng, CREDITED_PERSONS, CREDITED_VND, period)
    by_cash = _fill(rng, CASH_PERSONS, TOTAL_VND - CREDITED_VND, period)
    banks = BankRotation()
    yield from _settle(maker, by_account, lambda: banks.take())
    yield from _settle(maker, by_cash, lambda: "")


def _settle(maker: Maker, kinds: list[Kind], bank: Callable[[], str]) -> Iterator[Person]:
    sizes = apportion(len(kinds), [place.weight for place in places()])
    left = iter(kinds)
    for place, size in zip(places(), sizes, strict=True):
        for _ in range(size):
            kind = next(left)
            yield maker.make(place, kind.programme, bank(), kind)


@cache
def monthly_amount(programme: str, code: str, table_key: str, period: str) -> int:
    """VND of one group and table key in that month."""
    individual = int(table_key) if group(code).amount_kind == "individual" else None
    return rates.amount(programme, code, table_key, period, period, individual_amount=individual)


def _amount(kind: Kind, period: str) -> int:
    return monthly_amount(kind.programme, kind.group, kind.keys[0], period)


def _fill(rng: Random, count: int, target: int, period: str) -> list[Kind]:
    """`count` kinds with one key each whose amounts add up to `target`, nearly."""
    found: list[Kind] = []
    left = target
    while len(found) < count - _SEARCHED:
        needed = left // (count - len(found))
        # The last few steer to the sum; all others are drawn by chance.
        is_near_end = len(found) >= count - _STEERED
        kind = _nearest(needed, period) if is_near_end else _drawn(rng, needed, period)
        found.append(kind)
        left -= _amount(kind, period)
    last = _best_few(left, period)
    off = left - sum(_amount(kind, period) for kind in last)
    if abs(off) > _MOST_OFF_VND:
        raise NotCalibrated(f"{off} VND beside the sum of {target} VND")
    found += last
    rng.shuffle(found)
    return found


def _drawn(rng: Random, needed: int, period: str) -> Kind:
    """A kind by chance, merit the likelier the more money each remaining person needs."""
    low, high = _mean(ASSISTANCE, period), _mean(MERIT, period)
    is_merit = rng.random() < (needed - low) / (high - low)
    kind = draw_kind(rng, MERIT if is_merit else ASSISTANCE)
    return _with_key(kind, kind.keys[int(rng.random() * len(kind.keys))])


def _nearest(needed: int, period: str) -> Kind:
    return min(_palette(), key=lambda kind: abs(needed - _amount(kind, period)))


@cache
def _palette() -> tuple[Kind, ...]:
    """Every kind of the month with every one of its keys."""
    return tuple(
        _with_key(kind, key)
        for kind in KINDS
        if kind.programme in (ASSISTANCE, MERIT)
        for key in dict.fromkeys(kind.keys)
    )


def _with_key(kind: Kind, key: str) -> Kind:
    return Kind(kind.programme, kind.group, 0, kind.ages, kind.from_age, (key,), kind.male)


@cache
def _mean(programme: str, period: str) -> float:
    total = weights = 0.0
    for kind in KINDS:
        if kind.programme == programme:
            each = sum(_amount(_with_key(kind, key), period) for key in kind.keys)
            total += kind.weight * each / len(kind.keys)
            weights += kind.weight
    return total / weights


def _best_few(left: int, period: str) -> list[Kind]:
    """The kinds whose amounts together come nearest to what is left."""
    by_amount = {_amount(kind, period): kind for kind in _palette()}
    sums = combinations_with_replacement(sorted(by_amount), _SEARCHED)
    best = min(sums, key=lambda amounts: abs(left - sum(amounts)))
    return [by_amount[amount] for amount in best]
