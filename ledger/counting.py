"""Which lines of the journal a figure of a cell is made of: said once, to add it up and to show it.

A figure is a sum of `Lines`: what some recipes moved on some kinds of account before, within or up
to the end of a span of days, the debits or the credits counting as more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, union_all

from ledger.tables import entry

DEBIT, CREDIT = 1, -1
"""Which side adds to the figure; the other takes from it."""


class Days(Enum):
    """Entries of which days count: before the span, within it, or all up to its end."""

    BEFORE = "before"
    WITHIN = "within"
    UPTO = "upto"


@dataclass(frozen=True, slots=True)
class Proven:
    """The entries that somebody else names: those `posted`, and what undid those `undone`.

    Both are SELECTs of ids of entries. With each goes what was posted `beside` it: by one of these
    recipes, under its key and the recipe's name.
    """

    posted: Select[Any]
    undone: Select[Any]
    beside: tuple[str, ...] = ()

    def holds(self) -> ColumnElement[bool]:
        """Whether an entry is one of them."""
        gone = self._with_beside(self.undone)
        wrong = entry.alias("wrong")
        by_part = select(wrong.c.id).where(wrong.c.id.in_(gone), wrong.c.kind == entry.c.kind)
        return or_(
            entry.c.id.in_(self._with_beside(self.posted)),
            entry.c.reverses_id.in_(gone),
            # What is right is posted with the same mark, by another recipe.
            and_(entry.c.corrects_id.is_not(None), by_part.where(
                wrong.c.id == entry.c.corrects_id).exists()),
        )  # fmt: skip

    def _with_beside(self, chosen: Select[Any]) -> Any:
        one, other = entry.alias("one"), entry.alias("other")
        found = [
            select(other.c.id)
            .join(one, other.c.key == one.c.key + f":{name}")
            .where(one.c.id.in_(chosen))
            for name in self.beside
        ]
        return union_all(chosen, *found) if found else chosen


@dataclass(frozen=True, slots=True)
class Lines:
    """What `recipes` (none for every one) moved on accounts of `kinds`; `proven` narrows it."""

    kinds: tuple[str, ...]
    recipes: tuple[str, ...] = ()
    adds: int = DEBIT
    days: Days = Days.WITHIN
    proven: Proven | None = None

    def count(self, days: Days, kind: str, recipe: str) -> bool:
        """Whether a movement of these days counts; a balance is of no one recipe."""
        of_recipe = not self.recipes or recipe in self.recipes
        return self.days is days and kind in self.kinds and of_recipe


Terms = Mapping[str, tuple[Lines, ...]]


def counted(
    terms: Terms, days: Days, kind: str, moved: int, recipe: str = ""
) -> Iterator[tuple[str, int]]:
    """(term, đồng) of every term to which a movement or a balance of an account counts; `moved` is
    debits minus credits."""
    for name, parts in terms.items():
        for one in parts:
            if one.count(days, kind, recipe):
                yield name, one.adds * moved


def add_up(figures: object, terms: Iterable[tuple[str, int]]) -> None:
    """Add each amount to the figure that is called like its term."""
    for name, amount in terms:
        setattr(figures, name, getattr(figures, name) + amount)
