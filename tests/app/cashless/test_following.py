"""What follows first payments, and how far each commune is: figures as people would count them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from app.beneficiaries.order_of_use import fall_back
from app.beneficiaries.reasons import set_reasons
from app.cashless.campaigns import begin, campaign_named, read_targets
from app.cashless.follow_up import follow_up, to_do
from app.cashless.progress import Progress, progress, total
from app.errors import Conflict, InputError, NotFound
from app.jobs.accounts import follow_accounts
from app.jobs.payrolls import open_payrolls
from bank_adapters.contract import ReportKind
from tests.app.cashless.office import answer_csv, apply, lines_of, opened, people_on_cash, request
from tests.factories import (
    BANK,
    COMMUNE,
    OCTOBER,
    OTHER_COMMUNE,
    SEPTEMBER,
    House,
    booked,
    in_cash,
    report,
    row,
    september_sent,
)

DAY = date(2026, 9, 1)


def bank_says(house: House, reason: str = "AC04") -> None:
    """Person 1's September was credited; person 2's came back."""
    one, two = (house.reference(number, SEPTEMBER) for number in (1, 2))
    lines = (
        booked(one, -500_000, "2026-09-10"),
        booked(two, -500_000, "2026-09-10"),
        booked(two, 500_000, "2026-09-11", is_return=True, reason=reason),
    )
    stated = report(ReportKind.STATEMENT, house.account(BANK), *lines, opening=1_000_000,
                    closing=500_000)  # fmt: skip
    house.receives(BANK, stated)


def run(house: House) -> dict[str, int]:
    with house.work() as session:
        return dict(follow_up(session, "test", house.later()))


NOW = "select d.method, d.kind, p.still_cash from person p join destination d" \
      " on d.id = p.destination_id where p.id = "  # fmt: skip


@pytest.mark.stage(of=september_sent)
def test_what_arrives_confirms_and_what_comes_back_is_paid_in_cash(house: House) -> None:
    assert run(house) == {"confirmed": 0, "returned": 0, "moved": 0}
    bank_says(house)
    assert run(house) == {"confirmed": 1, "returned": 1, "moved": 1}
    assert run(house) == {"confirmed": 0, "returned": 0, "moved": 0}, "once"
    checks = "select d.person_id, c.result, c.source from destination_check c" \
             " join destination d on d.id = c.destination_id"  # fmt: skip
    assert house.rows(checks) == [(1, "confirmed", "first_payment")]
    assert house.rows(f"{NOW} 1") == [("account", "bank", "")]
    assert house.rows(f"{NOW} 2") == [("cash", "post", "returned")]
    assert house.ask("select count(*) from banned_account") == 1, "a closed account"
    with house.database.view() as session:
        (one,) = to_do(session, COMMUNE)
        assert to_do(session, OTHER_COMMUNE) == []
    assert (one.name, one.account_tail) == ("Nông Thị Người 002", "1000")
    assert one.reason
    with house.work() as session:
        set_reasons(session, {2: "chosen"}, "đã hỏi", "test", house.later())
        assert to_do(session, "") == [], "who was asked is off the list"


@pytest.mark.stage(of=september_sent)
def test_who_fell_back_is_paid_in_cash_what_came_back(house: House) -> None:
    bank_says(house)
    run(house)
    house.register(OCTOBER, row(1), in_cash(2), in_cash(3))
    house.list_month(OCTOBER)
    listed = "select l.method, l.cause from payroll_line l join payroll p on p.id = l.payroll_id" \
             f" where p.period = '{OCTOBER}' and l.person_id = 2 order by l.cause"  # fmt: skip
    assert house.rows(listed) == [("cash", "carried"), ("cash", "rate")]


@pytest.mark.stage(of=september_sent)
def test_a_trouble_of_the_banks_own_changes_nothing(house: House) -> None:
    bank_says(house, "MS03")
    assert run(house) == {"confirmed": 1, "returned": 0, "moved": 0}
    assert house.rows(f"{NOW} 2") == [("account", "bank", "")]


@pytest.mark.stage(of=september_sent)
def test_the_nightly_job_takes_it_in(house: House) -> None:
    bank_says(house)
    assert follow_accounts(house.runtime) == "confirmed 1, returned 1, moved 1"


@pytest.fixture
def campaign(house: House, tmp_path: Path) -> House:
    """Of five people one had an account; the bank opened two of four within the campaign."""
    people_on_cash(house)
    targets = tmp_path / "targets.csv"
    targets.write_text(f"Mã xã;Chỉ tiêu\r\n{COMMUNE};2\r\n", "utf-8")
    with house.work() as session:
        begin(
            session, "Cao điểm", DAY, date(2026, 9, 30), read_targets(targets), "t", house.later()
        )
        set_reasons(session, {3: "far"}, "thăm", "t", house.later())
    house.on("2026-09-02")
    request(house, tmp_path / "list.csv")
    lines = lines_of(tmp_path / "list.csv")
    first = [opened(one, f"10000000000{at}") for at, one in enumerate(lines[1:3])]
    apply(house, answer_csv(tmp_path / "answer.csv", first))
    return house


def measured(house: House, area: str = "", name: str = "Cao điểm") -> dict[str, Progress]:
    with house.database.view() as session:
        chosen = campaign_named(session, name) if name else None
        return progress(session, area, house.clock.now().date(), chosen)


def test_progress_shows_both_sides_of_every_rate(campaign: House) -> None:
    found = measured(campaign)
    assert found[COMMUNE] == Progress(
        people=4, with_account=3, verified=2, first_paid=0, asked=3, opened=2, target=2,
        targeted=3, reasons={"far": 1}, per_day={date(2026, 9, 2): 2},
    )  # fmt: skip
    assert found[OTHER_COMMUNE].reasons == {"": 1}
    rates = found[COMMUNE].as_json()["rates"]
    assert rates["with_account"] == {"n": 3, "d": 4, "percent": "75.00"}
    assert rates["target"] == {"n": 3, "d": 2, "percent": "150.00"}, "above 100 is an answer"
    assert rates["verified"] == {"n": 2, "d": 3, "percent": "66.67"}
    assert measured(campaign, OTHER_COMMUNE, "").keys() == {OTHER_COMMUNE}


def test_a_rate_of_several_communes_is_no_average(campaign: House) -> None:
    whole = total(measured(campaign).values())
    rates = whole.as_json()["rates"]
    assert rates["with_account"] == {"n": 3, "d": 5, "percent": "60.00"}, "not (75 + 0) / 2"
    assert rates["target"] == {"n": 3, "d": 2, "percent": "150.00"}
    assert total([]).as_json()["rates"]["with_account"]["percent"] is None


def test_days_outside_a_campaign_are_not_its_own(campaign: House) -> None:
    with campaign.work() as session:
        begin(session, "Đợt hai", date(2026, 10, 1), date(2026, 10, 31), {COMMUNE: 1}, "t",
              campaign.later())  # fmt: skip
    assert measured(campaign, name="Đợt hai")[COMMUNE].per_day == {}


def test_a_campaign_that_cannot_be_is_refused(campaign: House, tmp_path: Path) -> None:
    now, session_of = campaign.clock.now(), campaign.work
    with pytest.raises(Conflict, match="Đã có chiến dịch"), session_of() as session:
        begin(session, "Cao điểm", DAY, DAY, {COMMUNE: 1}, "t", now)
    with pytest.raises(InputError, match="trước ngày bắt đầu"), session_of() as session:
        begin(session, "Ngược", DAY, date(2026, 8, 1), {COMMUNE: 1}, "t", now)
    with pytest.raises(InputError, match="chưa có chỉ tiêu"), session_of() as session:
        begin(session, "Trống", DAY, DAY, {}, "t", now)
    with pytest.raises(NotFound):
        measured(campaign, name="Không có")
    path = tmp_path / "bad.csv"
    path.write_text(f"Mã xã;Chỉ tiêu\n99999;1\n{COMMUNE};không\n{OTHER_COMMUNE};0\n", "utf-8")
    with pytest.raises(InputError, match="3 lỗi"):
        read_targets(path)


@contextmanager
def counted(house: House) -> Iterator[list[str]]:
    """The statements that run inside."""
    told: list[str] = []

    def note(*arguments: Any) -> None:
        told.append(arguments[2])

    event.listen(house.database.engine, "before_cursor_execute", note)
    yield told
    event.remove(house.database.engine, "before_cursor_execute", note)


def steps(house: House, folder: Path, first: int, people: int) -> list[int]:
    """How many statements each step took for so many more people."""
    many = [in_cash(first + at) for at in range(people)]
    house.register(SEPTEMBER if first == 1 else OCTOBER, *many)
    path = folder / f"{first}.csv"
    with counted(house) as one:
        made = request(house, path, COMMUNE)
    lines = lines_of(path)
    said = [opened(line, f"10{first:05}{at:05}") for at, line in enumerate(lines)]
    with counted(house) as two:
        assert apply(house, answer_csv(folder / "a.csv", said), made.request_id) == {
            "opened": people
        }
    with counted(house) as three:
        measured(house, name="")
    return [len(one), len(two), len(three)]


def test_ten_times_the_people_take_no_more_statements(house: House, tmp_path: Path) -> None:
    few = steps(house, tmp_path, 1, 20)
    many = steps(house, tmp_path, 101, 200)
    assert many == few


def test_many_accounts_that_failed_take_no_more_statements(house: House) -> None:
    house.register(SEPTEMBER, *(row(number) for number in range(1, 301)))
    taken = []
    for people in (range(1, 11), range(11, 301)):
        with house.work() as session, counted(house) as told:
            fall_back(session, people, set(), "follow-up", house.later())
        taken.append(len(told))
    assert taken[0] == taken[1]
    open_payrolls(house.runtime, SEPTEMBER)
    assert house.ask("select count(*) from payroll_line where method = 'cash'") == 300
