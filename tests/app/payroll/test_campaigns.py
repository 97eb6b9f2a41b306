"""One-off payments: owed once a person, on payrolls of their own, outside the regular figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import pytest
from sqlalchemy import event, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.benefits.campaigns import Campaign, campaign_named
from app.disbursement.tables import funding_request
from app.errors import Refused
from app.indicators.cashless import count
from app.jobs.campaigns import prepare_campaign
from app.payroll.tables import payroll
from app.units import tables as units
from bank_adapters.contract import LineKind, ReportKind
from ledger.chart import Cell, open_accounts
from tests.factories import (
    ASSISTANCE,
    BANK,
    OCTOBER,
    POST,
    SEPTEMBER,
    House,
    booked,
    in_cash,
    listed,
    report,
    row,
    september_sent,
)
from tests.support.province import COMMUNE, ROUTES

NOVEMBER = "2026-11"
DAYS = {"from_day": date(2026, 8, 1), "to_day": date(2026, 12, 31)}
GIFT = replace(
    campaign_named("TET2026"), code="QUA", programmes=("pension", "assistance"),
    period=SEPTEMBER, **DAYS,
)  # fmt: skip
AHEAD = replace(
    campaign_named("T2-2027"), code="GOP", programmes=("pension", "assistance"),
    period=SEPTEMBER, first_month=OCTOBER, last_month=OCTOBER, **DAYS,
)  # fmt: skip


def prepare(house: House, campaign: Campaign, *others: Campaign) -> list[int]:
    """Prepare a campaign; gives its draft payrolls."""
    house.later()
    prepare_campaign(house.runtime, campaign, (campaign, *others))
    query = f"select id from payroll where campaign = '{campaign.code}' and state = 'draft'"
    return [one for (one,) in house.rows(query + " order by id")]


def approve(house: House, ids: list[int]) -> None:
    house.submit(ids)
    house.approve("check", ids)
    house.approve("approve", ids)


def owed(house: House, component: str) -> list[tuple[int, str, int]]:
    """(person, month, VND) of what is owed under a component."""
    return house.rows(
        "select person_id, period, amount from obligation"
        f" where component = '{component}' order by person_id, period"
    )


def bridge(house: House, payroll_id: int) -> dict[str, tuple[int, int]]:
    query = f"select cause, people, amount from bridge where payroll_id = {payroll_id}"
    return {cause: (people, amount) for cause, people, amount in house.rows(query)}


@pytest.mark.stage(of=september_sent)
def test_a_gift_goes_the_way_of_a_list_and_is_given_once(house: House) -> None:
    """Three people; the gift is asked for, released, sent and booked beside their pensions."""
    ids = prepare(house, GIFT)
    assert house.rows("select distinct kind, number from payroll where campaign = 'QUA'") == [
        ("campaign", 1)
    ]
    assert [(amount, cause) for one in ids for amount, cause, _ in house.lines_of(one)] == [
        (400_000, "campaign")
    ] * 3
    assert prepare(house, GIFT) == ids  # again it adds nothing
    assert len(owed(house, "gift:QUA")) == 3
    approve(house, ids)
    house.fund(SEPTEMBER)
    asked = "select sum(listed), sum(unspent) from funding_request where campaign = 'QUA'"
    assert house.rows(asked) == [(1_200_000, 0)]
    batches = house.build(SEPTEMBER)
    house.release(batches)
    for one in batches:
        house.send(one)
    reference = house.ask(
        "select i.reference from instruction i join obligation o on o.id = i.obligation_id"
        " where o.component = 'gift:QUA' and o.person_id = 1"
    )
    before = house.state(reference)
    house.receives(
        BANK,
        report(ReportKind.ADVICE, house.account(BANK), booked(reference, -400_000, "2026-09-12")),
    )
    assert (before, house.state(reference)) == ("ready", "settled")


@pytest.mark.stage(of=september_sent)
def test_gifts_are_not_in_the_rates_nor_in_the_bridge(house: House) -> None:
    with house.work() as session:
        before = count(session, SEPTEMBER, house.clock.now())
    ids = prepare(house, GIFT)
    approve(house, ids)
    with house.work() as session:
        assert count(session, SEPTEMBER, house.clock.now()) == before
    house.register(OCTOBER, row(1), row(2), in_cash(3))
    (october,) = house.list_month(OCTOBER)
    found = bridge(house, october)
    assert set(found) == {"previous", "rate", "arrears"}
    assert found["previous"] == (3, 1_500_000)
    total = house.ask(f"select total from payroll where id = {october}")
    assert sum(amount for _, amount in found.values()) == total


def test_one_person_in_two_programmes_has_one_gift(house: House) -> None:
    carer = row(1, row=30, programme=ASSISTANCE, group="K4", decision_number="2/QĐ")
    house.register(SEPTEMBER, row(1), carer, row(2, programme=ASSISTANCE, group="C6c"))
    house.list_month(SEPTEMBER)
    prepare(house, GIFT)
    found = house.rows("select programme, person_id from obligation where component = 'gift:QUA'")
    assert sorted(found) == [("assistance", 2), ("pension", 1)]
    with pytest.raises(DBAPIError, match=r"uq_obligation_gift|UNIQUE|unique"):
        house.tamper(
            "insert into obligation (programme, person_id, period, component, enrolment_id,"
            " unit_code, regular, arrears, amount, arrears_basis, reason) select 'assistance',"
            " person_id, '2026-12', component, enrolment_id, unit_code, 1, 0, 1, '', 'r'"
            " from obligation where component = 'gift:QUA' and person_id = 1"
        )


def test_a_gift_has_its_days_and_needs_a_list(house: House) -> None:
    with pytest.raises(Refused, match="chưa có danh sách"):
        prepare(house, GIFT)
    with pytest.raises(Refused, match="chỉ lập từ 28/12/2025 đến 31/01/2026"):
        prepare(house, campaign_named("TET2026"))


def test_who_has_no_way_yet_comes_on_a_further_payroll(house: House) -> None:
    house.register(SEPTEMBER, row(1), row(2, bank_bin="970499"))
    house.list_month(SEPTEMBER)
    (first,) = prepare(house, GIFT)
    query = f"select kind, people, is_blocking from flag where payroll_id = {first}"
    assert ("no_route_yet", 1, 0) in house.rows(query)
    house.register(OCTOBER, row(1), row(2))
    assert len(owed(house, "gift:QUA")) == 2
    both = prepare(house, GIFT)
    assert [len(house.lines_of(one)) for one in both] == [1, 1]


def test_the_database_knows_no_other_kind(house: House) -> None:
    house.register(SEPTEMBER, row(1))
    house.list_month(SEPTEMBER)
    for change in ("kind = 'bonus'", "kind = 'campaign'", "campaign = 'QUA'"):
        with pytest.raises(DBAPIError, match=r"(?i)check"):
            house.tamper(f"update payroll set {change}")


def test_two_months_at_once_and_not_again(house: House) -> None:
    """October is paid with September at what is known then; October pays the rise only."""
    house.register(SEPTEMBER, row(1), row(2))
    house.list_month(SEPTEMBER)
    prepare(house, AHEAD)
    assert owed(house, "ahead") == [(1, OCTOBER, 500_000), (2, OCTOBER, 500_000)]
    house.register(OCTOBER, row(1), row(2), row(3, start_period=OCTOBER))
    (october,) = house.list_month(OCTOBER)
    assert owed(house, "monthly") == [
        (1, SEPTEMBER, 500_000), (1, OCTOBER, 40_000 + 120_000),
        (2, SEPTEMBER, 500_000), (2, OCTOBER, 40_000 + 120_000), (3, OCTOBER, 540_000),
    ]  # fmt: skip
    total = house.ask(f"select total from payroll where id = {october}")
    assert sum(amount for _, amount in bridge(house, october).values()) == total == 860_000
    house.register(NOVEMBER, row(1), row(2), row(3, start_period=OCTOBER))
    house.list_month(NOVEMBER)
    assert [one for one in owed(house, "monthly") if one[1] == NOVEMBER] == [
        (number, NOVEMBER, 540_000) for number in (1, 2, 3)
    ]
    assert "Đã trả trước cùng kỳ trước 500.000" in house.told(1, OCTOBER)


def test_what_was_paid_ahead_too_much_is_found(house: House) -> None:
    """Two died in September, told in October, when October was paid already."""
    house.register(SEPTEMBER, row(1), row(2))
    house.list_month(SEPTEMBER)
    prepare(house, AHEAD)
    dead = row(2, event="death", event_date=date(2026, 9, 20))
    house.register(OCTOBER, row(1), dead)
    house.list_month(OCTOBER)
    house.register(NOVEMBER, row(1), dead)
    house.list_month(NOVEMBER)
    found = house.rows("select person_id, month, amount from overpayment where amount > 0")
    assert found == [(2, OCTOBER, 500_000)]


def test_a_bridge_names_who_was_paid_ahead(house: House) -> None:
    """Assistance of a group without a rise: nothing is owed in October, all are back after it."""
    level = replace(AHEAD, period=OCTOBER, first_month=NOVEMBER, last_month=NOVEMBER)
    house.register(SEPTEMBER, row(1))
    house.list_month(SEPTEMBER)
    house.register(OCTOBER, row(1))
    house.list_month(OCTOBER)
    prepare(house, level)
    house.register(NOVEMBER, row(1), row(2, start_period=NOVEMBER))
    *_, november = house.list_month(NOVEMBER)
    found = bridge(house, november)
    assert found["ahead"] == (1, -660_000)
    assert "left_missing" not in found
    house.register("2026-12", row(1), row(2, start_period=NOVEMBER))
    *_, december = house.list_month("2026-12")
    assert bridge(house, december)["after_ahead"] == (1, 540_000)
    total = house.ask(f"select total from payroll where id = {december}")
    assert sum(amount for _, amount in bridge(house, december).values()) == total


def test_a_month_that_was_listed_is_not_paid_ahead(house: House) -> None:
    house.register(SEPTEMBER, row(1))
    house.list_month(SEPTEMBER)
    house.register(OCTOBER, row(1))
    house.list_month(OCTOBER)
    with pytest.raises(Refused, match="đã lập, không còn trả trước"):
        prepare(house, AHEAD)
    assert house.count(payroll) == 2
    assert house.count(funding_request) == 0


def test_the_education_allowance_of_a_term_is_one_sum(house: House) -> None:
    """Five months at once, of those the student is enrolled in; the monthly list pays none."""
    with house.owner.unit_of_work() as session:
        merit(session)
    term = replace(campaign_named("GD1-2026"), period=OCTOBER, **DAYS)
    student = {"programme": "merit", "group": "MHS", "table_key": "0.5", "start_period": SEPTEMBER}
    late = {**student, "table_key": "1.0", "start_period": OCTOBER}
    house.register(OCTOBER, row(1, **student), row(2, **late))
    house.list_month(OCTOBER)
    assert owed(house, "monthly") == []
    (number,) = prepare(house, term)
    assert owed(house, "education") == [(1, OCTOBER, 5 * 1_511_000), (2, OCTOBER, 4 * 3_012_000)]
    assert prepare(house, term) == [number]
    assert "Khoản một lần 7.555.000" in house.told(1, OCTOBER)
    assert "trả hai lần một năm" in house.told(1, OCTOBER)


def test_a_term_paid_before_a_rise_is_made_up_for_with_the_next(house: House) -> None:
    """Decree 321/2026 is known in October: two months of summer lacked 223.000 each."""
    with house.owner.unit_of_work() as session:
        merit(session)
    summer = replace(campaign_named("GD1-2026"), code="HE", period=SEPTEMBER,
                     first_month="2026-07", last_month="2026-08", **DAYS)  # fmt: skip
    autumn = replace(summer, code="THU", period=OCTOBER, first_month=SEPTEMBER, last_month=OCTOBER)
    student = row(1, programme="merit", group="MHS", table_key="1.0")
    house.register(SEPTEMBER, student)
    prepare(house, summer, autumn)
    house.register(OCTOBER, student)
    prepare(house, autumn, summer)
    assert owed(house, "education") == [
        (1, SEPTEMBER, 2 * 2_789_000), (1, OCTOBER, 2 * 3_012_000 + 2 * 223_000),
    ]  # fmt: skip
    assert house.rows(f"select arrears from obligation where period = '{OCTOBER}'") == [(446_000,)]


def merit(session: Session) -> None:
    """Merit beside the other programmes of the tiny province, paid by its communes."""
    session.execute(
        insert(units.programme).values(
            code="merit", name="Ưu đãi người có công", fund="local", purpose="AN SINH"
        )
    )
    for number, (code, method, bank_bin) in enumerate(ROUTES, 90):
        place = {"unit_code": COMMUNE, "programme": "merit"}
        session.execute(
            insert(units.contract).values(
                id=number, number=f"HD-{number}", fund="local", provider=code,
                account=f"79{number}", methods=method, fee_per_ten_thousand=0, due_day=10,
                settlement_day=19, valid_from=date(2026, 1, 1), **place,
            )
        )  # fmt: skip
        session.execute(
            insert(units.contract_route).values(
                method=method, bank_bin=bank_bin, contract_id=number, **place
            )
        )
    open_accounts(session, [Cell("local", "merit", COMMUNE, code) for code, *_ in ROUTES])


def test_whoever_comes_and_goes_a_gift_is_paid_once_a_person(house: House) -> None:
    """Lists drawn at random, the gift prepared after each: one a person, and the sum is theirs."""
    dice, seen = Random(418), set[int]()
    for period in (SEPTEMBER, OCTOBER, NOVEMBER):
        numbers = dice.sample(range(1, 13), 8)
        lines = [row(number) for number in numbers]
        lines += [
            row(number, row=100 + number, programme=ASSISTANCE, group=dice.choice(("C6c", "C5c")))
            for number in dice.sample(numbers, 5)
        ]
        house.register(period, *lines)
        house.list_month(period)
        prepare(house, replace(GIFT, period=period))
        seen |= {person for (person,) in house.rows(
            f"select distinct person_id from obligation where period = '{period}'"
            " and component = 'monthly'")}  # fmt: skip
        found = owed(house, "gift:QUA")
        assert [person for person, *_ in found] == sorted(seen)
        assert sum(amount for *_, amount in found) == 400_000 * len(seen)


def test_more_people_are_not_more_statements(house: House) -> None:
    def statements(campaign: Campaign) -> int:
        told: list[str] = []
        note = lambda *seen: told.append(seen[2])  # noqa: E731
        event.listen(house.database.engine, "before_cursor_execute", note)
        prepare(house, campaign)
        event.remove(house.database.engine, "before_cursor_execute", note)
        return len(told)

    house.register(SEPTEMBER, row(1), row(2))
    house.list_month(SEPTEMBER)
    few = [statements(GIFT), statements(AHEAD)]
    house.register(OCTOBER, *(row(number) for number in range(1, 41)))
    house.list_month(OCTOBER)
    later = {"code": "SAU", "period": OCTOBER}
    ahead = replace(AHEAD, first_month=NOVEMBER, last_month=NOVEMBER, **later)
    assert [statements(replace(GIFT, **later)), statements(ahead)] <= [one + 3 for one in few]


@pytest.mark.stage(of=september_sent)
def test_a_gift_carried_to_a_list_is_not_in_its_rates(house: House) -> None:
    """The cash gift of person 3 was not collected; in October he is no more due an allowance."""
    ids = prepare(house, GIFT)
    approve(house, ids)
    house.fund(SEPTEMBER)
    for one in house.build(SEPTEMBER):
        house.release([one])
        house.send(one)
    reference = house.ask(
        "select i.reference from instruction i join obligation o on o.id = i.obligation_id"
        " where o.component = 'gift:QUA' and o.person_id = 3"
    )
    unpaid = listed(LineKind.UNPAID, reference, 400_000, "2026-09-18")
    house.receives(POST, report(ReportKind.SETTLEMENT, house.account(POST), unpaid))
    stopped = in_cash(3, event="move_out", event_date=date(2026, 9, 20))
    house.register(OCTOBER, row(1), row(2), stopped)
    october = house.approve_month(OCTOBER)
    lines = [line for one in october for line in house.lines_of(one)]
    assert (400_000, "carried", "cash") in lines
    with house.work() as session:
        assert count(session, OCTOBER, house.clock.now()).listed == len(lines) - 1
