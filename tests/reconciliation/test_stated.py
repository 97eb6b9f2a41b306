"""What a bank last stated of an account, movements or none."""

from __future__ import annotations

from datetime import date

from bank_adapters.contract import ReportKind
from reconciliation.lines import closing_balances, count_statements
from tests.factories import BANK, House, booked, report

FIRST, LAST = date(2026, 9, 1), date(2026, 9, 30)


def test_a_statement_without_movements_states_its_balance(house: House) -> None:
    """Money that only lies there is stated all the same, on the day that the statement ends on."""
    house.on("2026-09-30")
    account, day = house.account(BANK), date(2026, 9, 29)
    of_the_day = {"opening": 300, "closing": 300, "sequence": "1", "from_day": day, "to_day": day}
    house.receives(BANK, report(ReportKind.STATEMENT, account, **of_the_day))
    with house.database.view() as session:
        assert closing_balances(session, BANK, LAST) == {account: 300}
        assert closing_balances(session, BANK, date(2026, 9, 28)) == {}
        assert count_statements(session, BANK, FIRST, LAST) == {account: 1}


def test_the_last_movement_counts_before_the_day_it_ends_on(house: House) -> None:
    """A statement that ends in October, whose last movement is of September, states September."""
    house.on("2026-10-02")
    line = booked("", 20, "2026-09-29", bank_reference="C1")
    more = {"opening": 0, "closing": 20, "sequence": "1", "to_day": date(2026, 10, 1)}
    house.receives(BANK, report(ReportKind.STATEMENT, house.account(BANK), line, **more))
    with house.database.view() as session:
        assert closing_balances(session, BANK, LAST) == {house.account(BANK): 20}
