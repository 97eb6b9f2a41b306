"""The bench of pages at a tiny size: a province that is multiplied holds together and is asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.disbursement.proofs import prove_everything
from app.web.site import EXTENSION
from benchmarks.web.examples import examples
from benchmarks.web.multiplied import multiply
from benchmarks.web.pages import Asking, every_page
from tests.app.indicators.months import september_paid
from tests.app.web.serving import serve, signed_in
from tests.factories import House
from tests.support.mould import Mould

TIMES = 3
GROWS = ("person", "obligation", "payroll_line", "instruction", "outcome", "destination")


@pytest.fixture
def house(mould: Mould, tmp_path: Path) -> Iterator[House]:
    """The province is made in a SQLite file; PostgreSQL is given its rows."""
    made = mould.on_sqlite(september_paid, tmp_path)
    yield made
    made.close()


@pytest.fixture
def application(house: House) -> Iterator[Flask]:
    served = serve(house)
    yield served
    served.extensions[EXTENSION].database.close()


def counted(house: House) -> dict[str, int]:
    return {name: house.rows(f"select count(*) from {name}")[0][0] for name in GROWS}


def test_a_multiplied_province_adds_up(house: House, application: Flask) -> None:
    before = counted(house)
    with house.owner.engine.begin() as connection:
        multiply(connection, TIMES)
    assert counted(house) == {name: TIMES * count for name, count in before.items()}
    assert house.rows("pragma foreign_key_check") == []
    with house.database.view() as session:
        proofs = {one.name: one.ok for one in prove_everything(session)}
    assert proofs["commitment and in transit = open instructions"]
    with house.database.view() as session:
        given = examples(session)
    browsers = {"releaser": signed_in(application, "finance.one")}
    asking = Asking(application.extensions[EXTENSION].database, 1)
    asked = list(every_page(asking, application, browsers, given, "2026-09", "/funds"))
    assert {one.status for one in asked} == {200}
    assert all(one.statements and one.walls and one.cpus for one in asked)
