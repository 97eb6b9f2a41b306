"""Budget years: January's entries of the old year count in it, those of the new one do not."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.chart import path_of
from ledger.errors import PeriodClosed
from ledger.periods import close_period
from ledger.years import (
    last_adjustment_day,
    moved_by_year,
    opening_balances,
    select_year_items,
    unclosed_months,
    year_balances,
)
from tests.ledger.books import LATER, PENSION, Books

DECEMBER, JANUARY = date(2026, 12, 30), date(2027, 1, 20)


@pytest.fixture
def turn(scratch: Books) -> Books:
    """1,000 granted in December, 400 owed; in January 300 go back for 2026, 700 come for 2027."""
    scratch.post("fund_advance", 1_000, effective_on=DECEMBER)
    scratch.post_many("accrue", {1: 250, 2: 150}, effective_on=DECEMBER)
    scratch.post("owe_treasury", 300, effective_on=JANUARY, fiscal_year=2026)
    scratch.post("fund_advance", 700, effective_on=JANUARY)
    scratch.post("commit", 250, debit_item=1, effective_on=JANUARY)
    return scratch


def test_a_year_leaves_what_its_own_entries_leave(turn: Books) -> None:
    left = {one.path: one.balance for one in year_balances(turn.session, 2026)}
    assert left == {
        path_of("advance", PENSION): -1_000,
        path_of("funding", PENSION): 700,
        path_of("treasury", PENSION): 300,
        path_of("expense", PENSION): -400,
        path_of("payable", PENSION): 400,
    }
    assert [one.path for one in year_balances(turn.session, 2026, kinds=("treasury",))] == [
        path_of("treasury", PENSION)
    ]
    assert year_balances(turn.session, 2025) == []


def test_a_year_opens_with_what_the_one_before_left(turn: Books) -> None:
    opening = opening_balances(turn.session, 2027)
    assert opening == [one for one in year_balances(turn.session, 2026) if one.balance]
    assert sum(one.balance for one in opening) == 0
    later = {one.path: one.balance for one in opening_balances(turn.session, 2028)}
    assert later[path_of("advance", PENSION)] == -1_700


def test_every_year_in_one_reading(turn: Books) -> None:
    moved = moved_by_year(turn.session)
    assert list(moved) == [2026, 2027]
    assert moved[2026] == {one.path: one.balance for one in year_balances(turn.session, 2026)}
    assert moved[2027][path_of("advance", PENSION)] == -700


def test_items_that_a_year_leaves_open(turn: Books) -> None:
    rows = turn.session.execute(select_year_items(2026, "payable")).all()
    assert sorted((row.item, row.balance) for row in rows) == [(1, 250), (2, 150)]
    rows = turn.session.execute(select_year_items(2027, "payable")).all()
    assert [tuple(row) for row in rows] == [("local", "pension", 2, 150)]


def test_months_that_are_still_open(turn: Books) -> None:
    months = [f"2026-{month:02}" for month in range(1, 13)]
    assert unclosed_months(turn.session, "pension", 2026) == (["2026-12"], months[:11])
    assert unclosed_months(turn.session, "merit", 2026) == ([], months)
    close_period(turn.session, "pension", "2026-12", LATER)
    assert unclosed_months(turn.session, "pension", 2026) == ([], months[:11])
    assert len(unclosed_months(turn.session, "pension", 2027)[0]) == 12


def test_the_thirteenth_period_closes_by_itself(turn: Books) -> None:
    """Then January takes nothing more of the old year, and goes on for the new one."""
    for period in ("2026-12", "2026-13"):
        close_period(turn.session, "pension", period, LATER)
    turn.post("fund_advance", 5, effective_on=JANUARY)
    with pytest.raises(PeriodClosed):
        turn.post("owe_treasury", 1, effective_on=JANUARY, fiscal_year=2026)


def test_the_last_day_of_adjustment() -> None:
    assert last_adjustment_day(2026) == date(2027, 1, 31)
