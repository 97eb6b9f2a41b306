"""Which groups the demo's people belong to, how often, and at what age."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

PENSION, ASSISTANCE, MERIT = "pension", "assistance", "merit"


@dataclass(frozen=True, slots=True)
class Kind:
    """A group of the law in the demo.

    Ages in years at the first month, `ages` (from, below); the allowance cannot have begun
    before `from_age`. `keys` are table keys to draw from, `male` the share of men.
    """

    programme: str
    group: str
    weight: float
    ages: tuple[float, float]
    from_age: float = 0
    keys: tuple[str, ...] = ("",)
    male: float = 0.5


def _war_invalid_keys() -> tuple[str, ...]:
    """Degrees 21-65 %, the low ones more often."""
    return tuple(str(degree) for degree in range(21, 66) for _ in range(1 + (66 - degree) // 12))


# Shares are made up; pension, disability and single parents follow the national split.
KINDS: tuple[Kind, ...] = (
    Kind(PENSION, "P1", 92, (75.2, 98), 75, male=0.42),
    Kind(PENSION, "P2", 8, (70.2, 73.5), 70, male=0.45),
    Kind(ASSISTANCE, "C6c", 34, (18, 58), 16),
    Kind(ASSISTANCE, "C6d", 11, (60.5, 74), 60),
    Kind(ASSISTANCE, "C6d", 7, (2, 14)),
    Kind(ASSISTANCE, "C6a", 13, (18, 58), 16),
    Kind(ASSISTANCE, "C6b", 6, (60.5, 74), 60),
    Kind(ASSISTANCE, "C6b", 5, (2, 14)),
    Kind(ASSISTANCE, "C4", 8, (24, 48), 20, ("1", "1", "1", "2", "2", "3"), 0.12),
    Kind(ASSISTANCE, "C1a", 1, (0.4, 2.5)),
    Kind(ASSISTANCE, "C1b", 4, (4.2, 14), 4),
    Kind(ASSISTANCE, "C2", 1, (16.2, 20.5), 16),
    Kind(ASSISTANCE, "C3a", 0.2, (0.8, 2.5)),
    Kind(ASSISTANCE, "C3b", 0.4, (4.2, 14), 4),
    Kind(ASSISTANCE, "C5a1", 2.5, (60.5, 78), 60),
    Kind(ASSISTANCE, "C5a2", 1.5, (80.2, 95), 80),
    Kind(ASSISTANCE, "C5d", 0.5, (65, 85), 60),
    Kind(ASSISTANCE, "C7", 2.5, (0.4, 1.8)),
    Kind(ASSISTANCE, "C8", 1, (25, 55), 20),
    Kind(ASSISTANCE, "K4", 5, (30, 60), 25, ("1",), 0.3),
    Kind(MERIT, "MTB", 42, (50, 80), 30, _war_invalid_keys(), 0.93),
    Kind(MERIT, "MBB", 10, (60, 80), 40, ("41-50", "41-50", "51-60", "61-70"), 0.95),
    Kind(MERIT, "MCDHH", 12, (66, 82), 45, ("21-40", "41-60", "41-60", "61-80"), 0.9),
    Kind(MERIT, "MCDHHC", 6, (28, 50), 16, ("61-80", "61-80", "81-100")),
    Kind(MERIT, "MTNLS", 13, (62, 95), 50, ("1",) * 11 + ("2",), 0.3),
    Kind(MERIT, "MTD", 3, (80, 93), 60, male=0.8),
    Kind(MERIT, "MGDCM", 3, (82, 95), 60, ("khang-chien",)),
    Kind(MERIT, "MTTB", 8, (62, 88), 55, male=0.15),
    Kind(MERIT, "MBMAH", 0.3, (88, 98), 70, male=0),
    Kind(MERIT, "MQ142", 2, (68, 80), 50, ("2116000", "2213000", "2310000"), 0.9),
    Kind(MERIT, "MQ62", 1, (60, 72), 45, ("2116000", "2213000"), 0.95),
)

SECOND = {
    "C4": Kind(ASSISTANCE, "C6c", 0, (24, 48), 20),
    "MTB": Kind(MERIT, "MTNLS", 0, (50, 80), 40, ("1",)),
}
"""What a person of that group may receive besides (the law lets both be paid)."""
SECOND_SHARE = 0.06


def _expand(programme: str) -> tuple[Kind, ...]:
    return tuple(
        kind for kind in KINDS if kind.programme == programme for _ in range(int(kind.weight * 10))
    )


_EXPANDED = {programme: _expand(programme) for programme in (PENSION, ASSISTANCE, MERIT)}


def draw_kind(rng: Random, programme: str) -> Kind:
    """A group of the programme, by weight."""
    pool = _EXPANDED[programme]
    return pool[int(rng.random() * len(pool))]
