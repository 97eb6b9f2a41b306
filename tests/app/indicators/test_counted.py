"""A month that a job counted answers as if it were counted now, and stands until it moves on."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event

from app.clock import FixedClock
from app.indicators.breakdown import Answer, asked
from app.indicators.counted import FRESH, by_communes, content_of, name_of
from app.indicators.leader import leader
from app.indicators.rates import cut_offs
from app.indicators.tallies import Tally
from app.jobs.counting import count_months
from app.tasks.answers import keep
from tests.app.indicators.months import september_paid
from tests.factories import COMMUNE, SEPTEMBER, House

pytestmark = pytest.mark.stage(of=september_paid)
MARK = Tally(listed=7, paid=5, cashless=4)


def answer(house: House, as_of: datetime) -> Answer:
    with house.database.view() as session:
        return by_communes(session, [SEPTEMBER], as_of)[SEPTEMBER]


def mark(house: House, as_of: datetime) -> None:
    """Keep counts of a moment that nobody would count, to see who reads them."""
    false = Answer(SEPTEMBER, "commune", as_of, False, {COMMUNE: MARK}, {})
    with house.database.unit_of_work() as session:
        keep(session, name_of(SEPTEMBER), content_of(false), as_of)


def test_what_is_kept_is_what_is_counted(house: House) -> None:
    now = house.clock.now()
    with house.database.view() as session:
        live, page = asked(session, SEPTEMBER, now, "commune"), leader(session, SEPTEMBER, now)
    assert count_months(house.runtime) == "1 months counted"
    assert answer(house, now) == live
    assert count_months(house.runtime) == "0 months counted"
    statements: list[str] = []
    event.listen(house.database.engine, "before_cursor_execute",
                 lambda c, cursor, told, *_: statements.append(told))  # fmt: skip
    with house.database.view() as session:
        assert leader(session, SEPTEMBER, now) == page
    assert [one for one in statements if "outcome" in one] == []


def test_a_cut_off_that_is_over_was_counted_once_for_all(house: House) -> None:
    moments = cut_offs(SEPTEMBER)
    mark(house, moments.provisional + timedelta(days=1))
    assert answer(house, moments.final).tallies == {COMMUNE: MARK}
    # The final cut-off asks for other evidence, and so does a moment before the first.
    assert answer(house, moments.final + timedelta(days=1)).tallies != {COMMUNE: MARK}
    assert answer(house, moments.provisional - timedelta(days=1)).tallies != {COMMUNE: MARK}


def test_between_the_cut_offs_a_month_is_counted_every_day(house: House) -> None:
    moments = cut_offs(SEPTEMBER)
    for day, told in ((1, "1"), (1.5, "0"), (2, "1")):
        now = FixedClock(moments.provisional + timedelta(days=day))
        house.clock = now  # type: ignore[assignment]
        assert count_months(house.runtime) == f"{told} months counted"
    for day, told in ((1, "1"), (9, "0")):
        now = FixedClock(moments.final + timedelta(days=day))
        house.clock = now  # type: ignore[assignment]
        assert count_months(house.runtime) == f"{told} months counted"


def test_a_month_that_is_being_paid_tells_as_of_when_it_was_counted(house: House) -> None:
    counted = cut_offs(SEPTEMBER).provisional - timedelta(days=3)
    mark(house, counted)
    soon = answer(house, counted + FRESH)
    assert (soon.tallies, soon.as_of) == ({COMMUNE: MARK}, counted)
    assert answer(house, counted + FRESH + timedelta(seconds=1)).tallies != {COMMUNE: MARK}
    later = FixedClock(counted + timedelta(minutes=1))
    house.clock = later  # type: ignore[assignment]
    assert count_months(house.runtime) == "1 months counted"
    assert answer(house, later.now()).tallies != {COMMUNE: MARK}
