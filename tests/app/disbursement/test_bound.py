"""What a batch stands on: every act of its last approval and of all its releases."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from app.disbursement.bound import require_bound
from app.disbursement.tables import batch
from app.errors import Refused
from app.jobs.sending import send_batches
from tests.app.disbursement.test_release import september_built
from tests.factories import House
from tests.support.forging import forged_act, forged_release, without_rules

PAIR = ("finance.one", "finance.two")
MOVED = "update batch set state = 'released' where id = 1"


def lapsed_once(house: House) -> None:
    """A release of the 4th was too old on the 10th: two persons must look again."""
    september_built(house)
    house.on("2026-09-04", "14:00")
    house.release([1, 2])
    house.on("2026-09-10", "08:30")
    send_batches(house.runtime)


def released_twice(house: House) -> None:
    """They looked again."""
    lapsed_once(house)
    house.release([1, 2])


def bound(house: House) -> None:
    with house.work() as session:
        row = session.execute(select(batch).where(batch.c.id == 1)).one()
        require_bound(session, house.keyring, row)


def act_of(house: House, turn: int) -> int:
    return int(
        house.ask(
            "select max(act_id) from batch_release where batch_id = 1 and"
            f" round = {turn} and officer_id = {house.officer(PAIR[0])}"
        )
    )


@pytest.mark.stage(of=released_twice)
@pytest.mark.parametrize("turn", [1, 2])
@pytest.mark.parametrize("change", ["seal = 'x'", "digest = 'x'", "officer_id = 1"])
def test_an_act_of_either_release_that_was_changed_stops_the_batch(
    house: House, turn: int, change: str
) -> None:
    bound(house)
    number = act_of(house, turn)
    without_rules(house, f"update act set {change} where id = {number}")
    with pytest.raises(Refused, match=f"Lần xác nhận {number} của lô 1 không phải"):
        bound(house)


@pytest.mark.stage(of=released_twice)
def test_what_was_confirmed_for_the_first_release_is_not_the_second(house: House) -> None:
    first, second = act_of(house, 1), act_of(house, 2)
    without_rules(
        house, f"update batch_release set act_id = {first} where act_id = {second} and batch_id = 1"
    )
    with pytest.raises(Refused, match=f"Lần xác nhận {first} của lô 1"):
        bound(house)


@pytest.mark.stage(of=lapsed_once)
def test_a_release_that_lapsed_is_not_brought_back_by_hand(house: House) -> None:
    """Its two persons count no more, nor do their acts; of the new round it needs both."""
    with pytest.raises(DBAPIError, match="two persons release it"):
        house.tamper(MOVED)
    again = (
        "insert into batch_release (batch_id, officer_id, act_id, round)"
        " select batch_id, officer_id, act_id, 2 from batch_release where batch_id = 1"
    )
    with pytest.raises(DBAPIError, match="not an act of this officer, step and round"):
        house.tamper(again)
    house.tamper(forged_release(house, 1, PAIR[0], turn=2))
    with pytest.raises(DBAPIError, match="two persons release it"):
        house.tamper(MOVED)
    house.tamper(forged_release(house, 1, PAIR[1], turn=2))
    house.tamper(MOVED)
    with pytest.raises(Refused, match="không phải của cán bộ đó"):
        bound(house)


@pytest.mark.stage(of=september_built)
def test_a_release_stands_on_an_act_of_its_own(house: House) -> None:
    """Of another officer, or of another step, it does not."""
    who, other = (house.officer(name) for name in PAIR)
    release = "insert into batch_release (batch_id, officer_id, act_id) values (1, {}, {})"
    for statement in (
        release.format(who, forged_act(house, PAIR[1], "release")),
        release.format(who, forged_act(house, PAIR[0], "set_hold")),
    ):
        with pytest.raises(DBAPIError, match="not an act of this officer"):
            house.tamper(statement)
    house.tamper(release.format(other, forged_act(house, PAIR[1], "release")))
