"""Money granted too much: named by the list, recovered by a decision of two, and nothing else."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from app import schema
from app.access.together import Signer
from app.benefits.tables import recovery_decision, recovery_receipt
from app.disbursement.acts import prove_acts
from app.disbursement.recovery import Decision, Recorded, decide, overpaid
from app.disbursement.recovery_notices import Notice, give_notice
from app.disbursement.repaid import Receipt, receive
from app.errors import Conflict, Forbidden, NotFound, Refused
from app.events.deaths import enter_death
from app.events.deciding import Verdict
from app.events.deciding import decide as decide_event
from app.events.states import CONFIRMED
from bank_adapters.contract import ReportKind
from tests.factories import (
    BANK,
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
from tests.support.province import COMMUNE, PENSION

DECISION = Decision("12/QĐ-UBND", date(2026, 10, 2), "Lý Văn Chủ Tịch", 2, PENSION)
PAPER = Receipt(1, "GN 17", date(2026, 10, 5), BANK, 300_000)
DEAD = row(2, event="death", event_date=date(2026, 8, 20))


def died_in_august(house: House) -> None:
    """September is paid; in October it is told that person 2 died in August."""
    september_sent(house)
    lines = [booked(house.reference(one, SEPTEMBER), -500_000, "2026-09-10") for one in (1, 2)]
    house.receives(BANK, report(ReportKind.ADVICE, house.account(BANK), *lines))
    house.register(OCTOBER, row(1), DEAD, in_cash(3))
    house.list_month(OCTOBER)
    house.on("2026-10-06")


def two(house: House, *names: str) -> list[Signer]:
    house.later()
    return [
        Signer(house.officer(name), house.code())
        for name in names or ("finance.one", "finance.two")
    ]


def noticed(house: House, one: Decision = DECISION) -> None:
    """The person was told long before the day of the decision."""
    house.later()
    who = Signer(house.officer("finance.one"), house.code())
    days = one.decided_on - timedelta(days=20), one.decided_on - timedelta(days=1)
    notice = Notice(f"TB {one.number}", *days, "post", one.person_id, one.programme, one.unit)
    with house.work() as session, suppress(NotFound, Refused):
        give_notice(session, house.keyring, who, notice, house.clock.now())


def decided(house: House, one: Decision = DECISION, *names: str) -> Recorded:
    """A decision by two, of whom the first gave notice before."""
    noticed(house, one)
    who = two(house, *names)
    with house.work() as session:
        return decide(session, house.keyring, who, one, house.clock.now())


def received(house: House, one: Receipt = PAPER) -> Recorded:
    who = two(house)
    with house.work() as session:
        return receive(session, house.keyring, who, one, house.clock.now())


def receivable(house: House) -> int:
    """What is still to be recovered, by the books."""
    return -int(
        house.ask(
            "select coalesce(sum(p.credit - p.debit), 0) from posting p"
            " join account a on a.id = p.account_id where a.kind = 'overpayment'"
        )
    )


@pytest.mark.stage(of=died_in_august)
def test_nothing_is_taken_by_itself(house: House) -> None:
    with house.work() as session:
        (found,) = overpaid(session)
    assert (found.person_id, found.month, found.amount, found.paid) == (2, SEPTEMBER, 500_000, True)
    assert receivable(house) == 0


def settle(house: House, number: int, period: str, amount: int) -> None:
    line = booked(house.reference(number, period), -amount, f"{period}-10")
    house.receives(BANK, report(ReportKind.ADVICE, house.account(BANK), line))


def test_what_came_as_arrears_is_recovered_too(house: House) -> None:
    """September was granted with October's list, at one go; it has no obligation of its own."""
    house.register(SEPTEMBER, row(1), in_cash(3))
    house.paid_out(SEPTEMBER)
    house.register(OCTOBER, row(1), row(2, start_period=SEPTEMBER), in_cash(3))
    house.on("2026-10-08")
    house.paid_out(OCTOBER)
    dead = replace(DEAD, start_period=SEPTEMBER)
    house.register("2026-11", row(1), dead, in_cash(3))
    house.list_month("2026-11")
    with house.work() as session:
        found = overpaid(session)
    assert [(one.month, one.amount, one.recoverable) for one in found] == [
        (SEPTEMBER, 540_000, 0),
        (OCTOBER, 540_000, 0),
    ]
    who = found[0].person_id
    settle(house, 2, OCTOBER, 1_080_000)
    assert decided(house, replace(DECISION, person_id=who, number="13")).amount == 1_080_000


def test_no_more_is_recovered_than_was_paid(house: House) -> None:
    """September was paid with 500.000; the rise of 40.000 stands on October's list, unpaid."""
    house.register(SEPTEMBER, row(1), row(2), in_cash(3))
    house.on("2026-09-10")
    house.paid_out(SEPTEMBER)
    settle(house, 2, SEPTEMBER, 500_000)
    house.register(OCTOBER, row(1), row(2), in_cash(3))
    house.list_month(OCTOBER)
    house.register("2026-11", row(1), DEAD, in_cash(3))
    house.list_month("2026-11")
    with house.work() as session:
        found = {one.month: (one.amount, one.recoverable) for one in overpaid(session)}
    assert found == {SEPTEMBER: (540_000, 500_000), OCTOBER: (540_000, 0)}
    house.on("2026-10-20")
    assert decided(house).amount == 500_000
    with house.work() as session:
        found = {one.month: (one.amount, one.recoverable) for one in overpaid(session)}
    assert found == {SEPTEMBER: (40_000, 0), OCTOBER: (540_000, 0)}


def test_each_unit_recovers_what_it_paid(house: House) -> None:
    """The old commune paid September, the new one October, for somebody who died in August.

    A month is the business of who paid it, its arrears with it.
    """
    house.register(SEPTEMBER, row(2))
    house.on("2026-09-10")
    house.paid_out(SEPTEMBER)
    settle(house, 2, SEPTEMBER, 500_000)
    house.register(OCTOBER, row(2, event="move_out", event_date=date(2026, 9, 5)))
    house.register(OCTOBER, row(2, start_period=OCTOBER), commune=OTHER_COMMUNE)
    house.on("2026-10-08")
    _paid_by_the_other(house)
    _died(house, date(2026, 8, 20))
    house.list_month("2026-11")
    one = replace(DECISION, person_id=1)
    with pytest.raises(Refused, match="--unit"):
        decided(house, one)
    assert decided(house, replace(one, unit=COMMUNE)).amount == 540_000
    assert decided(house, replace(one, number="13", unit=OTHER_COMMUNE)).amount == 540_000


def _paid_by_the_other(house: House) -> None:
    ids = house.list_month(OCTOBER)
    house.submit(ids, f"maker.{OTHER_COMMUNE}")
    house.approve("check", ids, f"checker.{OTHER_COMMUNE}")
    house.approve("approve", ids, f"approver.{OTHER_COMMUNE}")
    house.fund(OCTOBER)
    batches = house.build(OCTOBER)
    house.release(batches)
    for number in batches:
        house.send(number)
    (amount,) = house.rows("select max(amount) from obligation where period = '2026-10'")[0]
    line = booked(house.reference(2, OCTOBER), -amount, "2026-10-10")
    account = house.account(BANK, OTHER_COMMUNE)
    house.receives(BANK, report(ReportKind.ADVICE, account, line))


def _died(house: House, on: date) -> None:
    maker, checker = (house.officer(f"{role}.{OTHER_COMMUNE}") for role in ("maker", "checker"))
    with house.work() as session:
        event = enter_death(session, 1, on, maker, house.later())
        decide_event(session, event, Verdict(checker, CONFIRMED, number="3/QĐ"), house.later())


@pytest.mark.stage(of=died_in_august)
def test_a_decision_makes_a_receivable_and_a_receipt_lessens_it(house: House) -> None:
    done = decided(house)
    assert (done.amount, receivable(house)) == (500_000, 500_000)
    assert decided(house) == replace(done, is_new=False)
    with house.work() as session:
        assert overpaid(session) == []
    house.register("2026-11", row(1), DEAD, in_cash(3))
    house.list_month("2026-11")  # the same news again is no new finding
    with house.work() as session:
        assert overpaid(session) == []
    received(house)
    assert receivable(house) == 200_000
    with pytest.raises(Conflict, match="GN 17 đã ghi với 300"):
        received(house, replace(PAPER, amount=1))
    with pytest.raises(Refused, match=r"còn phải thu 200\.000"):
        received(house, replace(PAPER, document="GN 18"))
    received(house, replace(PAPER, document="GN 18", amount=200_000))
    assert receivable(house) == 0
    assert house.count(recovery_receipt) == 2


@pytest.mark.stage(of=died_in_august)
def test_the_statement_that_shows_the_receipt_posts_nothing_again(house: House) -> None:
    decided(house)
    received(house)
    line = replace(booked("KHAC", 300_000, "2026-10-05"), remittance="Nop lai theo GN 17")
    counts = house.receives(BANK, report(ReportKind.ADVICE, house.account(BANK), line))
    assert counts == {"parked": 0}
    assert house.verdicts()[-1] == "noted"


@pytest.mark.stage(of=died_in_august)
def test_instalments_whose_numbers_stand_within_each_other(house: House) -> None:
    """Equal amounts, "GN 1" and "GN 17": each line is of its own paper, and one too many of none,
    not even of the one that has not been shown."""
    decided(house)
    for document in ("GN 1", "GN 17"):
        received(house, replace(PAPER, document=document, amount=100_000))
    lines = [
        replace(booked(f"K{number}", 100_000, "2026-10-05"), remittance=said)
        for number, said in enumerate(("nop GN 17", "nop GN 17 lan nua", "nop GN 1"))
    ]
    for line in lines:
        house.receives(BANK, report(ReportKind.ADVICE, house.account(BANK), line))
    assert house.verdicts()[-3:] == ["noted", "credit_unknown", "noted"]
    noted = "select bank_line_id, target_id from line_match where pass_name = 'recovery-receipt'"
    assert [row[1] for row in house.rows(f"{noted} order by bank_line_id")] == [2, 1]


@pytest.mark.stage(of=died_in_august)
def test_two_instalments_in_one_file(house: House) -> None:
    decided(house)
    for document in ("GN 1", "GN 17"):
        received(house, replace(PAPER, document=document, amount=100_000))
    lines = [
        replace(booked(f"K{number}", 100_000, "2026-10-05"), remittance=said)
        for number, said in enumerate(("nop GN 17", "nop GN 1"))
    ]
    house.receives(BANK, report(ReportKind.ADVICE, house.account(BANK), *lines))
    assert house.verdicts()[-2:] == ["noted", "noted"]


@pytest.mark.stage(of=died_in_august)
def test_unknown_money_is_looked_at_first(house: House) -> None:
    decided(house)
    line = booked("KHAC", 300_000, "2026-10-05")
    house.receives(BANK, report(ReportKind.ADVICE, house.account(BANK), line))
    with pytest.raises(Refused, match="có thể chính là tiền nộp lại"):
        received(house)


@pytest.mark.stage(of=died_in_august)
def test_one_officer_cannot_be_both(house: House) -> None:
    with pytest.raises(Refused, match="hai người khác nhau"):
        decided(house, DECISION, "finance.one", "finance.one")
    for two in (("auditor", "finance.two"), ("finance.one", f"approver.{COMMUNE}")):
        with pytest.raises(Forbidden):
            decided(house, DECISION, *two)
    house.tamper(
        "insert into joint_act (id, step, about, digest, officer_one, act_one, officer_two,"
        " act_two) select 99, 'x', 'y', 'z', a.officer_id, a.id, b.officer_id, b.id from act a"
        " join act b on b.officer_id <> a.officer_id where a.step <> 'ladder'"
        " and b.step <> 'ladder' order by a.id, b.id limit 1"
    )
    copied = (
        "insert into recovery_decision (number, decided_on, signer, person_id, programme,"
        " unit_code, amount, maker_id, approver_id, joint_id, entry_id, recorded_at, notice_id)"
        " select '13', '2026-10-02', 's', 2, 'pension', '01273', 1, officer_one, officer_one, id,"
        " 99, '2026-10-02T00:00:00+00:00', (select max(id) from recovery_notice)"
        " from joint_act where id = 99"
    )
    with pytest.raises(DBAPIError, match="not_the_maker"):
        house.tamper(copied)
    decided(house)
    for change in (
        "update recovery_decision set amount = 1",
        "delete from recovery_finding",
        "delete from recovery_decision",
    ):
        with pytest.raises(DBAPIError):
            house.tamper(change)
    assert house.count(recovery_decision) == 1


@pytest.mark.stage(of=died_in_august)
def test_what_was_never_paid_is_not_recovered(house: House) -> None:
    """Person 3 was in the list too and is found dead, but the cash was never handed over."""
    dead = in_cash(3, event="death", event_date=date(2026, 8, 2))
    house.register("2026-11", row(1), DEAD, dead)
    house.list_month("2026-11")
    with house.work() as session:
        found = {one.person_id: one.paid for one in overpaid(session)}
    assert found == {2: True, 3: False}
    with pytest.raises(NotFound, match="không có khoản chi thừa nào đã trả"):
        decided(house, replace(DECISION, person_id=3))


@pytest.mark.stage(of=died_in_august)
def test_the_proof_of_acts_sees_a_changed_amount(house: House) -> None:
    decided(house)
    with house.work() as session:
        assert prove_acts(session, house.keyring).ok
    with house.owner.engine.begin() as connection:
        schema.drop_rules(connection)
    house.tamper("update recovery_finding set amount = 1")
    with house.work() as session:
        assert not prove_acts(session, house.keyring).ok
