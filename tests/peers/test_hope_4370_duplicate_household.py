"""unicef/hope#4370: a household was in one payment plan twice, and its account was paid twice.

There, only (plan, household) is unique; the second household of the same people is another key.
Here one account that serves two strangers is stopped before the list, whoever they say they are.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from app.jobs.sending import send_batches
from tests.factories import SEPTEMBER, House, in_cash, row
from tests.peers.forgetful import World

SHARED = "100009991000"
HELD = "select count(*) from doubt where rule = 'one_account' and is_blocking = 1"


def sent_in_september(world: World) -> None:
    house = world.house
    house.on("2026-09-10")
    house.approve_month(SEPTEMBER)
    house.fund(SEPTEMBER)
    house.release(house.build(SEPTEMBER))
    send_batches(world.runtime)


def test_the_second_household_of_an_account_is_not_paid(world: World) -> None:
    """It came after the first: the first goes on being paid, the second waits."""
    house = world.house
    house.register("2026-08", row(1, account=SHARED))
    house.clock.advance(timedelta(days=10))
    house.register(SEPTEMBER, row(1, account=SHARED), row(2, account=SHARED), row(3))
    sent_in_september(world)
    assert house.ask(HELD) == 1
    assert world.paid_into() == {SHARED: 1, row(3).account: 1}
    assert house.ask("select count(*) from obligation") == 3, "owed all the while"


def test_two_households_that_came_together_are_both_asked_about(world: World) -> None:
    """Nothing says which is the true one: neither is paid until people say so."""
    house = world.house
    house.register(SEPTEMBER, row(1, account=SHARED), row(2, account=SHARED), row(3))
    sent_in_september(world)
    assert world.paid_into() == {row(3).account: 1}


def test_one_person_written_down_twice_is_owed_once(house: House) -> None:
    """The same identity number on two rows of a list is one person with one obligation."""
    house.register(SEPTEMBER, row(1), in_cash(2))
    house.register(SEPTEMBER, row(1), in_cash(2))
    house.list_month(SEPTEMBER)
    assert house.ask("select count(*) from obligation") == 2
    copied = (
        "programme, person_id, period, component, enrolment_id, unit_code, regular, arrears,"
        " amount, arrears_basis, reason"
    )
    with pytest.raises(DBAPIError, match=r"(?i)unique"):
        house.tamper(f"insert into obligation ({copied}) select {copied} from obligation")
