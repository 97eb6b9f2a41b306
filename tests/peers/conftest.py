"""A house with a bank that remembers nothing at the other end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.factories import House
from tests.peers.forgetful import World, forgetful_world


@pytest.fixture
def world(house: House) -> Iterator[World]:
    """The house at the test's stage, and the bank, over real SFTP."""
    with forgetful_world(house, house.home) as made:
        yield made
