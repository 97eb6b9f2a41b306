"""Work on the next thing while the one before is dealt with: what is made ahead waits for its turn.

Things are given in their order, and what fails does so in its own turn.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import TypeVar

Thing = TypeVar("Thing")
Made = TypeVar("Made")


@contextmanager
def ahead(
    make: Callable[[Thing], Made], things: Iterable[Thing]
) -> Iterator[Iterator[tuple[Thing, Callable[[], Made]]]]:
    """Each thing with what gives what was made of it, or raises what its making raised.

    One thread beside the caller's makes one thing ahead, so that the database and this process work
    at the same time. Whoever leaves the block in between waits for that one.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as beside:
        yield _made(beside, make, things, 1)


def side_by_side(
    make: Callable[[Thing], Made], things: Iterable[Thing], many: bool
) -> Iterator[Made]:
    """What `make` gives of each thing, in their order; of many things by processes of their own.

    As many as there are cores, each a thing ahead: `make` and what it takes and gives go from one
    to the other. They are started anew, and know nothing of this one's connections and threads.
    """
    if not many:
        yield from map(make, things)
        return
    cores = os.cpu_count() or 1
    with ProcessPoolExecutor(cores, get_context("spawn"), _end_with_parent) as beside:
        for _, made in _made(beside, make, things, 2 * cores):
            yield made()


def abreast(work: Callable[[Thing], Made], things: Iterable[Thing], at_once: int) -> Iterator[Made]:
    """What `work` gives of each thing, in their order; so many at once, by threads.

    `work` is a unit of work of its own, and needs nothing of the others. While the database is at
    one, this process is at another. What one raises is raised in its turn; those behind it that
    have begun end first, no further one begins.
    """
    if at_once == 1:
        yield from map(work, things)
        return
    with ThreadPoolExecutor(at_once, thread_name_prefix="abreast") as crew:
        try:
            for _, made in _made(crew, work, things, at_once):
                yield made()
        finally:
            crew.shutdown(cancel_futures=True)


def _made(
    beside: Executor, make: Callable[[Thing], Made], things: Iterable[Thing], most: int
) -> Iterator[tuple[Thing, Callable[[], Made]]]:
    waiting: deque[tuple[Thing, Callable[[], Made]]] = deque()
    for thing in things:
        waiting.append((thing, beside.submit(make, thing).result))
        if len(waiting) > most:
            yield waiting.popleft()
    yield from waiting


def _end_with_parent() -> None:
    """Else whoever is killed leaves them waiting for ever."""
    Thread(target=_ending, daemon=True).start()


def _ending() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(1)
