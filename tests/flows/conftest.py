"""One undisturbed month on SQLite for the whole session, shared by every worker."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from tests.flows.demo import Month, sqlite_month

SMALL, WHOLE = 12, 60


def _shared(factory: pytest.TempPathFactory, people: int) -> Month:
    """The month of this size: made by the first who asks, while the others wait at the lock."""
    base = factory.getbasetemp()
    if base.name.startswith("popen-"):  # a worker of xdist: its parent belongs to all
        base = base.parent
    folder = base / f"month-{people}"
    with Path(f"{folder}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        month = sqlite_month(folder, people)
        if not (folder / "result.json").exists():
            month.make()
    return month


@pytest.fixture(scope="session")
def small_month(tmp_path_factory: pytest.TempPathFactory) -> Month:
    """A month of twelve people on SQLite. Read it, or copy it; never change it."""
    return _shared(tmp_path_factory, SMALL)


@pytest.fixture(scope="session")
def whole_month(tmp_path_factory: pytest.TempPathFactory) -> Month:
    """A month of sixty people on SQLite: for long tests only."""
    return _shared(tmp_path_factory, WHOLE)
