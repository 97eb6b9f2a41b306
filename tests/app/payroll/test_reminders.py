"""Reminders: who has payrolls of the month waiting for his act, once per day of the rule."""

from __future__ import annotations

from app.payroll.reminders import Task, remind, tasks
from tests.factories import COMMUNE, OCTOBER, SEPTEMBER, House, row


def told(house: House, slot: str) -> list[tuple[str, str, int]]:
    with house.work() as session:
        remind(session, slot, SEPTEMBER, house.later())
    return [
        (name, step, int(count))
        for name, step, count in house.rows(
            "select o.username, r.step, r.payrolls from reminder r"
            f" join officer o on o.id = r.officer_id where r.slot = '{slot}' order by 1, 2"
        )
    ]


def waiting(house: House, username: str) -> list[Task]:
    with house.database.view() as session:
        return tasks(session, house.officer(username), house.clock.now())


def test_each_step_reminds_whoever_may_do_it(house: House) -> None:
    house.register(SEPTEMBER, row(1))
    ids = house.list_month(SEPTEMBER)
    names = [name for name, *_ in told(house, "2026-08-20")]
    assert f"maker.{COMMUNE}" in names
    assert not [name for name in names if name.startswith(("checker", "approver", "finance"))]
    house.submit(ids)
    assert {step for _, step, _ in told(house, "2026-08-22")} == {"check"}
    house.approve("check", ids)
    assert {step for _, step, _ in told(house, "2026-08-23")} == {"approve"}
    house.approve("approve", ids)
    assert told(house, "2026-08-24") == []


def test_a_slot_reminds_an_officer_once(house: House) -> None:
    house.register(SEPTEMBER, row(1))
    house.list_month(SEPTEMBER)
    first = told(house, "2026-08-20")
    assert told(house, "2026-08-20") == first
    with house.work() as session:
        assert remind(session, "2026-09-20", OCTOBER, house.later()) == 0


def test_tasks_show_what_waits_now_and_the_days_of_reminding(house: House) -> None:
    house.register(SEPTEMBER, row(1))
    ids = house.list_month(SEPTEMBER)
    maker = f"maker.{COMMUNE}"
    told(house, "2026-08-20")
    told(house, "2026-08-22")
    (task,) = waiting(house, maker)
    assert (task.period, task.step, task.payrolls, len(task.reminded)) == (
        SEPTEMBER,
        "submit",
        1,
        2,
    )
    house.submit(ids)
    assert waiting(house, maker) == []
    (task,) = waiting(house, f"checker.{COMMUNE}")
    assert (task.step, task.reminded) == ("check", ())
