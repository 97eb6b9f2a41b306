"""Lists between two monthly lists: what must not wait is paid once, and never again."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.beneficiaries.by_decision import PAUSED, Decided, end_lines, resume_lines
from app.beneficiaries.register import apply_workbook
from app.beneficiaries.tables import enrolment
from app.benefits.tables import arrears_grant
from app.errors import Refused
from app.jobs.payrolls import open_differences
from ledger.balances import account_balances
from tests.factories import COMMUNE, OCTOBER, PENSION, SEPTEMBER, House, in_cash, row, workbook
from tests.factories import september_listed as listed

pytestmark = pytest.mark.stage(of=listed)


def difference(house: House, period: str = SEPTEMBER, **more: bool) -> list[int]:
    """Open a list of differences of the commune's pensions; gives the drafts of that kind."""
    house.later()
    open_differences(house.runtime, period, COMMUNE, PENSION, **more)
    query = "select id from payroll where kind = 'difference' and state = 'draft' order by id"
    return [one for (one,) in house.rows(query)]


def approve(house: House, ids: list[int]) -> None:
    house.submit(ids)
    house.approve("check", ids)
    house.approve("approve", ids)


def bridge(house: House, payroll_id: int) -> dict[str, tuple[int, int]]:
    query = f"select cause, people, amount from bridge where payroll_id = {payroll_id}"
    return {cause: (people, amount) for cause, people, amount in house.rows(query)}


def test_a_late_joiner_is_paid_between_two_lists_and_once(house: House) -> None:
    """October's workbook tells of a person due since August; what these books owe him comes now."""
    approve(house, house.payrolls(SEPTEMBER, "draft"))
    house.register(OCTOBER, row(1), row(2), in_cash(3), row(4, start_period="2026-08"))
    (late,) = difference(house)
    assert house.lines_of(late) == [(500_000, "difference", "account")]
    assert bridge(house, late) == {"difference": (1, 500_000)}
    approve(house, [late])
    with house.work() as session:
        found = {one.kind: one.balance for one in account_balances(session)}
    assert found["expense"] == -2_000_000
    house.on("2026-09-21")
    (october,) = house.list_month(OCTOBER)
    query = "select regular, arrears from obligation where period = '2026-10' order by person_id"
    # The rise of July was signed late: three months of it for the others, two for him.
    assert house.rows(query) == [(540_000, 120_000)] * 3 + [(540_000, 80_000)]
    assert bridge(house, october) == {
        "previous": (3, 1_500_000), "joined": (1, 540_000), "rate": (3, 120_000),
        "arrears": (4, 440_000),
    }  # fmt: skip


def test_what_a_decision_lifts_is_paid_with_its_number(house: House) -> None:
    approve(house, house.payrolls(SEPTEMBER, "draft"))
    now = house.on("2026-09-21")
    with house.work() as session:
        one = enrolment.c.person_id == 1
        end_lines(session, one, "2026-09", PAUSED, Decided("7/QĐ", OCTOBER, "t", now))
    house.register(OCTOBER, row(2), in_cash(3))
    october = house.list_month(OCTOBER)
    approve(house, october)
    with house.work() as session:
        resume_lines(session, one, Decided("9/QĐ", "2026-11", "t", house.later()))
    (late,) = difference(house, OCTOBER)
    assert house.lines_of(late) == [(540_000, "difference", "account")]
    told = house.ask("select reason from obligation where component like 'difference:%'")
    assert told == "Truy lĩnh trả riêng 10/2026: 540.000 × 1 = 540.000 (Quyết định 1/QĐ-UBND)"
    house.register("2026-11", row(1), row(2), in_cash(3))
    house.list_month("2026-11")
    query = "select regular, arrears from obligation where period = '2026-11' and person_id = 1"
    assert house.rows(query) == [(540_000, 0)]
    numbers = select(arrears_grant.c.person_id).where(arrears_grant.c.list_number == 1)
    assert house.rows(numbers) == [(1,)]


def test_nothing_to_list_opens_nothing(house: House) -> None:
    approve(house, house.payrolls(SEPTEMBER, "draft"))
    assert difference(house) == []


def test_two_lists_have_two_numbers(house: House) -> None:
    approve(house, house.payrolls(SEPTEMBER, "draft"))
    house.register(OCTOBER, row(1), row(2), in_cash(3), row(4))
    difference(house)
    book = workbook(OCTOBER, row(1), row(2), in_cash(3), row(4), row(5))
    with house.work() as session:
        apply_workbook(session, house.keyring, book, "maker", house.later(), correct=True)
    difference(house)
    found = house.rows("select number, lines from payroll where kind = 'difference' order by id")
    assert found == [(1, 1), (2, 1)]


def test_a_list_that_is_not_fixed_takes_what_is_missing_itself(house: House) -> None:
    with pytest.raises(Refused, match="còn là bản nháp"):
        difference(house)
    with pytest.raises(Refused, match="chưa lập bảng tháng"):
        difference(house, OCTOBER)


def test_after_the_next_list_there_is_nothing_between(house: House) -> None:
    approve(house, house.payrolls(SEPTEMBER, "draft"))
    house.register(OCTOBER, row(1), row(2), in_cash(3))
    house.list_month(OCTOBER)
    with pytest.raises(Refused, match="đã gồm phần còn thiếu"):
        difference(house)
