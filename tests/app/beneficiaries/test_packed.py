"""Rows kept packed: all of them, in their order, and whole by the piece only."""

from __future__ import annotations

import pickle
import tracemalloc
from collections.abc import Callable

from app.beneficiaries.packed import PIECE, Packed
from tests.factories import row

ROWS = [row(number) for number in range(1, 10 * PIECE + 2)]


def test_what_comes_out_is_what_went_in() -> None:
    kept = Packed(ROWS)
    assert (len(kept), [*kept], [*kept]) == (len(ROWS), ROWS, ROWS)
    assert ROWS[-1] in kept
    assert row(0) not in kept
    assert ([*Packed([])], len(Packed([]))) == ([], 0)


def test_it_goes_to_another_process() -> None:
    kept = pickle.dumps(Packed(ROWS))
    assert [*pickle.loads(kept)] == ROWS  # noqa: S301 - our own
    assert len(kept) < 100 * len(ROWS)


def test_going_through_them_needs_the_memory_of_a_piece() -> None:
    kept = Packed(ROWS)
    through, whole = _peak(lambda: [None for _ in kept]), _peak(lambda: [*kept])
    assert through < whole / 3


def _peak(work: Callable[[], object]) -> int:
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak
