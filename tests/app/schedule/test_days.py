"""Days set by two officers, the lock of a month's list: refused by rooms and by the database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, literal, select
from sqlalchemy.exc import DBAPIError

from app.access.together import Signer
from app.benefits.tables import obligation
from app.disbursement.selects import repaired
from app.errors import Forbidden, InputError, NotFound, Refused
from app.jobs.payrolls import open_payrolls
from app.payroll.runs import open_follow_up
from app.reference.calendar import SHIPPED
from app.schedule.calendar import MovedDay, calendar_of, set_day
from app.schedule.days import due_on, last_day_to_send, pay_on
from app.schedule.locking import lock_by, lock_list, refuse_locked, unlock_list
from tests.factories import COMMUNE, OCTOBER, SEPTEMBER, House, row

BRIDGE = MovedDay(date(2026, 10, 12), "closed", "Nghỉ hoán đổi", "Công văn 1/BNV ngày 09/10/2026")
BOTH = ("finance.one", "finance.two")


def two(house: House, names: tuple[str, str] = BOTH) -> list[Signer]:
    house.later()
    return [Signer(house.officer(name), house.code()) for name in names]


def move(house: House, moved: MovedDay, names: tuple[str, str] = BOTH) -> int:
    signers = two(house, names)
    with house.work() as session:
        return set_day(session, house.keyring, signers, moved, house.clock.now())


def test_two_officers_set_a_day_and_the_newest_counts(house: House) -> None:
    def due() -> date:
        with house.database.view() as session:
            return due_on(calendar_of(session), OCTOBER, 10)

    assert due() == date(2026, 10, 12)
    move(house, BRIDGE)
    assert due() == date(2026, 10, 13)
    with pytest.raises(Refused):
        move(house, BRIDGE)
    move(house, MovedDay(BRIDGE.day, "open", "Không nghỉ nữa", "Công văn 2/BNV"))
    assert due() == date(2026, 10, 12)
    move(house, MovedDay(date(2026, 10, 10), "open", "Làm bù", "Công văn 3/BNV"))
    assert due() == date(2026, 10, 10)
    trail = house.rows("select object from audit_event where action = 'schedule:calendar:set'")
    assert trail[0] == ("calendar:2026-10-12",)


def test_what_is_refused(house: House) -> None:
    with pytest.raises(Refused):
        move(house, BRIDGE, ("finance.one", "finance.one"))
    with pytest.raises(Forbidden):
        move(house, BRIDGE, ("finance.one", f"maker.{COMMUNE}"))
    for bad in (
        MovedDay(BRIDGE.day, "half", "n", "s"),
        MovedDay(BRIDGE.day, "closed", " ", "s"),
        MovedDay(BRIDGE.day, "closed", "n", ""),
        MovedDay(BRIDGE.day, "closed", "n", "s" * 301),
    ):
        with pytest.raises(InputError):
            move(house, bad)


def test_the_database_wants_the_two_behind_a_day_and_behind_a_lifted_lock(house: House) -> None:
    move(house, BRIDGE)
    with house.work() as session:
        lock_list(session, OCTOBER, "jobs", house.clock.now())
    for forged in (
        "insert into calendar_day (day, kind, name, source, joint_id, recorded_at)"
        " values ('2026-10-13', 'closed', 'n', 's', 1, '2026-10-01 00:00:00+00')",
        "insert into period_unlock (lock_id, joint_id, reason, unlocked_at)"
        " values (1, 1, 'r', '2026-10-01 00:00:00+00')",
    ):
        with pytest.raises(DBAPIError, match="two officers"):
            house.tamper(forged)


def test_days_of_paying() -> None:
    late = date(2026, 10, 15)
    assert pay_on(SHIPPED, OCTOBER, 10, date(2026, 10, 1)) == date(2026, 10, 12)
    assert pay_on(SHIPPED, OCTOBER, 10, late) == late
    assert pay_on(SHIPPED, OCTOBER, 10, date(2026, 10, 17)) == date(2026, 10, 19)
    assert last_day_to_send(SHIPPED, date(2026, 10, 8)) == date(2026, 10, 13)


def test_no_line_is_added_to_a_locked_list(house: House) -> None:
    """By the job, by the room, and by SQL; another month and another kind of list are free."""
    house.register(SEPTEMBER, row(1))
    with house.work() as session:
        assert lock_list(session, SEPTEMBER, "jobs", house.clock.now())
        assert not lock_list(session, SEPTEMBER, "jobs", house.clock.now())
    with pytest.raises(Refused, match="đã chốt"):
        open_payrolls(house.runtime, SEPTEMBER)
    assert house.payrolls(SEPTEMBER, "draft") == []
    with house.work() as session:
        assert open_follow_up(session, SEPTEMBER, repaired(), house.later()) == 0
        refuse_locked(session, OCTOBER)


def test_a_line_of_a_draft_of_a_locked_month_is_refused_by_the_database(house: House) -> None:
    house.register(SEPTEMBER, row(1))
    (draft,) = house.list_month(SEPTEMBER)
    columns = [column for column in obligation.columns if column.name != "id"]
    told = [literal("carer") if one.name == "component" else one for one in columns]
    with house.work() as session:  # owed as well, and on no list yet
        session.execute(insert(obligation).from_select(columns, select(*told)))
    with house.work() as session:
        lock_list(session, SEPTEMBER, "jobs", house.clock.now())
    back = (
        "insert into payroll_line (payroll_id, line, obligation_id, person_id, destination_id,"
        f" contract_id, method, amount, cause) select {draft}, 2, o.id, o.person_id,"
        " l.destination_id, l.contract_id, l.method, l.amount, 'joined' from obligation o"
        " join payroll_line l on l.line = 1"
        " where o.id not in (select obligation_id from payroll_line)"
    )
    with pytest.raises(DBAPIError, match="the list of this month is locked"):
        house.tamper(back)
    unlock(house, "Bổ sung người bị sót")
    house.tamper(back)
    assert len(house.lines_of(draft)) == 2


def unlock(house: House, reason: str) -> int:
    signers = two(house)
    with house.work() as session:
        now = house.clock.now()
        return unlock_list(session, house.keyring, signers, SEPTEMBER, reason, now)


def test_two_lift_a_lock_with_a_reason_and_one_sets_it_again(house: House) -> None:
    house.register(SEPTEMBER, row(1))
    with pytest.raises(NotFound):
        unlock(house, "Chưa chốt")
    with house.work() as session:
        lock_list(session, SEPTEMBER, "jobs", house.clock.now())
    with pytest.raises(InputError):
        unlock(house, " ")
    unlock(house, "Bổ sung người bị sót")
    assert len(house.list_month(SEPTEMBER)) == 1
    (one, other) = two(house)
    with house.work() as session:
        assert lock_by(session, house.keyring, one, SEPTEMBER, house.clock.now())
        assert not lock_by(session, house.keyring, other, SEPTEMBER, house.clock.now())
    house.clock.advance(timedelta(minutes=1))
    maker = Signer(house.officer(f"maker.{COMMUNE}"), house.code())
    with house.work() as session, pytest.raises(Forbidden):
        lock_by(session, house.keyring, maker, SEPTEMBER, house.clock.now())
    said = house.rows("select detail from audit_event where action = 'schedule:list:unlock'")
    assert said == [("Bổ sung người bị sót",)]
