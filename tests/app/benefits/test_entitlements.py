"""Obligations of a month from the register: one per programme and component, arrears once."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.exc import DBAPIError

from app.benefits.forecast import forecast, last_list
from app.benefits.tables import arrears_grant, obligation
from tests.factories import ASSISTANCE, OCTOBER, SEPTEMBER, House, in_cash, row


def owed(house: House, period: str) -> list[tuple[int, int, int, str]]:
    """(person, regular, arrears, programme) of a month."""
    return house.rows(
        "select person_id, regular, arrears, programme from obligation"
        f" where period = '{period}' order by person_id, programme"
    )


def test_the_rise_is_paid_with_its_arrears_once(house: House) -> None:
    """In force in October, counted from July: three months of 40.000, and never again."""
    house.register(SEPTEMBER, row(1))
    house.list_month(SEPTEMBER)
    assert owed(house, SEPTEMBER) == [(1, 500_000, 0, "pension")]
    house.register(OCTOBER, row(1))
    house.list_month(OCTOBER)
    assert owed(house, OCTOBER) == [(1, 540_000, 120_000, "pension")]
    (grant,) = house.rows("select period, first_period, last_period, months, amount"
                          " from arrears_grant")  # fmt: skip
    assert grant == (OCTOBER, "2026-07", "2026-09", 3, 120_000)
    house.register("2026-11", row(1))
    house.list_month("2026-11")
    assert owed(house, "2026-11") == [(1, 540_000, 0, "pension")]
    assert house.count(arrears_grant) == 1


def test_who_joined_in_august_has_two_months_of_arrears(house: House) -> None:
    house.register(OCTOBER, row(1, start_period="2026-08"), row(2, start_period=OCTOBER))
    house.list_month(OCTOBER)
    assert owed(house, OCTOBER) == [(1, 540_000, 80_000, "pension"), (2, 540_000, 0, "pension")]


def test_regular_and_arrears_are_one_obligation(house: House) -> None:
    house.register(OCTOBER, row(1))
    house.list_month(OCTOBER)
    assert house.rows("select amount, component from obligation") == [(660_000, "monthly")]
    assert house.ask("select arrears_basis from obligation") != ""


def test_two_allowances_of_one_person_are_two_obligations(house: House) -> None:
    """A pension and an assistance group the law lets stand beside it, or the higher one."""
    house.register(SEPTEMBER, row(1), row(1, row=30, programme=ASSISTANCE, group="C6c"))
    house.list_month(SEPTEMBER)
    found = owed(house, SEPTEMBER)
    assert len({programme for *_, programme in found}) == len(found)
    assert house.ask("select count(distinct person_id) from obligation") == 1


def test_the_last_month_is_paid_and_the_next_is_not(house: House) -> None:
    dead = row(1, event="death", event_date=date(2026, 9, 3))
    house.register(SEPTEMBER, dead, in_cash(2))
    house.list_month(SEPTEMBER)
    assert len(owed(house, SEPTEMBER)) == 2
    house.register(OCTOBER, dead, in_cash(2))
    house.list_month(OCTOBER)
    assert [one[0] for one in owed(house, OCTOBER)] == [2]


def test_a_late_decision_is_caught_up_with_its_number(house: House) -> None:
    """Signed in September, on the list in October: September in full, by the new rate."""
    house.register(SEPTEMBER, row(1))
    house.list_month(SEPTEMBER)
    house.register(OCTOBER, row(1), row(2, start_period=SEPTEMBER, decision_number="77/QĐ-UBND"))
    house.list_month(OCTOBER)
    assert owed(house, OCTOBER)[1] == (2, 540_000, 540_000, "pension")
    grants = house.rows("select basis, first_period, last_period, monthly, is_decree"
                        " from arrears_grant where person_id = 2")  # fmt: skip
    assert grants == [("Quyết định 77/QĐ-UBND", SEPTEMBER, SEPTEMBER, 540_000, 0)]
    house.register("2026-11", row(1), row(2, start_period=SEPTEMBER))
    house.list_month("2026-11")
    assert owed(house, "2026-11")[1] == (2, 540_000, 0, "pension")


def found(house: House) -> list[tuple[int, str, str, int]]:
    """(person, month, list, excess) of every finding, oldest first."""
    return house.rows("select person_id, month, period, amount from overpayment order by id")


def test_a_late_death_is_found_and_paid_no_more(house: House) -> None:
    """Died in August, told in October: September was too much; the late rise is due to August."""
    house.register(SEPTEMBER, row(1), in_cash(2))
    house.list_month(SEPTEMBER)
    dead = row(1, event="death", event_date=date(2026, 8, 20))
    house.register(OCTOBER, dead, in_cash(2))
    house.list_month(OCTOBER)
    assert owed(house, OCTOBER)[0] == (1, 0, 80_000, "pension")
    assert found(house) == [(1, SEPTEMBER, OCTOBER, 500_000)]
    assert house.rows("select kind, people from flag where kind <> 'missing' order by kind") == [
        ("heirs", 1),
        ("overpaid", 1),
    ]
    assert house.ask("select count(*) from payroll_line where person_id = 1") == 1
    assert house.rows("select period, field, old, new from enrolment_change") == [
        (OCTOBER, "stop_period", "", "2026-08")
    ]


def test_arrears_of_a_dead_person_alone_open_no_payroll(house: House) -> None:
    """The only one of a programme has died: what is owed waits for an heir, on no list."""
    dead = {"programme": ASSISTANCE, "group": "C6c"}
    house.register(SEPTEMBER, row(1), row(2, **dead))
    house.list_month(SEPTEMBER)
    house.register(OCTOBER, row(1), row(2, event="death", event_date=date(2026, 9, 2), **dead))
    assert len(house.list_month(OCTOBER)) == 1
    assert owed(house, OCTOBER)[1] == (2, 0, 180_000, "assistance")


def test_a_death_taken_back_is_found_no_more(house: House) -> None:
    """It was another person: the missed month is paid, the finding ends, what was known stays."""
    house.register(SEPTEMBER, row(1), in_cash(2))
    house.list_month(SEPTEMBER)
    house.register(OCTOBER, row(1, event="death", event_date=date(2026, 8, 20)), in_cash(2))
    house.list_month(OCTOBER)
    house.register("2026-11", row(1), in_cash(2))
    house.list_month("2026-11")
    # October in full, and September's rise; that of July and August was paid in October.
    assert owed(house, "2026-11")[0] == (1, 540_000, 580_000, "pension")
    assert found(house)[1:] == [(1, SEPTEMBER, "2026-11", 0)]
    told = [house.told(1, period) for period in (SEPTEMBER, OCTOBER, "2026-11")]
    assert "Mức tháng: 500.000" in told[0]
    assert "Đã thôi hưởng" in told[1]
    assert "Đã tính thừa 500.000" in told[1]
    assert "thừa" not in told[2]


def test_who_was_left_out_is_caught_up(house: House) -> None:
    """A line that the commune forgot in October: nobody ended it, so it is owed in November."""
    house.register(SEPTEMBER, row(1), in_cash(2))
    house.list_month(SEPTEMBER)
    house.register(OCTOBER, in_cash(2))
    house.list_month(OCTOBER)
    assert [one[0] for one in owed(house, OCTOBER)] == [2]
    house.register("2026-11", row(1), in_cash(2))
    house.list_month("2026-11")
    assert owed(house, "2026-11")[0] == (1, 540_000, 3 * 40_000 + 540_000, "pension")
    assert found(house) == []


def test_the_coming_months_are_forecast_by_fund(house: House) -> None:
    """What is listed in the end is what was forecast, arrears of the late rate included."""
    leaves = row(3, event="death", event_date=date(2026, 10, 2))
    house.register(SEPTEMBER, row(1), in_cash(2), leaves)
    house.list_month(SEPTEMBER)
    with house.database.view() as session:
        assert last_list(session) == SEPTEMBER
        lines = forecast(session, SEPTEMBER, 2)
    assert [
        (one.period, one.programme, one.persons, one.regular, one.arrears) for one in lines
    ] == [
        (OCTOBER, "pension", 3, 3 * 540_000, 3 * 120_000),
        ("2026-11", "pension", 2, 2 * 540_000, 0),
    ]
    house.register(OCTOBER, row(1), in_cash(2), leaves)
    house.list_month(OCTOBER)
    assert sum(one[1] + one[2] for one in owed(house, OCTOBER)) == lines[0].total


def test_computed_again_nothing_is_added(house: House) -> None:
    house.register(OCTOBER, row(1), row(2))
    house.list_month(OCTOBER)
    before = owed(house, OCTOBER)
    house.list_month(OCTOBER)
    assert owed(house, OCTOBER) == before


def test_the_database_owes_once_and_grants_once(house: House) -> None:
    """By SQL past every room: no second obligation, no second grant, no change, no deletion."""
    house.register(OCTOBER, row(1))
    house.list_month(OCTOBER)
    for table in (obligation, arrears_grant):
        columns = ", ".join(one.name for one in table.columns if one.name != "id")
        for statement in (
            f"insert into {table.name} ({columns}) select {columns} from {table.name}",
            f"update {table.name} set amount = amount + 1",
            f"delete from {table.name}",
        ):
            with pytest.raises(DBAPIError):
                house.tamper(statement)
