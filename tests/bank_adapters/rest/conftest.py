"""What the tests of REST providers share: a bank on loopback, a clock that goes by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.rest_bank import RestBank, rest_bank
from tests.support.rest_courier import Ticking


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[RestBank]:
    """A bank that listens while the test runs."""
    with rest_bank(tmp_path) as found:
        yield found


@pytest.fixture
def clock() -> Ticking:
    """A clock of the test's own."""
    return Ticking()
