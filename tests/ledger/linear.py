"""Whether a history of many writers at once could have been made by one alone.

Every operation has a moment of its own between its start and its end. The books tell in which
order entries came at each account and item; a clock tells which operations were over before
others began. `accept` looks for one order that agrees with both and in which the model, taking
one operation after the other, gives every answer that was given.

The search needs no going back: first comes what must come before others are over; an answer that
changes nothing (a refusal, a first answer again) is placed at the first state that gives it.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tests.ledger.model import Model, Place, Wish, item_places


@dataclass(frozen=True)
class Operation:
    """What was wanted, when (seconds of one clock), and the answer: an entry, or a refusal."""

    start: float
    end: float
    wish: Wish
    entry_id: int = 0
    is_new: bool = False
    refusal: str = ""


Lines = Mapping[Place, Sequence[tuple[int, int]]]
"""(entry, balance after it) of every place, in the order of the sequence numbers."""


class NotSequentialError(AssertionError):
    """No writer alone could have had these answers."""


def accept(history: Sequence[Operation], lines: Lines, model: Model) -> list[Operation]:
    """The history in an order of one after the other, replayed on `model`.

    `lines` holds the entries of the history only. Raises NotSequentialError.
    """
    return _Search(history, lines, model).run()


class _Search:
    """Nodes 0 to n-1 are the operations; n to 2n-1 their ends, in the order of time.

    An operation comes before its end, an end before the next, the last end before a start
    before that start: so time needs 4n edges, not n squared.
    """

    def __init__(self, history: Sequence[Operation], lines: Lines, model: Model) -> None:
        self._history, self._model = history, model
        self._later: list[list[int]] = [[] for _ in range(2 * len(history))]
        self._balances = {
            (place, entry_id): balance
            for place, all_ in lines.items()
            for entry_id, balance in all_
        }
        self._by_time()
        self._by_books(lines)
        self._missing = [0] * len(self._later)
        for nodes in self._later:
            for node in nodes:
                self._missing[node] += 1
        self._due = self._deadlines()
        self._raced = _raced(history)
        self._ready: list[tuple[float, int]] = []
        self._waiting: list[int] = []
        self._order: list[Operation] = []

    def run(self) -> list[Operation]:
        """The order found."""
        for node, left in enumerate(self._missing):
            if not left:
                self._arrive(node)
        while self._ready or self._waiting:
            given = [node for node in self._waiting if self._is_given(node)]
            for node in given:
                self._waiting.remove(node)
                self._place(node)
            if not given and not self._ready:
                one = self._history[self._waiting[0]]
                raise NotSequentialError(f"an answer fits no moment: {one}")
            if not given:
                self._place(heapq.heappop(self._ready)[1])
        return self._order

    def _arrive(self, node: int) -> None:
        """What had to come before is there: an entry goes by its deadline, an answer waits.

        An end goes at once: it changes nothing, and an answer that waits for it must see every
        state since.
        """
        if node >= len(self._history):
            heapq.heappush(self._ready, (float("-inf"), node))
        elif self._history[node].is_new:
            heapq.heappush(self._ready, (self._due[node], node))
        else:
            self._waiting.append(node)

    def _place(self, node: int) -> None:
        if node < len(self._history):
            if self._history[node].is_new:
                self._write(self._history[node])
            self._order.append(self._history[node])
        for one in self._later[node]:
            self._missing[one] -= 1
            if not self._missing[one]:
                self._arrive(one)

    def _by_time(self) -> None:
        count = len(self._history)
        order = sorted(range(count), key=lambda node: self._history[node].end)
        ends = [self._history[node].end for node in order]
        for rank, node in enumerate(order):
            self._later[node].append(count + rank)
            if rank:
                self._later[count + rank - 1].append(count + rank)
        for node, operation in enumerate(self._history):
            if over := bisect_left(ends, operation.start):
                self._later[count + over - 1].append(node)

    def _by_books(self, lines: Lines) -> None:
        writers = {one.entry_id: node for node, one in enumerate(self._history) if one.is_new}
        for place, all_ in lines.items():
            if any(entry_id not in writers for entry_id, _ in all_):
                raise NotSequentialError(f"nobody wrote what stands at {place}")
            for (one, _), (next_, _) in pairwise(all_):
                self._later[writers[one]].append(writers[next_])
        for node, operation in enumerate(self._history):
            if operation.entry_id and not operation.is_new:
                self._later[writers[operation.entry_id]].append(node)

    def _deadlines(self) -> list[float]:
        """By when a node must have come: the earliest end behind it. Refuses a circle."""
        left = list(self._missing)
        order = [node for node, count in enumerate(left) if not count]
        for node in order:
            for one in self._later[node]:
                left[one] -= 1
                if not left[one]:
                    order.append(one)
        if len(order) < len(left):
            raise NotSequentialError("the order in the books contradicts the order in time")
        due = [one.end for one in self._history] + [float("inf")] * len(self._history)
        for node in reversed(order):
            due[node] = min([due[node], *(due[one] for one in self._later[node])])
        return due

    def _is_given(self, node: int) -> bool:
        """Whether the model would now give this answer, which changes nothing."""
        one = self._history[node]
        if not one.refusal:
            return self._model.known(one.wish) == one.entry_id
        return node in self._raced or one.refusal in self._model.refusals(one.wish)

    def _write(self, one: Operation) -> None:
        if reasons := self._model.refusals(one.wish):
            raise NotSequentialError(f"should have been refused ({reasons}): {one}")
        self._model.write(one.wish, one.entry_id)
        for place, _ in self._model.entries[one.entry_id].moves:
            said = self._balances.get((place, one.entry_id))
            if said != self._model.balances[place]:
                raise NotSequentialError(f"the books say {said} at {place} after {one}")


def _raced(history: Sequence[Operation]) -> set[int]:
    """Conflicts over an item that another operation moved at the same time."""
    moved: defaultdict[Place, list[Operation]] = defaultdict(list)
    for one in history:
        for place in item_places(one.wish) if one.is_new else ():
            moved[place].append(one)
    return {
        node
        for node, one in enumerate(history)
        if one.refusal == "Conflict"
        and any(
            other.start < one.end and one.start < other.end
            for place in item_places(one.wish)
            for other in moved[place]
        )
    }
