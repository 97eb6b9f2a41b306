"""What becomes of people whose money came back: over two or three months, by themselves."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import insert

from app.beneficiaries.about_tables import destination_check
from app.beneficiaries.cooling import LETTER, OTHER, PASSBOOK, usable_from
from app.beneficiaries.destinations import repair_destination, use_again
from app.beneficiaries.kinds import NewAccount
from app.errors import Conflict, InputError, Refused
from app.events.states import UNCOLLECTED
from app.jobs.accounts import list_again
from app.payroll.tables import payroll
from app.reference.banks import TEST_BANK_A
from bank_adapters.contract import LineKind, ReportKind
from bank_adapters.reasons import CodeSet, Effect, Owner, table
from tests.app.disbursement.evidence_office import said
from tests.factories import (
    BANK,
    OCTOBER,
    POST,
    SEPTEMBER,
    House,
    in_cash,
    listed,
    report,
    row,
    september_sent,
    status,
)
from tests.support.province import COMMUNE
from tests.support.returned import paid_once
from tests.support.standing import nothing_broken

pytestmark = pytest.mark.stage(of=september_sent)
NOVEMBER = "2026-11"
NEW = NewAccount(TEST_BANK_A, "200001234567", "NONG THI NGUOI 001")


def refused(house: House, reason: str, number: int = 1) -> None:
    one = house.reference(number, SEPTEMBER)
    house.receives(BANK, report(ReportKind.STATUS, "", status(one, "RJCT", reason)))


def repaired(house: House, proof: str, person: int = 1) -> int:
    two, now = (house.officer("admin.one"), house.officer("admin.two")), house.later()
    with house.work() as session:
        return repair_destination(
            session, house.keyring, person, NEW, "đơn đề nghị", *two, now, proof=proof
        )


def again(house: House, period: str = SEPTEMBER) -> list[tuple[str, str]]:
    """The night's job; gives (method, cause) of follow-up lines."""
    list_again(house.runtime, period)
    return house.rows(
        "select l.method, l.cause from payroll_line l join payroll p on p.id = l.payroll_id"
        f" where p.kind = 'follow_up' and p.period = '{period}' order by l.id"
    )


def banned(house: House) -> int:
    return int(house.ask("select count(*) from banned_account"))


def test_every_reason_has_an_owner_and_what_to_do() -> None:
    """Data: none without an owner, a deadline, a sentence; only the payee's account is banned."""
    assert {one.owner for one in table().values()} == set(Owner)
    for one in table().values():
        assert one.action
        assert one.officer
        assert one.deadline > 0
        assert one.effect is not Effect.BAN or one.owner is Owner.COMMUNE
    assert table()["status", "AC04"].code_set is CodeSet.STATUS


def test_a_closed_account_is_banned_at_once_and_he_is_paid_in_cash(house: House) -> None:
    """Refused as closed: banned in the same breath; the night lists it anew, in cash; paid."""
    refused(house, "AC04")
    assert banned(house) == 1
    trail = "select detail from audit_event where action = 'accounts:account:ban'"
    assert house.rows(trail) == [("1 tài khoản không dùng được nữa",)]
    assert again(house) == [("cash", "follow_up")]
    assert again(house) == [("cash", "follow_up")], "once"
    ids = house.payrolls(SEPTEMBER, "draft")
    house.submit(ids)
    house.approve("check", ids)
    house.approve("approve", ids)
    house.register(OCTOBER, row(1), row(2), in_cash(3))
    house.on("2026-10-02")
    house.approve_month(OCTOBER)
    house.fund(OCTOBER)  # with what the post office lacks for September
    (batch,) = house.build(SEPTEMBER)
    house.release([batch])
    house.send(batch)
    said(house, house.reference(1, SEPTEMBER), "paid_list", provider=POST)
    assert house.state(house.reference(1, SEPTEMBER)) == "settled"
    october = "select l.method, l.cause from payroll_line l join payroll p on p.id = l.payroll_id"
    assert house.rows(f"{october} where p.period = '{OCTOBER}' and l.person_id = 1") == [
        ("cash", "rate")
    ]
    with pytest.raises(Conflict, match="đã bị loại"):
        _the_old_one_again(house)
    assert paid_once(house) == []
    nothing_broken(house)


def _the_old_one_again(house: House) -> None:
    two, now = (house.officer("admin.one"), house.officer("admin.two")), house.later()
    with house.work() as session:
        use_again(session, 1, 1, "người ấy muốn", *two, now)


def test_the_banks_own_trouble_bans_nothing(house: House) -> None:
    refused(house, "MS03")
    assert (banned(house), again(house)) == (0, [])
    nothing_broken(house)


@pytest.mark.parametrize("proof", [LETTER, PASSBOOK])
def test_a_bank_letter_or_a_passbook_and_a_second_person_free_it(house: House, proof: str) -> None:
    refused(house, "AC04")
    repaired(house, proof)
    assert again(house) == [("account", "follow_up")]


def test_without_the_banks_paper_it_waits(house: House) -> None:
    """Seven days in which the payee may say that it was not he; then it is listed."""
    refused(house, "AC04")
    with pytest.raises(InputError, match="loại chứng cứ"):
        repaired(house, "phone")
    repaired(house, OTHER)
    assert again(house) == []
    assert house.count(payroll) == 1, "and no empty list"
    two, now = (house.officer("admin.one"), house.officer("admin.two")), house.later()
    with house.work() as session:  # the order of use changed back and forth frees nothing
        use_again(session, 1, 2, "đưa lên trước", *two, now)
    assert again(house) == []
    house.on("2026-09-17")
    assert again(house) == [("account", "follow_up")]
    nothing_broken(house)


def test_a_name_check_frees_it_whenever_it_comes(house: House) -> None:
    refused(house, "AC04")
    number = repaired(house, OTHER)
    assert again(house) == []
    now = house.later()
    with house.work() as session:
        session.execute(insert(destination_check).values(
            destination_id=number, result="confirmed", evidence="ngân hàng trả lời đúng tên",
            source="enquiry", checked_at=now, checked_by="system",
        ))  # fmt: skip
    assert again(house) == [("account", "follow_up")]


def test_terms_of_proof_are_dated(house: House) -> None:
    now = house.clock.now()
    assert usable_from(OTHER, now) == date(2026, 9, 17)
    assert usable_from(LETTER, now) is None


def test_one_person_alone_repairs_nothing(house: House) -> None:
    who, now = house.officer("admin.one"), house.later()
    with pytest.raises(Refused, match="hai người"), house.work() as session:
        repair_destination(session, house.keyring, 1, NEW, "đơn", who, who, now)


def test_three_months_uncollected_propose_a_pause(house: House) -> None:
    """Person 3 never comes for his cash: carried on from month to month, and then an officer is
    asked; nothing is paused by itself."""
    said(house, house.reference(3, SEPTEMBER), "unpaid_list", provider=POST)
    for period in (OCTOBER, NOVEMBER):
        house.register(period, row(1), row(2), in_cash(3))
        house.on(f"{period}-09")
        house.paid_out(period)
        for (one,) in house.rows(
            "select i.reference from instruction i where i.method = 'cash' and i.state = 'ready'"
        ):
            amount = int(house.ask(f"select amount from instruction where reference = '{one}'"))
            _unpaid(house, one, amount)
    proposed = f"select person_id, state from life_event where kind = '{UNCOLLECTED}'"
    assert house.rows(proposed) == []
    house.register("2026-12", row(1), row(2), in_cash(3))
    house.on("2026-12-01")
    house.list_month("2026-12")
    assert house.rows(proposed) == [(3, "proposed")]
    paused = "select count(*) from enrolment where stop_cause = 'paused'"
    assert house.ask(paused) == 0
    assert paid_once(house) == []
    nothing_broken(house)


def _unpaid(house: House, reference: str, amount: int) -> None:
    line = listed(LineKind.UNPAID, reference, amount, f"{house.clock.now():%Y-%m-%d}")
    house.receives(POST, report(ReportKind.SETTLEMENT, house.account(POST, COMMUNE), line))
