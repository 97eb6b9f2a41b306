"""Merged communes: old codes stay where they were written, lists follow the new one."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.beneficiaries.tables import enrolment
from app.errors import Conflict, InputError
from app.units.areas import Merge, merge_area, successors, understood
from tests.app.events.test_deciding import DECEMBER, NOVEMBER, listed, owed, too_much
from tests.factories import COMMUNE, OCTOBER, OTHER_COMMUNE, SEPTEMBER, House, row

DECREE = "Nghị quyết 1/NQ-UBTVQH"


def merge(house: House, old: str, new: str, since: str) -> None:
    with house.work() as session:
        merge_area(session, Merge(old, new, since, DECREE), "checker.all", house.later())


def test_nobody_is_paid_twice_or_missed_across_the_change(house: House) -> None:
    """One stays under the old code, one is named by both, one by the new one only, one is new."""
    house.register(SEPTEMBER, row(9), commune=OTHER_COMMUNE)
    listed(house, SEPTEMBER, 1, 2, 3)
    house.register(OCTOBER, row(9), commune=OTHER_COMMUNE)
    listed(house, OCTOBER, 1, 2, 3)
    merge(house, COMMUNE, OTHER_COMMUNE, NOVEMBER)
    for month in (NOVEMBER, DECEMBER):
        new = (row(2), row(3), row(4, start_period=NOVEMBER), row(9))
        house.register(month, row(1), row(2))
        house.register(month, *new, commune=OTHER_COMMUNE)
        house.list_month(month)
        assert [one[1:] for one in owed(house, month)] == [(OTHER_COMMUNE, 540_000, 0)] * 5
    assert too_much(house) == []
    codes = house.rows(select(enrolment.c.area_code).order_by(enrolment.c.person_id))
    assert sorted(codes) == [(COMMUNE,)] * 3 + [(OTHER_COMMUNE,)] * 2


def test_a_closed_code_is_understood_and_never_used_again(house: House) -> None:
    merge(house, COMMUNE, OTHER_COMMUNE, NOVEMBER)
    merge(house, COMMUNE, OTHER_COMMUNE, NOVEMBER)
    merge(house, OTHER_COMMUNE, "01321", DECEMBER)
    with house.database.view() as session:
        assert successors(session, OCTOBER) == {}
        assert successors(session, NOVEMBER) == {COMMUNE: OTHER_COMMUNE}
        assert successors(session, DECEMBER) == {COMMUNE: "01321", OTHER_COMMUNE: "01321"}
        assert understood(session, COMMUNE, NOVEMBER).endswith(f"chi theo đơn vị {OTHER_COMMUNE}.")
        assert understood(session, COMMUNE, OCTOBER) == ""
    with pytest.raises(InputError, match="không dùng lại"):
        merge(house, "01321", COMMUNE, DECEMBER)
    with pytest.raises(Conflict, match="đã nhập vào"):
        merge(house, COMMUNE, "01321", NOVEMBER)
    with pytest.raises(InputError, match="Không có xã"):
        merge(house, "99999", COMMUNE, NOVEMBER)
