"""What may become of a person, and how news of it may come: drawn for properties of two times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from hypothesis import strategies as st
from sqlalchemy import select

from app.benefits.tables import arrears_grant, obligation, overpayment
from app.months import months_between
from tests.factories import House, set_up
from tests.support.mould import Mould

LISTS = months_between("2026-09", "2027-02")
LAST = len(LISTS) - 2  # every word is said before the last list
LEVEL = {"P1": 540_000, "C6c": 810_000, "C6d": 1_080_000}
"""VND a month by the rates known in the end: those of July 2026 on."""


class Story(NamedTuple):
    """What becomes of one person; a slot is the time just before the list of that number.

    `dies` is a month's number; a death that is told falsely is refuted or taken back. `by_list`,
    `by_event`, `by_register` are the slots in which each tells of it, None where it never does.
    `ruled` says when an officer decides upon the register's word; lists that `drops` leave the dead
    out. `paused` and `lifted`, `betters` and `told_better` (another degree of disability), `moves`,
    `moved_on` and `new_hears`: when it is so, and when it is said. `double` is the slot in which a
    second row of the same person, on the same lists, is merged.
    """

    group: str = "P1"
    dies: int | None = None
    is_true: bool = True
    by_list: int | None = None
    by_event: int | None = None
    by_register: int | None = None
    ruled: int = LAST
    drops: bool = False
    joins: int = 0
    paused: int | None = None
    lifted: int = LAST
    betters: int | None = None
    told_better: int = LAST
    moves: int | None = None
    moved_on: int = LAST
    new_hears: int = LAST
    double: int | None = None

    @property
    def died(self) -> str:
        return LISTS[self.dies or 0]

    def due(self, month: str, is_better: bool) -> int:
        """VND for a month by the truth; `is_better` where the other degree was decided upon."""
        if self.dies is not None and self.is_true and month > self.died:
            return 0
        if is_better and self.betters is not None and month >= LISTS[self.betters]:
            return LEVEL["C6d"]
        return LEVEL[self.group]


BYSTANDER = Story()
"""Somebody who is on every list: of the months before its first list a house owes nothing but what
a decree makes good, since another system listed them."""


@st.composite
def stories(draw: st.DrawFn) -> Story:
    told: dict[str, Any] = {"group": draw(st.sampled_from(["P1", "C6c"]))}
    told["joins"] = draw(st.sampled_from([0, 0, 0, 1, 2, 3]))
    kinds = st.sampled_from(["death", "pause", "better", "move", "double"])
    what = draw(st.sets(kinds, max_size=3))
    for kind, drawn in (("death", _drawn_death), ("move", _drawn_move), ("better", _drawn_better),
                        ("pause", _drawn_pause)):  # fmt: skip
        if kind in what:
            told |= drawn(draw, told)
    if "double" in what:
        told["double"] = draw(_slot(told["joins"] + 1))
    if not told.get("is_true", True) and {"betters", "moves"} & told.keys():
        told["by_list"] = None
    return Story(**told)


def _slot(first: int) -> st.SearchStrategy[int]:
    return st.integers(first, LAST)


def _drawn_death(draw: st.DrawFn, told: dict[str, Any]) -> dict[str, Any]:
    dies = draw(st.integers(0, LAST - 1))
    told = {"is_true": draw(st.booleans()), "drops": draw(st.booleans()), "joins": told["joins"]}
    first = max(dies, told["joins"]) + 1
    sources = st.sampled_from(["by_list", "by_event", "by_register"])
    told |= {name: draw(_slot(first)) for name in draw(st.sets(sources, min_size=1))}
    return told | {"dies": dies, "ruled": draw(_slot(told.get("by_register", LAST)))}


def _drawn_move(draw: st.DrawFn, told: dict[str, Any]) -> dict[str, Any]:
    """Nobody moves after he died."""
    moves = draw(st.integers(0, min(LAST - 1, told.get("dies", LAST))))
    moved_on = draw(_slot(max(moves, told["joins"]) + 1))
    new_hears = draw(st.integers(moved_on, LAST + 1))
    return {"moves": moves, "moved_on": moved_on, "new_hears": new_hears}


def _drawn_better(draw: st.DrawFn, told: dict[str, Any]) -> dict[str, Any]:
    """Only the severely disabled; the commune where he lives decides, before any move."""
    betters = draw(st.integers(1, LAST))
    said = draw(_slot(max(betters, told["joins"] + 1)))
    is_old = told["group"] != "C6c" or said >= told.get("moved_on", LAST + 1)
    return {} if is_old else {"betters": betters, "told_better": said}


def _drawn_pause(draw: st.DrawFn, told: dict[str, Any]) -> dict[str, Any]:
    """Registers of others are asked about those who are paid."""
    if "by_register" in told:
        return {}
    paused = draw(_slot(told["joins"] + 1))
    return {"paused": paused, "lifted": draw(_slot(paused))}


@contextmanager
def fresh(mould: Mould) -> Iterator[House]:
    """The small province on SQLite, empty and for one example only."""
    with TemporaryDirectory() as folder:
        made = mould.on_sqlite(set_up, Path(folder))
        yield made
        made.close()


def granted_by_month(house: House) -> Counter[tuple[int, str]]:
    """(person, month) to what was granted for it, less what was found to be too much."""
    paid: Counter[tuple[int, str]] = Counter()
    o, a, f = obligation.c, arrears_grant.c, overpayment.c
    for who, month, regular in house.rows(select(o.person_id, o.period, o.regular)):
        paid[who, month] += regular
    grants = select(a.person_id, a.first_period, a.last_period, a.monthly)
    for who, first, last, monthly in house.rows(grants):
        for month in months_between(first, last):
            paid[who, month] += monthly
    found = select(f.person_id, f.programme, f.component, f.month, f.amount).order_by(f.period)
    newest = {tuple(one[:4]): one[4] for one in house.rows(found)}
    for (who, _, _, month), amount in newest.items():
        paid[who, month] -= amount
    return paid
