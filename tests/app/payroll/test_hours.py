"""Hours of approval and release: announced by two, with the days that were set, and by the rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from click.testing import Result
from sqlalchemy.exc import DBAPIError

from app.access.together import Signer
from app.clock import TIME_ZONE, SystemClock
from app.disbursement.acts import prove_acts
from app.errors import Forbidden, InputError, Refused
from app.payroll.hours import Hours, set_hours
from app.payroll.hours_tables import approval_hours
from app.reference.calendar import FIRST_YEAR, LAST_YEAR, SHIPPED, unusual_days
from app.schedule.calendar import MovedDay, set_day
from tests.factories import COMMUNE, SEPTEMBER, House, september_listed
from tests.support.commands import ansinh, ansinh_json, by
from tests.support.forging import forged_act

CHECKER = f"checker.{COMMUNE}"
PAIR = ("finance.one", "finance.two")
TUESDAY, SATURDAY = date(2026, 9, 8), date(2026, 9, 12)


def announced(house: House, hours: Hours) -> int:
    now = house.later()
    two = [Signer(house.officer(name), house.code()) for name in PAIR]
    with house.work() as session:
        return set_hours(session, house.keyring, two, hours, now)


def day_set(house: House, day: date, kind: str) -> None:
    now = house.later()
    two = [Signer(house.officer(name), house.code()) for name in PAIR]
    with house.work() as session:
        set_day(session, house.keyring, two, MovedDay(day, kind, "Nghỉ bù", f"CV {kind}"), now)


def opens(house: House, day: date, at: str) -> bool:
    """Whether it is open then: the service and the rows say the same."""
    when = datetime.fromisoformat(f"{day}T{at}").replace(tzinfo=TIME_ZONE)
    by_rows = _said(lambda: forged_act(house, CHECKER, "approve", when))
    house.clock.move_to(when - timedelta(minutes=1))
    by_service = _said(lambda: house.approve("check", [1]))
    assert by_service, "a draft is not checked at any hour"
    is_open = "Ngoài giờ" not in by_service
    assert ("out of hours" not in by_rows) is is_open
    return is_open


def _said(act: Callable[[], object]) -> str:
    try:
        act()
    except (DBAPIError, Refused) as refused:
        return str(refused)
    return ""


@pytest.mark.parametrize(
    ("day", "at", "is_open"),
    [
        (TUESDAY, "06:59", False),
        (TUESDAY, "07:00", True),
        (TUESDAY, "17:59", True),
        (TUESDAY, "18:00", False),
        (SATURDAY, "10:00", False),
        (date(2026, 9, 2), "10:00", False),  # the national holiday
        (date(2026, 10, 23), "00:00", True),
        (date(2026, 10, 24), "23:59", True),  # a Saturday
        (date(2026, 10, 25), "00:00", False),
    ],
)
@pytest.mark.stage(of=september_listed)
def test_the_rows_keep_the_hours_that_the_service_keeps(
    house: House, day: date, at: str, is_open: bool
) -> None:
    assert opens(house, day, at) is is_open


@pytest.mark.stage(of=september_listed)
def test_days_that_two_officers_set_count_for_both(house: House) -> None:
    """A Saturday that is worked, a Tuesday that is not, and a day that was set twice."""
    day_set(house, SATURDAY, "open")
    day_set(house, TUESDAY, "closed")
    assert not opens(house, TUESDAY, "10:00")
    assert opens(house, SATURDAY, "10:00")
    assert not opens(house, SATURDAY, "18:00")
    day_set(house, SATURDAY + timedelta(days=7), "open")
    day_set(house, SATURDAY + timedelta(days=7), "closed")
    assert not opens(house, SATURDAY + timedelta(days=7), "10:00")


@pytest.mark.stage(of=september_listed)
def test_other_hours_are_announced_for_a_later_day(house: House) -> None:
    """One late evening, also on a Saturday; from the day after it is as before."""
    announced(house, Hours(SATURDAY, "08:00", "24:00", every_day=True, reason="CV 1"))
    announced(house, Hours(SATURDAY + timedelta(days=1), reason="CV 1"))
    assert not opens(house, TUESDAY, "18:00")
    assert [opens(house, SATURDAY, at) for at in ("07:59", "08:00", "23:59")] == [
        False, True, True,
    ]  # fmt: skip
    assert not opens(house, SATURDAY + timedelta(days=1), "10:00")
    assert opens(house, SATURDAY + timedelta(days=2), "07:00")
    with house.database.view() as session:
        assert prove_acts(session, house.keyring).figures["unbound"] == []


@pytest.mark.stage(of=september_listed)
def test_what_cannot_be_hours(house: House) -> None:
    today, later = house.clock.now().date(), TUESDAY
    for wrong in (
        Hours(today, reason="CV 1"),
        Hours(later, "7:00", reason="CV 1"),
        Hours(later, "07:00", "24:01", reason="CV 1"),
        Hours(later, "18:00", "07:00", reason="CV 1"),
        Hours(later, reason=" "),
    ):
        with pytest.raises(InputError):
            announced(house, wrong)
    assert house.count(approval_hours) == 0


@pytest.mark.stage(of=september_listed)
def test_nobody_sets_hours_by_hand(house: House) -> None:
    announced(house, Hours(TUESDAY, closes="19:00", reason="CV 1"))
    columns = "from_day, opens, closes, every_day, reason, joint_id, recorded_at"
    copied = f"insert into approval_hours ({columns}) select {{day}}, opens, '24:00', 1, reason,"
    ladder = "(select max(id) from joint_act where step = 'ladder')"
    joint = (
        "insert into joint_act (step, about, digest, officer_one, act_one, officer_two, act_two)"
        " values ('approval_hours', 'approval_hours:2026-08-20', 'd', {one}, {first}, {two},"
        " {second})"
    )
    pair = [(house.officer(name), forged_act(house, name, "approval_hours")) for name in PAIR]
    (one, first), (two, second) = pair
    house.tamper(joint.format(one=one, two=two, first=first, second=second))
    newest = "(select max(id) from joint_act)"
    from_table = "recorded_at from approval_hours"
    for statement in (
        f"{copied.format(day='from_day')} {ladder}, {from_table}",
        f"{copied.format(day='from_day')} {newest}, {from_table}",
        f"{copied.format(day=chr(39) + '2026-08-20' + chr(39))} {newest}, {from_table}",
        "update approval_hours set closes = '24:00'",
        "delete from approval_hours",
    ):
        with pytest.raises(DBAPIError):
            house.tamper(statement)


def test_the_database_knows_the_shipped_calendar(house: House) -> None:
    known = {date.fromisoformat(day): kind == "open"
             for day, kind in house.rows("select day, kind from shipped_day")}  # fmt: skip
    assert known == dict(unusual_days())
    day, wrong = date(FIRST_YEAR, 1, 1), []
    while day.year <= LAST_YEAR:
        if known.get(day, day.weekday() < 5) != SHIPPED.is_banking_day(day):
            wrong.append(day)
        day += timedelta(days=1)
    assert wrong == []


@pytest.mark.stage(of=september_listed)
def test_from_the_command_line(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SystemClock, "now", lambda _: house.clock.now())
    shown: Result = ansinh(house, "hours", "show")
    assert shown.output == "Hôm nay: 07:00–18:00 ngày làm việc, riêng ngày 23 và 24 cả ngày.\n"
    house.later()
    words = ("hours", "set", "--from", "2026-09-08", "--closes", "20:00", "--reason", "CV 7")
    did = ansinh_json(house, *words, *by(house, *PAIR))
    assert (did["opens"], did["closes"], did["every_day"]) == ("07:00", "20:00", False)
    house.on("2026-09-08")
    assert "Hôm nay: 07:00–20:00" in ansinh(house, "hours", "show").output
    words = (*words[:3], "2026-09-15", *words[4:])
    alone = ansinh(house, *words, *by(house, "finance.one"))
    assert isinstance(alone.exception, InputError | Refused)
    assert "báo trước" not in str(alone.exception)
    strangers = ansinh(house, *words, *by(house, "auditor", "checker.all"))
    assert isinstance(strangers.exception, Forbidden)
    assert house.payrolls(SEPTEMBER, "draft") == [1]
