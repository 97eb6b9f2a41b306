"""Frauds of ten patterns among honest people who look alike: what the rules find, and whom else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.db import Database
from app.demo.doubted.crowd import PERIOD
from app.demo.doubted.frauds import seeded
from app.demo.doubted.register import write
from app.demo.doubted.score import Score, score
from app.doubles.finding import find
from app.migrations.upgrade import upgrade
from app.privacy import Keyring
from tests.factories import KEY, START


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty one, upgraded."""
    opened = Database(database_url, owner=True)
    upgrade(opened.engine)
    yield opened
    opened.close()


def scored(database: Database, people: int, frauds: int) -> Score:
    """How the rules do on that many people."""
    keyring, crowd = Keyring(KEY), seeded(people, frauds)
    write(database, keyring, crowd, START)
    with database.unit_of_work() as session:
        find(session, keyring, PERIOD, "test", START)
    with database.view() as session:
        return score(session, keyring, crowd)


def judge(found: Score, part: int) -> None:
    print(found.told())
    assert [row[1] for row in found.rows] == [part] * 10
    assert found.exact_blocked == 1
    assert found.near_found >= 0.95
    assert found.false_share <= 0.01
    assert found.honest_held == 0


@pytest.mark.long_on_postgresql
def test_five_thousand_people_and_fifty_frauds(database: Database) -> None:
    judge(scored(database, 5_000, 50), 5)


@pytest.mark.long
def test_a_hundred_thousand_people_and_a_thousand_frauds(database: Database) -> None:
    judge(scored(database, 100_000, 1_000), 100)
