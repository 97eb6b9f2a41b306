"""Officers who act for a unit, and their families, stand on a list of their own."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from app.payroll.bridge import unexplained
from app.payroll.tables import bridge
from app.schedule.locking import lock_list
from tests.factories import COMMUNE, OCTOBER, OTHER_COMMUNE, SEPTEMBER, House, in_cash, row

CHECKER = f"checker.{COMMUNE}"


def listed(house: House, period: str) -> dict[str, tuple[int, int]]:
    """kind -> (lines, total) of a month's lists."""
    rows = house.rows(f"select kind, lines, total from payroll where period = '{period}'")
    return {kind: (lines, total) for kind, lines, total in rows}


def causes(house: House, period: str, kind: str) -> dict[str, tuple[int, int]]:
    """cause -> (people, amount) of a list's bridge, whose rows explain every đồng of it."""
    number, lines, total = house.rows(
        f"select id, lines, total from payroll where period = '{period}' and kind = '{kind}'"
    )[0]
    with house.database.view() as session:
        found = session.execute(select(bridge).where(bridge.c.payroll_id == number)).all()
    assert unexplained(found, lines, total) == (0, 0)
    return {one.cause: (one.people, one.amount) for one in found}


def is_payee(house: House, username: str, person: int | None) -> None:
    """The officer is this person of the register, or nobody on it."""
    key = house.keyring.index("person.citizen_id", row(person).citizen_id) if person else "nobody"
    house.tamper(f"update officer set citizen_key = '{key}' where username = '{username}'")


@pytest.fixture
def two_months(house: House) -> House:
    """September is listed with person 1 on the common list; October's workbook has come."""
    house.register(SEPTEMBER, row(1), row(2), in_cash(3))
    house.list_month(SEPTEMBER)
    house.register(OCTOBER, row(1), row(2), in_cash(3))
    return house


def test_who_acts_for_a_unit_is_listed_apart_and_back(two_months: House) -> None:
    """There and back: each list explains itself, and no đồng is on two lists."""
    house = two_months
    is_payee(house, CHECKER, 1)
    house.list_month(OCTOBER)
    assert listed(house, OCTOBER) == {"monthly": (2, 1_320_000), "staff": (1, 660_000)}
    common, apart = causes(house, OCTOBER, "monthly"), causes(house, OCTOBER, "staff")
    assert common["switched_out"] == (1, -500_000)
    assert apart == {"switched_in": (1, 540_000), "arrears": (1, 120_000)}
    is_payee(house, CHECKER, None)
    house.register("2026-11", row(1), row(2), in_cash(3))
    house.list_month("2026-11")
    assert listed(house, "2026-11") == {"monthly": (3, 1_620_000)}
    assert causes(house, "2026-11", "monthly")["switched_in"] == (1, 540_000)


def test_who_acts_elsewhere_or_only_looks_on_stays(two_months: House) -> None:
    is_payee(two_months, f"checker.{OTHER_COMMUNE}", 1)
    is_payee(two_months, "auditor", 2)
    two_months.list_month(OCTOBER)
    assert listed(two_months, OCTOBER) == {"monthly": (3, 1_980_000)}


def test_who_acts_for_the_province_is_listed_apart(two_months: House) -> None:
    is_payee(two_months, "finance.one", 1)
    two_months.list_month(OCTOBER)
    assert listed(two_months, OCTOBER)["staff"] == (1, 660_000)


def test_who_is_missing_on_the_list_apart_is_told(house: House) -> None:
    is_payee(house, CHECKER, 1)
    is_payee(house, f"maker.{COMMUNE}", 2)
    house.register(SEPTEMBER, row(1), row(2), in_cash(3))
    house.list_month(SEPTEMBER)
    house.register(OCTOBER, row(2), in_cash(3))
    house.list_month(OCTOBER)
    assert causes(house, OCTOBER, "staff")["left_missing"] == (1, -500_000)
    told = "select p.kind, f.people from flag f join payroll p on p.id = f.payroll_id"
    assert house.rows(f"{told} where f.kind = 'missing'") == [("staff", 1)]


def test_a_locked_month_locks_the_list_apart_too(two_months: House) -> None:
    house = two_months
    is_payee(house, CHECKER, 1)
    house.list_month(OCTOBER)
    with house.work() as session:
        lock_list(session, OCTOBER, "jobs", house.later())
    numbers = house.rows(f"select id from payroll where period = '{OCTOBER}'")
    assert len(numbers) == 2
    for (number,) in numbers:
        with pytest.raises(DBAPIError, match="the list of this month is locked"):
            house.tamper(
                "insert into payroll_line (payroll_id, line, obligation_id, person_id,"
                f" destination_id, contract_id, method, amount, cause) select {number}, 9, o.id,"
                " o.person_id, l.destination_id, l.contract_id, l.method, o.amount, 'carried'"
                " from obligation o join payroll_line l on l.person_id = o.person_id"
                f" where o.period = '{OCTOBER}' and o.person_id = {2 if number == 3 else 1} limit 1"
            )
