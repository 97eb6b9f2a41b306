"""Which people have a faulty account in a month: planted, fresh each month."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from app.demo import accounts
from app.demo.people import Person
from app.reference.banks import TEST_BANK_A, TEST_BANK_B, TEST_POST_OFFICE

_SHARE = 0.001
_USUAL = (
    accounts.REJECT_AC01,
    accounts.REJECT_AC04,
    accounts.NAME_MISMATCH,
    accounts.RETURN_AFTER_SETTLEMENT,
)
CALIBRATED = (accounts.REJECT_AC04, accounts.REJECT_AC04, accounts.RETURN_AFTER_SETTLEMENT)
"""The faults of the calibrated month: each is repaired and paid within the month."""


def plant(
    rng: Random, people: Iterable[Person], *, is_first: bool, avoid: frozenset[int]
) -> dict[int, str]:
    """Faults by serial: the usual four about one in a thousand accounts of bank A each.

    The first month has late returns, which come back in the second; the later months
    have at least one of every usual fault. Serials in `avoid` stay sound.
    """
    holders = _holders(people, avoid)
    at_a = holders[TEST_BANK_A]
    share = len(at_a) * _SHARE
    each = int(share) if is_first else max(1, round(share))
    wanted = [fault for fault in _USUAL for _ in range(each)]
    if is_first:
        wanted = [accounts.RETURN_NEXT_MONTH] * max(2, round(share)) + wanted
    found = _assign(rng, at_a, wanted)
    for bank_bin in () if is_first else (TEST_BANK_B, TEST_POST_OFFICE):
        count = 1 + (len(holders[bank_bin]) > 2 / _SHARE)
        found |= _assign(rng, holders[bank_bin], [accounts.REJECT_AC04] * count)
    return found


def plant_calibrated(rng: Random, people: Iterable[Person]) -> dict[int, str]:
    """The three faults of the calibrated month, at bank A."""
    return _assign(rng, _holders(people, frozenset())[TEST_BANK_A], list(CALIBRATED))


def _holders(people: Iterable[Person], avoid: frozenset[int]) -> dict[str, list[Person]]:
    holders: dict[str, list[Person]] = {
        bank_bin: [] for bank_bin in (TEST_BANK_A, TEST_BANK_B, TEST_POST_OFFICE)
    }
    for person in people:
        if person.bank_bin in holders and not person.event and person.serial not in avoid:
            holders[person.bank_bin].append(person)
    return holders


def _assign(rng: Random, holders: list[Person], wanted: list[str]) -> dict[int, str]:
    chosen = rng.sample(holders, min(len(wanted), len(holders)))
    return {person.serial: fault for person, fault in zip(chosen, wanted, strict=False)}
