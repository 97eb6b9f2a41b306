"""The communes of Cao Bằng with what the demo needs: weight, share of accounts, hamlets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from app.reference import areas

PROVINCE = "04"

# Seats of the former districts: bigger, with a bank office near.
_TOWNS = frozenset(
    {"01290", "01321", "01363", "01392", "01438", "01447", "01477"}
    | {"01558", "01576", "01648", "01654", "01726", "01786"}
)
_HAMLETS = (
    "Bản Chang", "Bản Khuông", "Nà Lòa", "Nà Pha", "Nà Cáp", "Lũng Nặm", "Lũng Rì", "Khuổi Đeng",
    "Pác Bó", "Pác Măn", "Cốc Phường", "Cốc Lùng", "Phia Đén", "Thin Tẳng", "Đông Luông",
    "Nà Sao", "Bản Piò", "Khau Mòn", "Lũng Phjắc", "Tổng Chang",
)  # fmt: skip
_WARD_GROUPS = tuple(f"Tổ {number}" for number in range(1, 21))


@dataclass(frozen=True, slots=True)
class Place:
    """A commune of the demo. `weight` and `account_share` are made up."""

    code: str
    name: str
    weight: float
    account_share: float
    is_west: bool
    hamlets: tuple[str, ...]


@cache
def places() -> tuple[Place, ...]:
    """The 56 communes, by code."""
    return tuple(_place(area) for area in areas.communes_of(PROVINCE))


def _place(area: areas.Area) -> Place:
    number = int(area.code)
    is_west = 1290 <= number <= 1360 or 1726 <= number <= 1777
    if area.is_urban:
        return Place(area.code, area.name, 2.6, 0.72, is_west, _WARD_GROUPS)
    if area.code in _TOWNS:
        return Place(area.code, area.name, 1.5, 0.50, is_west, _HAMLETS)
    # Spread by the code, so that every commune has a share of its own, the west the least.
    share = (0.20 if is_west else 0.28) + (number % 7) * 0.02
    return Place(area.code, area.name, 0.75 + (number % 5) * 0.06, share, is_west, _HAMLETS)


def apportion(total: int, weights: Sequence[float]) -> list[int]:
    """`total` shared out by weight, each at least 1 when there are enough (largest remainder)."""
    count = len(weights)
    base = 1 if total >= count else 0
    free = total - base * count
    whole = sum(weights)
    exact = [free * weight / whole for weight in weights]
    shares = [int(part) for part in exact]
    rest = sorted(range(count), key=lambda at: (shares[at] - exact[at], at))
    for at in rest[: free - sum(shares)]:
        shares[at] += 1
    return [base + share for share in shares]
