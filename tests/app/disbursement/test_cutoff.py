"""The last moment of a day, to the minute: rails by amount and hour, month-ends, waiting."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from app.clock import TIME_ZONE
from app.disbursement.cutoff import last_moment_of
from app.jobs.sending import send_batches
from app.reference.calendar import SHIPPED
from app.reference.rails import hours_from, last_moment, rail_of, shipped_hours
from tests.app.disbursement.test_sending import delivered, runtime_of, september_released
from tests.factories import House

HALF_BILLION = 500_000_000


def at(told: str) -> datetime:
    """A moment in Viet Nam."""
    return datetime.fromisoformat(told).replace(tzinfo=TIME_ZONE)


@pytest.mark.parametrize(
    ("amount", "instant", "moment", "rail"),
    [
        (HALF_BILLION - 1, True, "2026-09-12T23:59", "napas247"),
        (HALF_BILLION, True, "2026-09-10T09:00", "high_value"),
        (HALF_BILLION - 1, False, "2026-09-10T15:59", "low_value"),
        (HALF_BILLION - 1, False, "2026-09-10T16:00", "high_value"),
        (HALF_BILLION - 1, False, "2026-09-10T17:00", "low_value"),
        (HALF_BILLION - 1, False, "2026-09-29T16:59", "low_value"),
        (HALF_BILLION - 1, False, "2026-09-12T09:00", "low_value"),
    ],
)
def test_rails(amount: int, instant: bool, moment: str, rail: str) -> None:
    assert rail_of(amount, "999001", instant, at(moment), SHIPPED).code == rail


@pytest.mark.parametrize(
    ("rail", "day", "ends"),
    [
        ("low_value", "2026-09-28", "16:00"),
        ("low_value", "2026-09-29", "17:00"),
        ("low_value", "2026-09-30", "17:00"),
        ("high_value", "2026-12-30", "17:45"),
        ("high_value", "2026-09-10", "17:00"),
        ("low_value", "2026-09-12", ""),
        ("low_value", "2026-09-02", ""),
    ],
)
def test_last_moments(rail: str, day: str, ends: str) -> None:
    """The last two banking days of a month are longer; days off have none."""
    found = last_moment(rail, "999001", date.fromisoformat(day), SHIPPED, TIME_ZONE)
    assert (f"{found:%H:%M}" if found else "") == ends


def test_a_bank_of_its_own_hour() -> None:
    row = {"rail": "low_value", "bank": "x", "day_kind": "normal", "opens": "08:00",
           "closes": "15:30", "valid_from": "2026-01-01", "valid_to": "", "source": "s",
           "confirmed": "no"}  # fmt: skip
    table = (*shipped_hours(), *hours_from([row]))
    day = date(2026, 9, 10)
    found = last_moment("low_value", "x", day, SHIPPED, TIME_ZONE, table)
    assert found == at("2026-09-10T15:30")


def test_a_list_needs_its_earliest_rail() -> None:
    day = date(2026, 9, 10)
    assert last_moment_of("b", [(1, "999001")], day, SHIPPED) == at("2026-09-10T17:00")
    assert last_moment_of("b", [(1, "unknown")], day, SHIPPED) == at("2026-09-10T16:00")


@pytest.mark.stage(of=september_released)
def test_a_minute_too_late_waits_for_the_next_day(house: House) -> None:
    house.on("2026-09-10", "16:45")
    assert send_batches(runtime_of(house)) == "0 sent; 2 too late, wait for 2026-09-11"
    assert house.rows("select state, execute_on from batch")[0][0] == "released"
    assert delivered(house) == []
    house.on("2026-09-11", "08:00")
    assert send_batches(runtime_of(house)) == "2 sent"
    (path,) = (house.home / "banka" / "in").iterdir()
    assert b"<Dt>2026-09-11</Dt>" in path.read_bytes()


@pytest.mark.stage(of=september_released)
def test_a_minute_before_it_leaves(house: House) -> None:
    house.on("2026-09-10", "16:44")
    assert send_batches(runtime_of(house)) == "2 sent"
