"""An institution of its own for every test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.bank_adapters.sandbox.samples import Sandbox


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Callable[..., Sandbox]]:
    """Opens an institution with a configuration; the same home again is a restart."""
    opened: list[Sandbox] = []

    def open_(**config: Any) -> Sandbox:
        opened.append(Sandbox(tmp_path / "home", **config))
        return opened[-1]

    yield open_
    for one in opened:
        one.close()
