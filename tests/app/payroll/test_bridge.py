"""The bridge explains every đồng between two months; flags say what to look at."""

from __future__ import annotations

from datetime import date

import pytest

from app.errors import Refused
from bank_adapters.contract import LineKind, ReportKind
from reconciliation.tables import bank_line
from tests.app.doubles.people import give_payee, id_of
from tests.factories import (
    BANK,
    OCTOBER,
    POST,
    SEPTEMBER,
    House,
    booked,
    in_cash,
    listed,
    report,
    row,
    september_sent,
)


def bridge(house: House, payroll_id: int) -> dict[str, tuple[int, int]]:
    """cause -> (people, amount)."""
    query = f"select cause, people, amount from bridge where payroll_id = {payroll_id}"
    return {cause: (people, amount) for cause, people, amount in house.rows(query)}


def flags(house: House, payroll_id: int) -> dict[str, int]:
    """kind -> people."""
    query = f"select kind, people from flag where payroll_id = {payroll_id}"
    return dict(house.rows(query))


@pytest.mark.stage(of=september_sent)
def test_every_cause_and_the_sum(house: House) -> None:
    """October: 1 stays, 2 died in September, 3 was not paid and is carried, 4 is new, 5 changed."""
    house.receives(
        BANK,
        report(
            ReportKind.ADVICE,
            house.account(BANK),
            *(booked(house.reference(one, SEPTEMBER), -500_000, "2026-09-10") for one in (1, 2)),
        ),
    )
    unpaid = listed(LineKind.UNPAID, house.reference(3, SEPTEMBER), 500_000, "2026-09-18")
    house.receives(POST, report(ReportKind.SETTLEMENT, house.account(POST), unpaid))
    assert house.count(bank_line) == 3
    dead = row(2, event="death", event_date=date(2026, 9, 15))
    moved_bank = row(1, account="100000019999")
    house.register(OCTOBER, moved_bank, dead, in_cash(3), row(4, start_period=OCTOBER))
    (october,) = house.list_month(OCTOBER)
    found = bridge(house, october)
    assert found["previous"] == (3, 1_500_000)
    assert found["joined"] == (1, 540_000)
    assert found["left_death"] == (1, -500_000)
    assert found["carried"] == (1, 500_000)
    assert found["rate"] == (2, 80_000)
    (total,) = house.rows(f"select lines, total from payroll where id = {october}")
    assert sum(amount for _, amount in found.values()) == total[1]
    assert sum(one[0] for one in house.lines_of(october)) == total[1]
    changed = {"account_changed": 1, "account_unproven": 1}
    assert flags(house, october) == {**changed, "heirs": 1}


@pytest.mark.stage(of=september_sent)
def test_a_missing_person_shows(house: House) -> None:
    """Neither death nor move, simply not on the list: a cause of its own, and a flag."""
    house.register(OCTOBER, row(1), in_cash(3))
    (october,) = house.list_month(OCTOBER)
    assert bridge(house, october)["left_missing"] == (1, -500_000)
    assert flags(house, october)["missing"] == 1
    house.submit([october])  # a warning is to be seen, it does not block


def test_without_a_way_to_be_paid_nothing_is_submitted(house: House) -> None:
    """A destination that no contract of the unit serves blocks the list until it is mended."""
    house.register(SEPTEMBER, row(1), row(2, bank_bin="999003"))
    (september,) = house.list_month(SEPTEMBER)
    assert flags(house, september)["no_route"] == 1
    with pytest.raises(Refused, match="1 người chưa có nơi nhận tiền dùng được"):
        house.submit([september])


def test_a_shared_account_is_flagged(house: House) -> None:
    """With a guardian's paper both are paid; without one neither is, and the list says so."""
    shared, other = "100009991000", "100008881000"
    house.register(
        SEPTEMBER, row(1, account=shared), row(2, account=shared), row(3),
        row(14, account=other), row(25, account=other),
    )  # fmt: skip
    give_payee(house, 2, id_of(1))
    (september,) = house.list_month(SEPTEMBER)
    assert flags(house, september) == {"left_off": 2, "shared_account": 2}
    assert len(house.lines_of(september)) == 3


def test_opened_twice_is_opened_once(house: House) -> None:
    house.register(SEPTEMBER, row(1), row(2))
    (first,) = house.list_month(SEPTEMBER)
    before = house.lines_of(first), bridge(house, first)
    assert house.list_month(SEPTEMBER) == [first]
    assert (house.lines_of(first), bridge(house, first)) == before
