"""Clocks tell aware moments and never run backwards."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.clock import TIME_ZONE, FixedClock, SteppedClock, SystemClock, local_date

NOON = datetime(2026, 10, 9, 12, tzinfo=TIME_ZONE)


def test_the_system_clock_is_in_viet_nam() -> None:
    assert SystemClock().now().utcoffset() == timedelta(hours=7)


def test_a_fixed_clock_stands() -> None:
    clock = FixedClock(NOON)
    assert clock.now() == clock.now() == NOON


def test_a_stepped_clock_goes_forward_only() -> None:
    clock = SteppedClock(NOON, tick=timedelta(seconds=1))
    assert [clock.now(), clock.now()] == [NOON, NOON + timedelta(seconds=1)]
    clock.advance(timedelta(days=1))
    assert clock.now() == NOON + timedelta(days=1, seconds=2)
    with pytest.raises(ValueError, match="does not go back"):
        clock.move_to(NOON)


@pytest.mark.parametrize("make", [FixedClock, SteppedClock, local_date])
def test_a_naive_moment_is_refused(make: object) -> None:
    with pytest.raises(ValueError, match="time zone"):
        make(datetime(2026, 10, 9))  # type: ignore[operator]  # noqa: DTZ001


def test_the_day_is_the_day_in_viet_nam() -> None:
    assert local_date(datetime(2026, 10, 9, 17, 30, tzinfo=UTC)) == date(2026, 10, 10)
