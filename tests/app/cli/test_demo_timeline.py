"""The days of a month of the demo, whatever holidays lie in it."""

from __future__ import annotations

import pytest

from app.cli.demo.timeline import days
from app.months import shift
from app.reference.calendar import is_banking_day

MONTHS = [shift("2025-10", number) for number in range(27)]


@pytest.mark.parametrize("period", MONTHS)
def test_what_is_paid_again_is_answered_before_the_settlement(period: str) -> None:
    d = days(period)
    assert (
        d.listed < d.approved < d.funded < d.due <= d.repaired < d.followed < d.settled < d.closed
    )
    assert all(map(is_banking_day, (d.due, d.repaired, d.followed)))
