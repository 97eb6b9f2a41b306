"""Money before anything is released: need, requests and what is promised, in one table."""

from __future__ import annotations

import pytest

from app.disbursement.figures import Figures, figures, total
from app.errors import Refused
from app.jobs.payrolls import open_differences
from tests.factories import (
    COMMUNE,
    OCTOBER,
    PENSION,
    SEPTEMBER,
    House,
    in_cash,
    row,
    september_listed,
)


def of(house: House, period: str = SEPTEMBER) -> Figures:
    with house.database.view() as session:
        (found,) = [one for one in figures(session, period, COMMUNE) if one.listed]
        assert total([found, found]).listed == 2 * found.listed
    return found


def approve(house: House, ids: list[int]) -> None:
    house.submit(ids)
    house.approve("check", ids)
    house.approve("approve", ids)


@pytest.mark.stage(of=september_listed)
def test_a_month_and_a_list_beside_it(house: House) -> None:
    ids = house.payrolls(SEPTEMBER, "draft")
    before = of(house)
    assert (before.listed, before.approved, before.need) == (1_500_000, 0, 1_500_000)
    approve(house, ids)
    house.register(OCTOBER, row(1), row(2), in_cash(3), row(4))
    open_differences(house.runtime, SEPTEMBER, COMMUNE, PENSION)
    late = house.payrolls(SEPTEMBER, "draft")
    approve(house, late)
    batches = house.build(SEPTEMBER)
    with pytest.raises(Refused, match=r"đã yêu cầu 0.*đã về 0.*đã giải ngân 0"):
        house.release(batches)
    house.fund(SEPTEMBER)
    found = of(house)
    assert (found.listed, found.requested, found.received) == (2_000_000,) * 3
    assert (found.unspent, found.released, found.free) == (0, 0, 2_000_000)
    assert found.remaining == found.allotment - 2_000_000
    house.release(batches)
    assert (of(house).released, of(house).free) == (2_000_000, 0)
