"""League, targets, hours, timeliness, lights and a campaign's days: pure figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction

import pytest

from app.cashless.daily import daily
from app.cashless.progress import Progress
from app.clock import TIME_ZONE
from app.indicators.declared import declared
from app.indicators.hours import saved
from app.indicators.leader import Place, lowest, timeliness
from app.indicators.league import formula, league, score
from app.indicators.readiness import AMBER, GREEN, GREY, RED, Light, board, criteria, worst
from app.indicators.tallies import Tally
from app.indicators.targets import all_targets, reached
from app.reference.areas import communes_of
from tests.app.indicators.months import september_paid
from tests.factories import SEPTEMBER, House

GOOD = Tally(
    listed=10, paid=10, cashless=8, usable=9, lines=10, sent=8, first=8, on_time=9, paid_lines=10
)


def test_the_score_is_the_formula_by_hand() -> None:
    assert formula().weights == {"R1": 40, "R5": 30, "R3": 20, "R4f": 10}
    by_hand = 40 * Fraction(8, 10) + 30 * Fraction(9, 10) + 20 * Fraction(9, 10) + 10
    assert score(GOOD) == by_hand * 100 == 8_700


def test_equal_scores_share_a_place_and_no_denominator_has_none() -> None:
    worse = replace(GOOD, cashless=4)
    found = league({"b": GOOD, "a": GOOD, "c": worse, "d": Tally()})
    assert [(one.commune, one.place, one.score) for one in found] == [
        *(("a", 1, "87.00"), ("b", 1, "87.00"), ("c", 3, "71.00"), ("d", None, None)),
    ]


def test_a_target_may_be_exceeded_and_says_where_it_is_from() -> None:
    urban, rural = communes_of("04")[0].code, communes_of("04")[10].code
    found = list(reached({urban: GOOD, rural: replace(GOOD, cashless=0)}, "2026-12"))
    of_wards = next(one for one in found if one.target.scope == "phường")
    assert (of_wards.n, of_wards.d, of_wards.percent, of_wards.of_goal) == (
        8,
        10,
        "80.00",
        "133.33",
    )
    assert all(one.source and not one.confirmed for one in all_targets())
    assert list(reached({urban: GOOD}, "2031-01")) == []


def test_hours_are_count_times_minutes_over_sixty() -> None:
    found = {one.code: (one.count, one.minutes, one.hours) for one in saved(GOOD, 120)}
    assert found == {"H1": (8, "45", 6), "H2": (0, "6", 0), "H3": (120, "0.5", 1)}


@pytest.mark.parametrize(("day", "parts"), [(10, (9, 1, 0, 2)), (11, (9, 1, 2, 0))])
def test_what_is_unpaid_is_overdue_once_the_due_day_is_over(
    day: int, parts: tuple[int, ...]
) -> None:
    tally = replace(GOOD, lines=12)
    now = datetime(2026, 9, day, 12, tzinfo=TIME_ZONE)
    found = timeliness(tally, {10: date(2026, 9, 10)}, now)
    assert (found.on_time, found.late, found.overdue, found.not_due) == parts


def test_the_lowest_come_first_and_who_has_no_rate_is_left_out() -> None:
    areas = communes_of("04")
    places = [Place(areas[0], 5, 10), Place(areas[1], 0, 0), Place(areas[2], 1, 10)]
    assert [one.area for one in lowest(places)] == [areas[2], areas[0]]
    assert len(lowest([Place(area, 1, 2) for area in areas])) == 10


def test_a_commune_is_as_ready_as_its_worst_criterion() -> None:
    lights = [Light("x", 1, 1, colour) for colour in (GREEN, GREY, AMBER, RED)]
    assert [worst(lights[:at]) for at in (1, 2, 3, 4)] == [GREEN, GREY, AMBER, RED]
    assert all(0 < one.amber < one.green <= 10_000 for one in criteria())


def test_a_campaign_day_by_day_ends_at_what_there_is() -> None:
    whole = Progress(targeted=130, target=100)
    whole.per_day = {date(2026, 5, 2): 20, date(2026, 5, 3): 30}
    found = list(daily(whole, date(2026, 5, 1), date(2026, 5, 3)))
    assert [(one.gained, one.reached, one.percent) for one in found] == [
        *((0, 80, "80.00"), (20, 100, "100.00"), (30, 130, "130.00")),
    ]
    assert list(daily(Progress(), date(2026, 5, 1), date(2026, 5, 3))) == []


@pytest.mark.stage(of=september_paid)
def test_the_board_of_the_tiny_province(house: House) -> None:
    tally = {"01273": Tally(listed=4, usable=3, lines=4, on_time=2, paid_lines=3, sent=3, first=2)}
    with house.database.view() as session:
        lights = board(session, SEPTEMBER, tally, declared(session), house.clock.now())
    found = {one.code: (one.n, one.d, one.colour) for one in lights["01273"]}
    assert found == {
        "people": (0, 0, GREY),  # nobody was looked up yet
        "accounts": (3, 4, GREEN),
        "officers": (3, 3, GREEN),
        "lists": (1, 1, GREEN),
        "doubts": (4, 4, GREEN),
        "success": (2, 3, RED),
        "on_time": (2, 4, RED),
        "received": (3, 4, RED),
    }
