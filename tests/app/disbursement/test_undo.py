"""A wrong approved payroll is undone by two before it leaves; then all goes on as if anew."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.exc import DBAPIError

from app.beneficiaries.destinations import repair_destination
from app.beneficiaries.kinds import NewAccount
from app.disbursement.claims import claim
from app.disbursement.proofs import Evidence, prove_everything
from app.disbursement.submission import Sealed
from app.disbursement.tables import batch
from app.errors import Forbidden, InputError, Refused
from app.jobs.payrolls import open_follow_ups
from app.reference.banks import TEST_BANK_A
from app.schedule.locking import lock_list
from ledger.balances import account_balances
from tests.factories import COMMUNE, OCTOBER, SEPTEMBER, House, in_cash, row, september_sent
from tests.support.ways_back import take_off, undo_by_two


def september_built(house: House) -> None:
    """September is approved, its money has come, its two batches are built for the 10th."""
    house.register(SEPTEMBER, row(1), row(2), in_cash(3))
    house.approve_month(SEPTEMBER)
    house.fund(SEPTEMBER)
    house.build(SEPTEMBER, date(2026, 9, 10))


pytestmark = pytest.mark.stage(of=september_built)


def balances(house: House) -> dict[str, int]:
    with house.database.view() as session:
        return {one.path: one.balance for one in account_balances(session) if one.balance}


def wrong_proofs(house: House) -> list[str]:
    with house.database.view() as session:
        proofs = prove_everything(session, Evidence(keyring=house.keyring))
    return [f"{one.name}: {one.figures}" for one in proofs if not one.ok]


def test_undone_and_everything_again(house: House) -> None:
    """Released batches too: commitment and accrual go back, and the next list is paid."""
    house.release([1, 2])
    did = undo_by_two(house, 1)
    assert (did.successor, did.batches) == (2, 2)
    assert house.payrolls(SEPTEMBER, "void") == [1]
    assert house.payrolls(SEPTEMBER, "draft") == [2]
    left = {path.split("/")[0] for path in balances(house)}
    assert left.isdisjoint({"expense", "payable", "commitment", "transit"})
    assert house.rows("select distinct state from batch") == [("cancelled",)]
    assert wrong_proofs(house) == []
    take_off(house, 2, 3)
    house.submit([2])
    house.approve("check", [2])
    house.approve("approve", [2])
    built = house.build(SEPTEMBER, date(2026, 9, 10))
    house.on("2026-09-10")
    house.release(built)
    house.send(built[0])
    assert wrong_proofs(house) == []
    assert house.rows("select attempt, state from instruction order by id")[3:] == [
        (2, "ready"),
        (2, "ready"),
    ]


def test_a_list_of_a_locked_month_is_undone_as_well(house: House) -> None:
    """The draft in its place holds the same lines, and takes no other."""
    with house.work() as session:
        lock_list(session, SEPTEMBER, "jobs", house.later())
    did = undo_by_two(house, 1)
    assert len(house.lines_of(did.successor)) == 3
    take_off(house, did.successor, 3)
    with pytest.raises(DBAPIError, match="the list of this month is locked"):
        house.tamper(
            "insert into payroll_line (payroll_id, line, obligation_id, person_id, destination_id,"
            " contract_id, method, amount, cause) select 2, line, obligation_id, person_id,"
            " destination_id, contract_id, method, amount, cause from payroll_line"
            " where payroll_id = 1 and line = 3"
        )


def test_what_was_undone_is_on_one_list_only(house: House) -> None:
    """The draft keeps its people: the next month lists its own, and no follow-up takes them."""
    undo_by_two(house, 1)
    house.register(OCTOBER, row(1), row(2), in_cash(3))
    (october,) = house.list_month(OCTOBER)
    assert len(house.lines_of(october)) == 3
    assert len(house.lines_of(2)) == 3
    assert house.ask("select count(*) from bridge where payroll_id = 2") == house.ask(
        "select count(*) from bridge where payroll_id = 1"
    )
    previous = f"select amount from bridge where payroll_id = {october} and cause = 'previous'"
    assert house.ask(previous) == 1_500_000


def test_what_left_an_undone_list_is_accrued_with_the_next_month(house: House) -> None:
    """Its payment was cancelled, not refused: no follow-up list takes it, whatever is repaired."""
    undo_by_two(house, 1)
    take_off(house, 2, 1)
    house.submit([2])
    house.approve("check", [2])
    house.approve("approve", [2])
    new = NewAccount(TEST_BANK_A, "100009991000", "NONG THI NGUOI 001")
    two, now = (house.officer("finance.one"), house.officer("finance.two")), house.later()
    with house.work() as session:
        repair_destination(session, house.keyring, 1, new, "giấy ngân hàng", *two, now)
    assert open_follow_ups(house.runtime, SEPTEMBER) == "0 payrolls"
    house.register(OCTOBER, row(1, account="100009991000"), row(2), in_cash(3))
    (october,) = house.list_month(OCTOBER)
    assert len(house.lines_of(october)) == 4
    house.submit([october])
    house.approve("check", [october])
    house.approve("approve", [october])
    with house.database.view() as session:
        payable = sum(one.balance for one in account_balances(session, kinds=("payable",)))
    assert payable == house.ask("select sum(amount) from obligation")
    assert wrong_proofs(house) == []


def test_undone_twice(house: House) -> None:
    """No maker of the first payroll approves the last; each draft takes the place of one."""
    undo_by_two(house, 1)
    for number in (2, 3):
        house.submit([number])
        house.approve("check", [number])
        house.approve("approve", [number])
        undo_by_two(house, number)
    assert house.rows("select payroll_id, root_id, successor_id from payroll_undo order by 1") == [
        (1, 1, 2),
        (2, 1, 3),
        (3, 1, 4),
    ]
    house.becomes("checker.all", "maker", "")
    house.submit([4], "checker.all")
    house.becomes(f"maker.{COMMUNE}", "checker", "")
    with pytest.raises(Refused, match="Người lập không được duyệt"):
        house.approve("check", [4], f"maker.{COMMUNE}")
    assert wrong_proofs(house) == []


def test_it_takes_an_approver_and_one_of_finance(house: House) -> None:
    for one, two, error in (
        (f"approver.{COMMUNE}", f"approver.{COMMUNE}", Refused),
        (f"maker.{COMMUNE}", "finance.one", Forbidden),
        ("finance.one", "finance.two", Forbidden),
        (f"approver.{COMMUNE}", f"checker.{COMMUNE}", Forbidden),
    ):
        with pytest.raises(error):
            undo_by_two(house, 1, one, two)
    with pytest.raises(InputError, match="Lý do"):
        undo_by_two(house, 1, reason="")
    with pytest.raises(Refused, match="không ở trạng thái"):
        undo_by_two(house, 99)
    assert house.payrolls(SEPTEMBER, "approved") == [1]


def test_nothing_is_undone_once_a_batch_is_claimed(house: House) -> None:
    """One batch of two: claimed for sending is gone already."""
    house.on("2026-09-10")
    house.release([1, 2])
    sealed = Sealed(1, house.home / "1.xml", "1.xml", "1" * 64)
    with house.work() as session:
        claim(session, sealed, "test", house.later())
    with pytest.raises(Refused, match=r"Lô \[1\] của bảng 1 đã gửi hoặc đang gửi"):
        undo_by_two(house, 1)
    assert house.payrolls(SEPTEMBER, "approved") == [1]
    assert house.rows("select state from batch order by id") == [("sending",), ("released",)]


@pytest.mark.stage(of=september_sent)
def test_what_was_sent_is_not_undone(house: House) -> None:
    before = house.count(batch)
    with pytest.raises(Refused, match="đã gửi"):
        undo_by_two(house, 1)
    assert house.count(batch) == before
