"""What may happen to the books, drawn at random: cells, days, entries likely and unlikely."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from ledger.chart import Cell
from tests.ledger.books import MERIT, PENSION
from tests.ledger.model import CONTROLS, MANY, PAIRS, RECIPES, Event, Model, Undo, Wish, drained
from tests.ledger.wishes import FORMS

CELLS = (PENSION, replace(PENSION, provider="bankb"), MERIT)
NOWHERE = replace(PENSION, unit="99999")
DAYS = (date(2026, 10, 5), date(2026, 11, 5), date(2026, 12, 5), date(2027, 1, 20))

ROUND = {
    "fund_bank": 40,
    "hand_advance": 5,
    "accrue": 20,
    "reverse_accrual": 1,
    "commit": 9,
    "cancel_commitment": 1,
    "send": 8,
    "settle_bank": 3,
    "settle_advance": 2,
    "carry_over": 1,
    "return_bank": 1,
    "park_credit": 3,
    "send_back": 1,
    "place_credit": 1,
    "park_debit": 2,
    "settle_late": 1,
    "owe_treasury": 2,
    "refund_bank": 1,
}
"""Every recipe and an amount, in an order in which each finds what it takes."""

cells, days, forms = st.sampled_from(CELLS), st.sampled_from(DAYS), st.sampled_from(FORMS)
item_amounts = st.dictionaries(st.integers(1, 6), st.integers(1, 40), min_size=1, max_size=4)
_moments = st.sampled_from(
    [*((day, None) for day in DAYS), (DAYS[3], 2026), (DAYS[0], 2026), (DAYS[0], 2025)]
)


@st.composite
def events(draw: st.DrawFn) -> Event:
    """An entry by any recipe, its amounts now and then out of range; its key is given later."""
    recipe = draw(st.sampled_from([*CONTROLS, *MANY, *MANY, *PAIRS]))
    alone = recipe not in MANY or draw(st.booleans())
    items = draw(item_amounts)
    if draw(st.integers(0, 9)) == 0:
        items[3] = draw(st.sampled_from([0, -1, 10**15, 10**15 + 1]))
    if alone:
        item, amount = items.popitem()
        items = {0 if recipe in CONTROLS else item: amount}
    day, year = draw(_moments)
    cell = draw(st.sampled_from([*CELLS, *CELLS, NOWHERE]))
    return Event("", recipe, cell, day, tuple(sorted(items.items())), year, alone=alone)


def nearly(wish: Wish) -> list[Wish]:
    """The wish but for one thing each: whoever repeats its key with these wants something else."""
    day = DAYS[wish.day == DAYS[0]]
    if isinstance(wish, Undo):
        return [replace(wish, day=day)]
    shifted = tuple((item + 7 if item else 0, amount) for item, amount in wish.items)
    found: list[Wish] = [
        replace(wish, day=day),
        replace(wish, cell=replace(wish.cell, provider="bankc")),
        replace(wish, corrects=1 if wish.corrects is None else None),
        replace(wish, items=shifted),
    ]
    return [one for one in found if one != wish]


def fitted(model: Model, event: Event) -> Event:
    """The event by a recipe that finds something to take, the rarest so far, and that much."""
    there = {one: _there(model, one, event.cell) for one in RECIPES}
    possible = [one for one, items in there.items() if items is None or items]
    used = Counter(wish.recipe for wish, _ in model.keys.values() if isinstance(wish, Event))
    recipe = min(possible, key=lambda one: (used[one], one != event.recipe))
    item, amount = event.items[0]
    if items := there[recipe]:
        item = item if 0 in items or item in items else min(items)
        amount = min(amount, items.get(item) or items[0])
    item = 0 if recipe in CONTROLS else item or 1
    alone = event.alone or recipe not in MANY
    return replace(event, recipe=recipe, items=((item, amount),), alone=alone)


def _there(model: Model, recipe: str, cell: Cell) -> dict[int, int] | None:
    """What a recipe could take, by item (0: of any item); None where it takes from nothing."""
    found: dict[int, int] | None = None
    for kind in drained(recipe):
        here = model.open_items(kind, cell)
        if found is None or 0 in found:
            most = found[0] if found else max(here.values(), default=0)
            found = {item: min(by, most) for item, by in here.items()}
        else:
            found = {item: min(by, here.get(item, here.get(0, 0))) for item, by in found.items()}
            found = {item: by for item, by in found.items() if by}
    return found
