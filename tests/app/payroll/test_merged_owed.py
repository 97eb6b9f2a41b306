"""What a row merged into another person's is still owed: paid once, to the person who stays."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import insert, update

from app.beneficiaries.destinations import repair_destination
from app.beneficiaries.kinds import NewAccount
from app.beneficiaries.tables import enrolment
from app.disbursement.merged import unpaid_after_merge
from app.disbursement.selects import open_again
from app.doubles.merging import merge
from app.doubles.tables import doubt, doubt_person
from app.jobs.payrolls import open_follow_ups
from app.payroll.runs import open_monthly
from app.reference.banks import TEST_BANK_A
from bank_adapters.contract import ReportKind
from ledger.bulk import insert_one
from tests.app.doubles.test_decide import flags
from tests.factories import BANK, OCTOBER, SEPTEMBER, House, booked, report, row
from tests.support.province import ASSISTANCE, COMMUNE
from tests.support.returned import paid_once

NOVEMBER = "2026-11"
NO_BANK = {"method": "cash", "account": "", "bank_bin": ""}


def merged(house: House, kept: int, *people: int) -> None:
    """These people are one: the row `kept` stays."""
    with house.work() as session:
        merge(session, people, kept, house.later(), "test")


def pays(house: House, period: str, *back: int) -> None:
    """The month is paid to everybody, and what went to rows of these numbers comes back."""
    house.on(f"{period}-08")
    house.paid_out(period)
    answers(house, period, *back)


def answers(house: House, period: str, *back: int) -> None:
    """The bank books every debit that waits, and returns the month to rows of these numbers."""
    day = f"{house.clock.now():%Y-%m-%d}"
    waiting = house.rows(
        "select i.reference, i.amount from instruction i join obligation o"
        " on o.id = i.obligation_id where i.state = 'ready' and o.programme = 'pension'"
    )
    names = {house.reference(number, period) for number in back}
    lines = [booked(reference, -amount, day) for reference, amount in waiting]
    lines += [booked(one, amount, day, is_return=True) for one, amount in waiting if one in names]
    house.receives(BANK, report(ReportKind.ADVICE, house.account(BANK), *lines))


def listed(house: House, period: str, kind: str = "monthly") -> Sequence[tuple[object, ...]]:
    """(person in the line, month owed, cause, whose destination) of the month's lists of a kind."""
    return house.rows(
        "select l.person_id, o.period, l.cause, d.person_id from payroll_line l"
        " join payroll p on p.id = l.payroll_id join obligation o on o.id = l.obligation_id"
        " join destination d on d.id = l.destination_id"
        f" where p.period = '{period}' and p.kind = '{kind}' order by l.person_id, o.period, o.id"
    )


def unpaid(house: House) -> list[tuple[int, int, str, str]]:
    """(lost, kept, month, why) of the worklist."""
    with house.database.view() as session:
        found = unpaid_after_merge(session, house.clock.now().date())
    return [(one.lost, one.kept, one.period, one.why) for one in found]


def test_what_came_back_goes_to_the_person_who_stays(house: House) -> None:
    """By the next month's list, once, whichever lists are opened afterwards."""
    house.register(SEPTEMBER, row(1))
    pays(house, SEPTEMBER, 1)
    house.register(OCTOBER, row(1), row(2, start_period=OCTOBER))
    merged(house, 2, 1, 2)
    assert unpaid(house) == [(1, 2, SEPTEMBER, "next")]
    pays(house, OCTOBER)
    assert listed(house, OCTOBER) == [(2, SEPTEMBER, "carried", 2), (2, OCTOBER, "joined", 2)]
    assert unpaid(house) == []
    open_follow_ups(house.runtime, OCTOBER)
    house.register(NOVEMBER, row(2, start_period=OCTOBER))
    house.list_month(NOVEMBER)
    assert listed(house, OCTOBER, "follow_up") == []
    assert [one[:2] for one in listed(house, NOVEMBER)] == [(2, NOVEMBER)]
    assert paid_once(house) == []
    assert house.rows("select * from overpayment") == []


def test_a_follow_up_pays_it_too_and_again_after_a_new_return(house: House) -> None:
    """The kept row's account counts: it is tried once, and anew when it was put right."""
    house.register(SEPTEMBER, row(1))
    pays(house, SEPTEMBER, 1)
    house.register(OCTOBER, row(2, start_period=OCTOBER))
    merged(house, 2, 1, 2)
    open_follow_ups(house.runtime, SEPTEMBER)
    assert listed(house, SEPTEMBER, "follow_up") == [(2, SEPTEMBER, "follow_up", 2)]
    open_follow_ups(house.runtime, SEPTEMBER)
    assert len(listed(house, SEPTEMBER, "follow_up")) == 1
    drafts = house.payrolls(SEPTEMBER, "draft")
    house.submit(drafts)
    house.approve("check", drafts)
    house.approve("approve", drafts)
    batches = house.build(SEPTEMBER)
    house.release(batches)
    for one in batches:
        house.send(one)
    answers(house, SEPTEMBER, 1)
    open_follow_ups(house.runtime, SEPTEMBER)
    assert len(listed(house, SEPTEMBER, "follow_up")) == 1
    new = NewAccount(TEST_BANK_A, "100009991234", "NONG THI NGUOI")
    two = house.officer("admin.one"), house.officer("admin.two")
    with house.work() as session:
        repair_destination(session, house.keyring, 2, new, "giấy", *two, house.later())
    open_follow_ups(house.runtime, SEPTEMBER)
    assert len(listed(house, SEPTEMBER, "follow_up")) == 2
    assert paid_once(house) == []


def test_what_was_never_listed_is_paid_to_the_person_who_stays(house: House) -> None:
    """No route at the merge; accrued once, by the list that pays it."""
    house.register(SEPTEMBER, row(1, bank_bin="970000"), row(3))
    house.list_month(SEPTEMBER)
    assert listed(house, SEPTEMBER) == [(2, SEPTEMBER, "joined", 2)]
    house.register(OCTOBER, row(2, start_period=OCTOBER), row(3))
    merged(house, 3, 1, 3)
    assert unpaid(house) == [(1, 3, SEPTEMBER, "next")]
    house.approve_month(OCTOBER)
    assert (3, SEPTEMBER, 3) in [(a, b, d) for a, b, _, d in listed(house, OCTOBER)]
    assert "left_off" not in flags(house, OCTOBER)
    assert unpaid(house) == []


def test_a_month_that_the_other_row_has_is_not_paid_twice(house: House) -> None:
    """Both owed for September, one came back: it stays owed, is on no list, and shows why."""
    house.register(SEPTEMBER, row(1), row(2))
    pays(house, SEPTEMBER, 1)
    merged(house, 2, 1, 2)
    assert unpaid(house) == [(1, 2, SEPTEMBER, "covered")]
    open_follow_ups(house.runtime, SEPTEMBER)
    house.register(OCTOBER, row(2))
    house.list_month(OCTOBER)
    assert listed(house, SEPTEMBER, "follow_up") == []
    assert [one[:2] for one in listed(house, OCTOBER)] == [(2, OCTOBER)]
    assert unpaid(house) == [(1, 2, SEPTEMBER, "covered")]


def test_pension_and_assistance_stand_for_each_other(house: House) -> None:
    """The month of a pension is not paid beside that of an assistance, whatever rows they had."""
    house.register(SEPTEMBER, row(1), row(2, programme=ASSISTANCE, group="C6c"))
    pays(house, SEPTEMBER, 1)
    merged(house, 2, 1, 2)
    assert (1, 2, SEPTEMBER, "covered") in unpaid(house)
    open_follow_ups(house.runtime, SEPTEMBER)
    assert listed(house, SEPTEMBER, "follow_up") == []


@pytest.mark.parametrize("why", ["held", "dead"])
def test_what_is_known_of_who_stays_counts(house: House, why: str) -> None:
    """He is held by a case, or died before the month: it waits, whoever it stands under."""
    house.register(SEPTEMBER, row(1, bank_bin="970000"), row(3))
    house.list_month(SEPTEMBER)
    house.register(OCTOBER, row(2, start_period=OCTOBER), row(3))
    merged(house, 3, 1, 3)
    with house.work() as session:
        if why == "dead":
            values = {"stop_period": "2026-08", "stop_cause": "death"}
            session.execute(update(enrolment).where(enrolment.c.person_id == 3).values(values))
        else:
            case = {"rule": "staff", "subject": "x", "facts": "x", "is_exact": 1, "people": 1}
            found = {"area_code": COMMUNE, "found_at": house.clock.now(), "is_blocking": 1}
            number = insert_one(session, doubt, **case, **found, period=OCTOBER)
            held = {"doubt_id": number, "person_id": 3, "is_held": 1}
            session.execute(insert(doubt_person).values(held))
    assert unpaid(house) == [(1, 3, SEPTEMBER, why)]
    with house.work() as session:
        open_monthly(session, OCTOBER, open_again(), house.later())
    assert SEPTEMBER not in [one[1] for one in listed(house, OCTOBER)]


def test_of_two_lost_rows_one_is_paid(house: House) -> None:
    """Nothing of September was listed, and the row that stays began later."""
    house.register(SEPTEMBER, row(1, bank_bin="970000"), row(2, bank_bin="970000"), row(3))
    house.list_month(SEPTEMBER)
    house.register(OCTOBER, row(3), row(4, start_period=OCTOBER))
    merged(house, 4, 1, 2, 4)
    assert unpaid(house) == [(1, 4, SEPTEMBER, "next"), (2, 4, SEPTEMBER, "covered")]
    house.list_month(OCTOBER)
    assert [one[:2] for one in listed(house, OCTOBER) if one[0] == 4] == [
        (4, SEPTEMBER),
        (4, OCTOBER),
    ]


@pytest.mark.parametrize("arrears", ["2026-09", "2026-10"])
def test_arrears_of_the_other_row_are_months_too(house: House, arrears: str) -> None:
    """Who stays joined late and was granted September as arrears, or began a month later."""
    house.register(SEPTEMBER, row(1), row(3))
    house.on("2026-09-10")
    house.paid_out(SEPTEMBER)
    house.register(OCTOBER, row(2, start_period=arrears), row(3))
    house.list_month(OCTOBER)
    answers(house, SEPTEMBER, 1)
    merged(house, 3, 1, 3)
    house.register(NOVEMBER, row(2, start_period=arrears), row(3))
    house.list_month(NOVEMBER)
    months = [one[1] for one in listed(house, NOVEMBER) if one[0] == 3]
    assert months == ([NOVEMBER] if arrears == SEPTEMBER else [SEPTEMBER, NOVEMBER])
