"""Who is paid where and how, before anybody has a name: stratified by round robin.

Small populations must still touch every commune, programme and provider, so shares are
not drawn: each next slot goes where the demo is furthest behind its share.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.demo.kinds import ASSISTANCE, MERIT, PENSION
from app.demo.places import Place, apportion, places
from app.reference.banks import TEST_BANK_A, TEST_BANK_B, TEST_BANK_C, TEST_POST_OFFICE

_PROGRAMMES = (PENSION, ASSISTANCE) * 4 + (PENSION, MERIT)
BANK_SHARES = {TEST_BANK_A: 45, TEST_BANK_B: 25, TEST_BANK_C: 15, TEST_POST_OFFICE: 15}
_SMALLEST_CELL_WITH_ALL = 3


@dataclass(frozen=True, slots=True)
class Slot:
    """One person to be made; `bank_bin` is '' for cash."""

    place: Place
    programme: str
    bank_bin: str


class BankRotation:
    """Hands out banks so that their numbers stay at BANK_SHARES."""

    def __init__(self) -> None:
        self._given = dict.fromkeys(BANK_SHARES, 0)

    def take(self, bank_bin: str = "") -> str:
        """The bank furthest behind its share, or the one that is asked for."""
        chosen = bank_bin or min(BANK_SHARES, key=self._filled)
        self._given[chosen] += 1
        return chosen

    def _filled(self, bank_bin: str) -> float:
        return (self._given[bank_bin] + 1) / BANK_SHARES[bank_bin]


def plan(people: int) -> Iterator[Slot]:
    """`people` slots over the communes of the province, commune by commune."""
    banks = BankRotation()
    owed, position = 0.0, 0
    sizes = apportion(people, [place.weight for place in places()])
    for place, size in zip(places(), sizes, strict=True):
        counts = dict.fromkeys((PENSION, ASSISTANCE, MERIT), 0)
        for _ in range(size):
            counts[_PROGRAMMES[position % len(_PROGRAMMES)]] += 1
            position += 1
        for programme, count in counts.items():
            owed += place.account_share * count
            accounts = _account_count(programme, count, owed)
            owed -= accounts
            yield from _cell(place, programme, count, accounts, banks)


def _account_count(programme: str, count: int, owed: float) -> int:
    """Accounts in a cell: what is owed so far, but room for every provider when it fits."""
    wanted = max(0, round(owed))
    if programme != MERIT and count >= _SMALLEST_CELL_WITH_ALL:
        return min(max(wanted, 2), count - 1)
    return min(wanted, count)


def _cell(
    place: Place, programme: str, count: int, accounts: int, banks: BankRotation
) -> Iterator[Slot]:
    # Cash is paid by the post office, so A and B first and all three providers are there.
    first = (TEST_BANK_A, TEST_BANK_B) if accounts >= 2 and programme != MERIT else ()
    for at in range(accounts):
        yield Slot(place, programme, banks.take(first[at] if at < len(first) else ""))
    for _ in range(count - accounts):
        yield Slot(place, programme, "")
