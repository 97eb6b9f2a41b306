"""Steps around a recovery: told before, instalments by decision, written off by the province."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.exc import DBAPIError

from app.benefits.tables import recovery_decision
from app.disbursement.acts import prove_acts
from app.disbursement.instalments import Plan, lay_down
from app.disbursement.recovery import Decision, Recorded, decide
from app.disbursement.recovery_notices import Notice, give_notice
from app.disbursement.recovery_standing import standings, still_open
from app.disbursement.recovery_tables import recovery_notice, recovery_plan
from app.disbursement.recovery_terms import NOTICE_DAYS, SHARE, term
from app.disbursement.written_off import WriteOff, write_off
from app.errors import Forbidden, InputError, NotFound, Refused
from tests.app.disbursement.evidence_office import signer, two
from tests.app.disbursement.test_recovery import (
    DECISION,
    PAPER,
    died_in_august,
    receivable,
    received,
)
from tests.app.disbursement.test_recovery import (
    two as signers,
)
from tests.factories import House, in_cash, row
from tests.support.province import COMMUNE, PENSION
from tests.support.standing import balances, nothing_broken

pytestmark = pytest.mark.stage(of=died_in_august)
NOTICE = Notice("3/TB", date(2026, 10, 6), date(2026, 10, 21), "hand", 2, PENSION)
PLAN = Plan(1, "20/QĐ", date(2026, 10, 30), "Lý Văn Chủ Tịch", 150_000, "2026-11")
GONE = WriteOff(1, "77/QĐ-UBND", date(2026, 10, 30), "Chủ tịch tỉnh", "không có người thừa kế")


def told(house: House, one: Notice = NOTICE) -> int:
    who = signer(house)
    with house.work() as session:
        row = give_notice(session, house.keyring, who, one, house.clock.now())
        return int(row.amount)


def planned(house: House, one: Plan = PLAN) -> int:
    who = two(house)
    with house.work() as session:
        return lay_down(session, house.keyring, who, one, house.clock.now())


def forgiven(house: House, *names: str, one: WriteOff = GONE) -> Recorded:
    who = signers(house, *names)
    with house.work() as session:
        return write_off(session, house.keyring, who, one, house.clock.now())


def decided(house: House, one: Decision = DECISION) -> None:
    who = two(house)
    with house.work() as session:
        decide(session, house.keyring, who, one, house.clock.now())


def decided_late(house: House) -> None:
    house.on("2026-10-30")
    decided(house, replace(DECISION, decided_on=date(2026, 10, 30)))


def test_nobody_is_asked_for_money_before_he_was_told(house: House) -> None:
    """The time to answer is data; a decision of a day within it is refused, by SQL too."""
    decision = replace(DECISION, decided_on=date(2026, 10, 21))
    with pytest.raises(Refused, match="Chưa báo trước"):
        decided(house, DECISION)
    early = replace(NOTICE, answer_by=date(2026, 10, 20))
    with pytest.raises(Refused, match="ít nhất 21/10/2026"):
        told(house, early)
    with pytest.raises(InputError, match="thiếu số"):
        told(house, replace(NOTICE, way="phone"))
    with pytest.raises(NotFound):
        told(house, replace(NOTICE, person_id=1))
    assert (told(house), told(house)) == (500_000, 500_000)
    assert house.count(recovery_notice) == 1
    house.on("2026-10-30")
    with pytest.raises(Refused, match="chưa hết hạn"):
        decided(house, decision)
    forged = (
        "insert into recovery_decision (number, decided_on, signer, person_id, programme,"
        " unit_code, amount, maker_id, approver_id, joint_id, entry_id, recorded_at, notice_id)"
        " select 'x', '{}', 's', person_id, programme, unit_code, amount + {}, 1, 2, 1, 99,"
        " recorded_at, id from recovery_notice"
    )
    for day, more in (("2026-10-21", 0), ("2026-10-22", 1)):
        with pytest.raises(DBAPIError, match="told and had time"):
            house.tamper(forged.format(day, more))
    decided(house, replace(decision, decided_on=date(2026, 10, 22)))
    assert house.count(recovery_decision) == 1
    with house.work() as session:
        assert prove_acts(session, house.keyring).ok


def test_instalments_are_laid_down_by_two_and_within_the_share(house: House) -> None:
    """540.000 a month, of which 30 % may be asked; what is late is told, nothing is taken."""
    told(house)
    decided_late(house)
    before = balances(house)
    assert term(SHARE, date(2026, 10, 30)) == 30
    house.register("2026-11", row(1), in_cash(3), row(2))  # alive after all, and paid
    house.list_month("2026-11")
    with pytest.raises(Refused, match=r"30 % mức hưởng: 162\.000"):
        planned(house, replace(PLAN, monthly=163_000))
    number = planned(house)
    assert planned(house) == number
    assert house.count(recovery_plan) == 1
    with pytest.raises(DBAPIError, match="two officers"):
        house.tamper(
            "insert into recovery_plan (decision_id, number, decided_on, signer, amount, monthly,"
            " first_period, income, share, joint_id, recorded_at) select decision_id, 'x',"
            " decided_on, signer, amount, 1, first_period, income, share, 1, recorded_at"
            " from recovery_plan"
        )
    received(house, replace(PAPER, received_on=date(2026, 10, 30), amount=100_000))
    assert receivable(house) == 400_000
    assert balances(house)["payable"] >= before["payable"]  # nothing is set off
    with house.work() as session:
        (one,) = standings(session, date(2026, 12, 5))
    assert (one.repaid, one.monthly, one.late, one.still_open) == (
        100_000, 150_000, 200_000, 400_000,
    )  # fmt: skip
    nothing_broken(house)


def test_who_is_granted_nothing_has_no_share_to_protect(house: House) -> None:
    """The dead man's heirs pay as they agreed, but no more than is open."""
    told(house)
    decided_late(house)
    with pytest.raises(Refused, match=r"còn phải thu 500\.000"):
        planned(house, replace(PLAN, monthly=500_001))
    planned(house, replace(PLAN, monthly=500_000))
    nothing_broken(house)


def test_the_province_alone_writes_off(house: House) -> None:
    """The commune's approver may not; the province's may, what is open, once."""
    told(house)
    decided_late(house)
    received(house, replace(PAPER, received_on=date(2026, 10, 30)))
    for names in (
        ("finance.one", f"approver.{COMMUNE}"),
        ("finance.one", "finance.two"),
        (f"approver.{COMMUNE}", "finance.one"),
    ):
        with pytest.raises(Forbidden):
            forgiven(house, *names)
    house.becomes("checker.all", "approver", "")
    done = forgiven(house, "finance.one", "checker.all")
    assert (done.amount, receivable(house)) == (200_000, 0)
    assert forgiven(house, "finance.one", "checker.all") == replace(done, is_new=False)
    with pytest.raises(Refused, match="đã thu đủ"):
        forgiven(house, "finance.one", "checker.all", one=replace(GONE, number="78"))
    with house.work() as session:
        assert still_open(session, 1) == 0
        assert prove_acts(session, house.keyring).ok
    with pytest.raises(Refused, match="còn phải thu"):
        received(house, replace(PAPER, document="GN 18", received_on=date(2026, 10, 30)))
    with pytest.raises(DBAPIError, match="whole province"):
        house.tamper(
            "insert into recovery_write_off (decision_id, number, decided_on, signer, reason,"
            " amount, joint_id, entry_id, recorded_at) select decision_id, 'x', decided_on, signer,"
            " reason, amount, (select joint_id from recovery_decision), 99, recorded_at"
            " from recovery_write_off"
        )
    nothing_broken(house)


def test_terms_are_dated() -> None:
    assert term(NOTICE_DAYS, date(2026, 1, 1)) == 15
    with pytest.raises(NotFound, match="Chưa có quy định"):
        term(SHARE, date(2020, 1, 1))
