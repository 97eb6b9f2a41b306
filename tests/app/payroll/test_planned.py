"""What PostgreSQL must know before a month's lines are put together."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.factories import SEPTEMBER, House, row
from tests.support.mould import Mould
from tests.support.postgres import PostgresServer


def _registered(house: House) -> None:
    house.register(SEPTEMBER, row(1), row(2))


@pytest.mark.postgres
def test_contracts_are_counted_though_they_are_few(
    mould: Mould, tmp_path: Path, postgres: PostgresServer
) -> None:
    """Its daemon passes tables of fewer than fifty changes over. Then 10,000 accounts were compared
    with 10,000 obligations one by one, for more than nine minutes."""
    house = mould.on_postgresql(_registered, tmp_path, postgres)
    house.approve_month(SEPTEMBER)
    counted = "select relname from pg_class where reltuples > 0 and relname in ('{}')"
    names = {"payroll", "contract", "contract_route"}
    known = {row[0] for row in house.rows(counted.format("', '".join(names)))}
    house.close()
    assert known == names
