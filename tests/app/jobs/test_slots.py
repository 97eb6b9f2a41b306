"""When jobs are due around Tết and swapped days: rules, names and rolls by table."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from app.clock import TIME_ZONE
from app.jobs.schedule import JOBS
from app.reference.calendar import SHIPPED, Calendar
from app.schedule.slots import Daily, Every, Monthly, Rule, Slot

# Rehearsal: the government moves the day off from Friday 18 September to Thursday the 17th late.
MOVED = Calendar({date(2026, 9, 17): False, date(2026, 9, 19): True})


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TIME_ZONE)


def between(rule: Rule, first: str, last: str, calendar: Calendar = SHIPPED) -> list[Slot]:
    return list(rule.slots(moment(first), moment(last), calendar))


@pytest.mark.parametrize(
    ("month", "days"),
    [
        # The 18th is the second day of Tết: opened before it, on Friday the 13th.
        ("2026-02", {18: "2026-02-13", 20: "2026-02-13", 23: "2026-02-23", 24: "2026-02-24"}),
        ("2026-01", {18: "2026-01-16", 20: "2026-01-20", 24: "2026-01-23"}),
        ("2026-04", {18: "2026-04-17", 24: "2026-04-24"}),
        ("2026-10", {18: "2026-10-16", 24: "2026-10-23"}),
        # 24 November is a holiday since 2025.
        ("2026-11", {18: "2026-11-18", 24: "2026-11-23"}),
    ],
)
def test_the_days_of_the_list_roll_back(month: str, days: dict[int, str]) -> None:
    rule = Monthly(tuple(days), time(7))
    found = between(rule, f"{month}-01", f"{month}-28T23:59")
    assert {slot.name: slot.at for slot in found} == {
        f"{month}-{day}": moment(f"{at}T07:00") for day, at in days.items()
    }
    assert [slot.at for slot in found] == sorted(slot.at for slot in found)


@pytest.mark.parametrize(
    ("month", "day", "due"),
    [
        ("2026-02", 16, "2026-02-23"),  # Tết: 16 to 20 February, then a weekend
        ("2026-01", 2, "2026-01-05"),  # bridged for Saturday the 10th, which banks do not work
        ("2026-01", 10, "2026-01-12"),
        ("2026-04", 25, "2026-04-28"),  # Saturday; the Kings' day on Sunday is made up on Monday
        ("2026-05", 1, "2026-05-04"),
        ("2026-10", 10, "2026-10-12"),
    ],
)
def test_the_due_day_rolls_forward(month: str, day: int, due: str) -> None:
    (slot,) = between(Monthly((day,), time(9), "forward"), f"{month}-01", f"{month}-28T23:59")
    assert slot.at == moment(f"{due}T09:00")


def test_a_late_decision_moves_a_slot_and_leaves_its_name() -> None:
    """So that what ran on the old day is not run again on the new one."""
    rule = Monthly((19,), time(7))
    (before,) = between(rule, "2026-09-01", "2026-09-30")
    (after,) = between(rule, "2026-09-01", "2026-09-30", MOVED)
    assert (before.name, after.name) == ("2026-09-19", "2026-09-19")
    assert (before.at.day, after.at.day) == (18, 19)
    assert (before.month, before.next_month) == ("2026-09", "2026-10")


def test_december_makes_the_list_of_january() -> None:
    (slot,) = between(Monthly((18,), time(7)), "2026-12-01", "2026-12-31")
    assert slot.next_month == "2027-01"


def test_minutes_and_days() -> None:
    every = Every(30, 8, 9, banking_days=True)
    names = [slot.name for slot in between(every, "2026-10-09T09:00", "2026-10-12T08:30")]
    assert names == ["2026-10-09T09:30", "2026-10-12T08:00", "2026-10-12T08:30"]
    daily = [slot.name for slot in between(Daily(time(1, 30)), "2026-10-09T01:30", "2026-10-11")]
    assert daily == ["2026-10-10"]
    banks = between(Daily(time(9), banking_days=True), "2026-02-13T10:00", "2026-02-24")
    assert [slot.name for slot in banks] == ["2026-02-23"]


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_slots_of_every_job_have_one_name_each_and_do_not_depend_on_where_one_begins(
    job: object,
) -> None:
    """Two schedulers that look from different moments agree on names and moments."""
    rule: Rule = job.rule  # type: ignore[attr-defined]
    whole = between(rule, "2026-02-01", "2026-03-10")
    assert len({slot.name for slot in whole}) == len(whole)
    middle = moment("2026-02-18T07:00")
    first = list(rule.slots(moment("2026-02-01"), middle, SHIPPED))
    second = list(rule.slots(middle, moment("2026-03-10"), SHIPPED))
    assert [*first, *second] == whole
    assert all(slot.at.utcoffset() == timedelta(hours=7) for slot in whole)
