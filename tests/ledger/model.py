"""What the books should say, in dictionaries: shares nothing with the code it judges.

A few recipes, kinds and rules are told here a second time, by hand, from the tables of
`ledger/README.md`. The model takes one event after the other: it knows which are refused and
why, and what every account and item holds after those that are not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from ledger.chart import Cell

# How far up the path fund, programme, unit, provider an account stands alone; whether a balance
# (credits minus debits) must stay at or above zero (1), at or below (-1), or may lie anywhere (0).
KINDS = {
    "bank": (4, -1),
    "advance": (4, -1),
    "funding": (4, 1),
    "treasury": (4, 1),
    "commitment": (4, 1),
    "transit": (4, 1),
    "payable": (2, 1),
    "suspense": (4, 1),
    "unexplained": (4, -1),
    "expense": (3, 0),
}
ITEMISED = ("payable", "suspense", "unexplained")
RECIPES = {
    "fund_bank": ("bank", "funding"),
    "hand_advance": ("advance", "bank"),
    "accrue": ("expense", "payable"),
    "reverse_accrual": ("payable", "expense"),
    "commit": ("payable", "commitment"),
    "cancel_commitment": ("commitment", "payable"),
    "send": ("commitment", "transit"),
    "settle_bank": ("transit", "bank"),
    "settle_advance": ("transit", "advance"),
    "carry_over": ("transit", "payable"),
    "return_bank": ("bank", "payable"),
    "park_credit": ("bank", "suspense"),
    "send_back": ("suspense", "bank"),
    "park_debit": ("unexplained", "bank"),
    "owe_treasury": ("funding", "treasury"),
    "refund_bank": ("treasury", "bank"),
    "place_credit": ("suspense", "payable"),
    "settle_late": ("payable", "bank"),
}


def _itemised_sides(sides: int) -> list[str]:
    return [one for one, kinds in RECIPES.items() if sum(k in ITEMISED for k in kinds) == sides]


CONTROLS, MANY, PAIRS = (_itemised_sides(sides) for sides in (0, 1, 2))
"""Recipes by how many of their sides have items."""

Place = tuple[str, int]
"""An account's path and an item, 0 where the account has none."""


@dataclass(frozen=True)
class Event:
    """An entry that somebody wants to write; `items` is (item, amount), item 0 for a control.

    `alone`: one amount and at most one item, by `post`.
    """

    key: str
    recipe: str
    cell: Cell
    day: date
    items: tuple[tuple[int, int], ...]
    fiscal_year: int | None = None
    corrects: int | None = None
    alone: bool = False

    @property
    def total(self) -> int:
        return sum(amount for _, amount in self.items)


@dataclass(frozen=True)
class Undo:
    """The wish to reverse an entry, by its id."""

    key: str
    entry_id: int
    day: date


Wish = Event | Undo


@dataclass(frozen=True)
class Entry:
    """An entry of the model: what it moves at every place, credits minus debits."""

    programme: str
    fiscal_year: int
    period: str
    moves: tuple[tuple[Place, int], ...]
    reverses: int | None = None


@dataclass
class Model:
    """Balances by place, entries by id, wishes by key, closed periods, and the cells there are."""

    cells: frozenset[Cell]
    balances: dict[Place, int] = field(default_factory=lambda: defaultdict(int))
    entries: dict[int, Entry] = field(default_factory=dict)
    keys: dict[str, tuple[Wish, int]] = field(default_factory=dict)
    closed: set[tuple[str, str]] = field(default_factory=set)

    def copy(self) -> Model:
        """One to try something on."""
        parts = (self.balances.copy(), dict(self.entries), dict(self.keys), set(self.closed))
        return Model(self.cells, *parts)

    def known(self, wish: Wish) -> int | None:
        """The entry that the key wrote before, whatever its content."""
        return self.keys[wish.key][1] if wish.key in self.keys else None

    def refusals(self, wish: Wish) -> set[str]:
        """The errors one of which the books must give; none: the wish must be granted."""
        if wish.key in self.keys:
            same = self.keys[wish.key][0] == wish
            return set() if same else {"Conflict"} | self._unwritable(wish)
        entry, reasons = self._entry(wish), self._unwritable(wish)
        if not fits(wish.day, entry.fiscal_year):
            reasons.add("Unbalanced")
        periods = (f"{wish.day:%Y-%m}", f"{entry.fiscal_year}-13")
        if any((entry.programme, one) in self.closed for one in periods):
            reasons.add("PeriodClosed")
        if isinstance(wish, Undo) and self._is_undone(wish.entry_id):
            reasons.add("Conflict")
        if not reasons and any(self._overdrawn(place, by) for place, by in entry.moves):
            reasons.add("Overdrawn")
        return reasons

    def write(self, wish: Wish, entry_id: int) -> None:
        """Grant the wish; the books gave it this id."""
        entry = self._entry(wish)
        for place, by in entry.moves:
            self.balances[place] += by
        self.entries[entry_id] = entry
        self.keys[wish.key] = (wish, entry_id)

    def open_items(self, kind: str, cell: Cell) -> dict[int, int]:
        """What an itemised account holds, by item, always above zero."""
        path = path_of(kind, cell)
        found = {place[1]: abs(by) for place, by in self.balances.items() if place[0] == path}
        return {item: by for item, by in found.items() if by}

    def accounts(self) -> dict[str, int]:
        """The balance of every account that has one."""
        sums: defaultdict[str, int] = defaultdict(int)
        for (path, _), by in self.balances.items():
            sums[path] += by
        return {path: by for path, by in sums.items() if by}

    def _entry(self, wish: Wish) -> Entry:
        if isinstance(wish, Undo):
            old = self.entries[wish.entry_id]
            moves = tuple((place, -by) for place, by in old.moves)
            period = period_of(wish.day, wish.day.year)
            return Entry(old.programme, wish.day.year, period, moves, wish.entry_id)
        year = wish.fiscal_year or wish.day.year
        moves = tuple(_moves(wish))
        return Entry(wish.cell.programme, year, period_of(wish.day, year), moves)

    def _unwritable(self, wish: Wish) -> set[str]:
        if isinstance(wish, Undo):
            return set()
        amounts = [*(amount for _, amount in wish.items), wish.total]
        in_range = all(0 < amount <= 10**15 for amount in amounts)
        unknown = {"UnknownAccount"} if wish.cell not in self.cells else set()
        return unknown | (set() if in_range else {"Unbalanced"})

    def _is_undone(self, entry_id: int) -> bool:
        return any(one.reverses == entry_id for one in self.entries.values())

    def _overdrawn(self, place: Place, by: int) -> bool:
        guard = KINDS[place[0].split("/")[0]][1]
        return guard * (self.balances[place] + by) < 0


def drained(recipe: str) -> list[str]:
    """The kinds that a recipe brings nearer to zero: those that may hold too little."""
    sides = zip(RECIPES[recipe], (1, -1), strict=True)
    return [kind for kind, sign in sides if KINDS[kind][1] == sign]


def path_of(kind: str, cell: Cell) -> str:
    """The path of an account."""
    codes = (cell.fund, cell.programme, cell.unit, cell.provider)
    return "/".join((kind, *codes[: KINDS[kind][0]]))


def period_of(day: date, fiscal_year: int) -> str:
    """The period of an entry: January of the year before is its thirteenth month."""
    return f"{day:%Y-%m}" if fiscal_year == day.year else f"{fiscal_year}-13"


def fits(day: date, fiscal_year: int) -> bool:
    """A budget year is that of the date, or in January the one before."""
    return fiscal_year == day.year or (day.month == 1 and fiscal_year == day.year - 1)


def item_places(wish: Wish) -> list[Place]:
    """The places with an item that an event moves; those of a reversal are not told."""
    if isinstance(wish, Undo):
        return []
    return [place for place, _ in _moves(wish) if place[1]]


def _moves(event: Event) -> Iterable[tuple[Place, int]]:
    for kind, sign in zip(RECIPES[event.recipe], (-1, 1), strict=True):
        path = path_of(kind, event.cell)
        if kind in ITEMISED:
            yield from (((path, item), sign * amount) for item, amount in event.items)
        else:
            yield (path, 0), sign * event.total
