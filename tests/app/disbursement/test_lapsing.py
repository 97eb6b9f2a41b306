"""A release lives three banking days; after that two persons release the batch anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.exc import DBAPIError

from app.access.together import Signer
from app.disbursement import lapsing
from app.disbursement.acts import prove_acts
from app.errors import Refused
from app.jobs.before_due import build_due
from app.jobs.sending import send_batches
from app.schedule.calendar import MovedDay, set_day
from tests.app.disbursement.test_release import september_built
from tests.factories import SEPTEMBER, House, in_cash, row
from tests.support.forging import forged_release

BOTH = ("finance.one", "finance.two")


def lapsed(house: House) -> list[tuple[int, date]]:
    with house.database.view() as session:
        return lapsing.lapsed(session, house.clock.now())


@pytest.mark.stage(of=september_built)
def test_a_release_lapses_after_three_banking_days(house: House) -> None:
    """Released on Friday the 4th: good until Wednesday the 9th, not for the due day."""
    house.on("2026-09-04", "14:00")
    house.release([1, 2])
    house.on("2026-09-09", "23:00")
    assert lapsed(house) == []
    house.on("2026-09-10", "08:30")
    assert lapsed(house) == [(1, date(2026, 9, 4)), (2, date(2026, 9, 4))]
    with pytest.raises(Refused, match=r"giải ngân quá 3 ngày làm việc \(hết hạn 09/09/2026\)"):
        house.send(1)
    assert send_batches(house.runtime) == "0 sent; 2 released too long ago"
    assert [house.batch_state(one) for one in (1, 2)] == ["built", "built"]
    house.release([1, 2])
    house.send(1)
    assert house.batch_state(1) == "sent"
    rounds = "select batch_id, round, count(*) from batch_release group by 1, 2 order by 1, 2"
    assert house.rows(rounds) == [(1, 1, 2), (1, 2, 2), (2, 1, 2), (2, 2, 2)]
    with house.work() as session:
        assert prove_acts(session, house.keyring).ok


@pytest.mark.stage(of=september_built)
def test_a_day_off_that_was_decided_late_gives_the_release_a_day_more(house: House) -> None:
    house.on("2026-09-04", "14:00")
    house.release([1])
    moved = MovedDay(date(2026, 9, 8), "closed", "Nghỉ do bão", "Công điện 1/CĐ-UBND")
    house.later()
    two = [Signer(house.officer(name), house.code()) for name in BOTH]
    with house.work() as session:
        set_day(session, house.keyring, two, moved, house.clock.now())
    house.on("2026-09-10", "08:30")
    assert lapsed(house) == []
    house.send(1)


@pytest.mark.stage(of=september_built)
def test_one_person_of_an_old_round_does_not_count_in_a_new_one(house: House) -> None:
    """Also for who writes rows by hand: the newest round has one person."""
    house.on("2026-09-04", "14:00")
    house.release([1])
    house.tamper(forged_release(house, 1, "finance.one", turn=2))
    with pytest.raises(Refused, match="không có đủ hai người"):
        house.send(1)
    with pytest.raises(DBAPIError, match="no such move"):
        house.tamper("update batch set state = 'sent' where id = 1")


def test_batches_are_built_when_a_release_can_reach_the_due_day(house: House) -> None:
    """Due on Thursday the 10th: not on Friday the 4th, but from Monday the 7th on, once."""
    house.register(SEPTEMBER, row(1), in_cash(3))
    house.approve_month(SEPTEMBER)
    house.on("2026-09-04")
    assert build_due(house.runtime) == "0 batches"
    house.on("2026-09-07")
    assert build_due(house.runtime) == "2 batches"
    assert build_due(replace(house.runtime, worker="other")) == "0 batches"
    assert {str(day) for (day,) in house.rows("select requested_on from batch")} == {"2026-09-10"}


def test_what_is_approved_late_is_paid_on_the_next_banking_day(house: House) -> None:
    house.register(SEPTEMBER, row(1))
    house.approve_month(SEPTEMBER)
    house.on("2026-09-12")  # a Saturday
    assert build_due(house.runtime) == "1 batches"
    assert {str(day) for (day,) in house.rows("select requested_on from batch")} == {"2026-09-14"}
