"""global-121/121-platform: a timeout was written down as a failure, and the retry by a user took
a new key (`generate-transaction-reference.helper.ts`: the key holds the number of failures), so
that the bank could not know it for the same payment; #7755 is a transfer that was paid twice so.

Here a timeout is a doubt. Nothing is sent again to a bank that never proved that it refuses a
repetition, no new reference is born while the old one lives, and only evidence ends the doubt.
"""

from __future__ import annotations

import pytest
from sqlalchemy.exc import DBAPIError

from app.jobs.collecting import collect_and_apply
from app.jobs.payrolls import open_follow_ups
from app.jobs.resending import resend_in_doubt
from app.jobs.sending import send_batches
from tests.app.disbursement.test_sending import september_released
from tests.bank_adapters.camt_maker import balance, detail, details, document, entry, report
from tests.factories import BANK, SEPTEMBER
from tests.peers.forgetful import World

pytestmark = pytest.mark.stage(of=september_released)


def statement(world: World, *numbers: int) -> bytes:
    """These persons' payments are booked on the unit's account."""
    house = world.house
    account = f"<Othr><Id>{house.account(BANK)}</Id></Othr>"
    left = 1_000_000 - 500_000 * len(numbers)
    lines = [
        entry(
            "-500000", details(detail(house.reference(number, SEPTEMBER))), reference=f"FT{number}"
        )
        for number in numbers
    ]
    bounds = balance("OPBD", "1000000"), balance("CLBD", str(left))
    return document(report(*bounds, *lines, account=account)).encode()


def timed_out(world: World) -> None:
    """The bank takes the file in, and its answer never comes."""
    world.bank.lose_rename_answer = True
    assert send_batches(world.runtime) == "1 sent; 1 in doubt"
    world.bank.lose_rename_answer = False


def test_after_a_timeout_nothing_is_sent_again(world: World) -> None:
    house = world.house
    timed_out(world)
    sent = [house.reference(number, SEPTEMBER) for number in (1, 2)]
    for day, at in (("2026-09-10", "10:00"), ("2026-09-11", "14:00"), ("2026-09-15", "14:00")):
        house.on(day, at)
        assert send_batches(world.runtime) == "0 sent"
        assert resend_in_doubt(world.runtime) == "0 of 1 in doubt"
        open_follow_ups(world.runtime, SEPTEMBER)
    assert world.paid() == dict.fromkeys(sent, 1)
    assert house.ask("select count(*) from instruction where attempt > 1") == 0
    assert house.payrolls(SEPTEMBER, "draft") == []
    world.bank.answers("STM.xml", statement(world, 1, 2))
    collect_and_apply(world.runtime)
    assert [house.state(one) for one in sent] == ["settled", "settled"]
    assert house.batch_state(1) != "in_doubt"


def test_the_database_lets_no_second_key_be_born(world: World) -> None:
    """Past every room, by the owner's own SQL: while the first attempt lives there is no other."""
    timed_out(world)
    columns = "payroll_line_id, obligation_id, batch_id, destination_id, amount, method, state"
    with pytest.raises(DBAPIError, match=r"uq_instruction_live|instruction\.obligation_id"):
        world.house.tamper(
            f"insert into instruction ({columns}, attempt, reference, replaces_id)"
            f" select {columns}, 2, 'ANOTHERKEYOFIT01', id from instruction where id = 1"
        )


def test_the_answer_to_a_doubt_may_be_that_one_was_paid_and_one_was_not(world: World) -> None:
    """What the statement does not name stays in doubt, with a next step, and is not paid again."""
    house = world.house
    timed_out(world)
    world.bank.answers("STM.xml", statement(world, 2))
    house.on("2026-09-11")
    collect_and_apply(world.runtime)
    open_follow_ups(world.runtime, SEPTEMBER)
    assert house.payrolls(SEPTEMBER, "draft") == []
    assert house.state(house.reference(2, SEPTEMBER)) == "settled"
    assert house.state(house.reference(1, SEPTEMBER)) != "settled"
    assert set(world.paid().values()) == {1}
