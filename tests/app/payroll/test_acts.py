"""Maker, checker, approver: the rooms refuse, and the database refuses where they are passed by."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import DBAPIError

from app.access.tables import act
from app.errors import Conflict, Forbidden, Refused
from app.payroll.approval_tables import approval
from app.payroll.approvals import submit
from ledger.balances import account_balances
from tests.factories import (
    ASSISTANCE,
    COMMUNE,
    OCTOBER,
    OTHER_COMMUNE,
    SEPTEMBER,
    House,
    row,
    september_listed,
)
from tests.support.forging import forged_act

pytestmark = pytest.mark.stage(of=september_listed)


@pytest.fixture
def drafts(house: House) -> list[int]:
    """September's list of three people, not yet submitted."""
    return house.payrolls(SEPTEMBER, "draft")


def test_three_acts_approve_and_accrue(house: House, drafts: list[int]) -> None:
    house.submit(drafts)
    house.approve("check", drafts)
    assert house.payrolls(SEPTEMBER, "checked") == drafts
    house.approve("approve", drafts)
    assert house.payrolls(SEPTEMBER, "approved") == drafts
    with house.work() as session:
        found = {one.kind: one.balance for one in account_balances(session)}
    assert found["expense"] == -1_500_000
    assert house.rows("select step, things, total from act where step <> 'ladder' order by id") == [
        (step, 3, 1_500_000) for step in ("submit", "check", "approve")
    ]
    assert len({one[0] for one in house.rows("select digest from act where step <> 'ladder'")}) == 1


def test_only_the_role_at_this_unit_may_check(house: House, drafts: list[int]) -> None:
    house.submit(drafts)
    for name in (f"maker.{COMMUNE}", f"approver.{COMMUNE}", f"checker.{OTHER_COMMUNE}", "auditor"):
        with pytest.raises(Forbidden, match="không có quyền"):
            house.approve("check", drafts, name)
    assert house.payrolls(SEPTEMBER, "submitted") == drafts


def test_a_checker_for_the_province_may_check_everywhere(house: House, drafts: list[int]) -> None:
    house.submit(drafts)
    house.approve("check", drafts, "checker.all")
    assert house.payrolls(SEPTEMBER, "checked") == drafts


def test_the_maker_cannot_approve_though_he_has_the_role(house: House, drafts: list[int]) -> None:
    house.submit(drafts)
    house.becomes(f"maker.{COMMUNE}", "checker")
    with pytest.raises(Refused, match="Người lập không được duyệt"):
        house.approve("check", drafts, f"maker.{COMMUNE}")
    assert house.count(approval) == 0


def test_one_person_cannot_do_two_steps(house: House, drafts: list[int]) -> None:
    house.submit(drafts)
    house.approve("check", drafts)
    house.becomes(f"checker.{COMMUNE}", "approver")
    with pytest.raises(Refused, match="một người không làm hai bước"):
        house.approve("approve", drafts, f"checker.{COMMUNE}")
    assert house.payrolls(SEPTEMBER, "checked") == drafts


def test_the_database_refuses_a_maker_who_approves(house: House, drafts: list[int]) -> None:
    """Past every room: the maker's own approval, another's digest, and a second step."""
    (number,) = drafts
    act_id, maker = house.submit(drafts), house.officer(f"maker.{COMMUNE}")
    checker = house.officer(f"checker.{COMMUNE}")
    digest = house.ask(f"select digest from payroll where id = {number}")
    own, other = (forged_act(house, f"{role}.{COMMUNE}", "check") for role in ("maker", "checker"))
    auditor = house.officer("auditor")
    looked, allowed = (forged_act(house, "auditor", step) for step in ("check", "approve"))
    forged = [
        (number, 1, 1, "check", maker, digest, maker, own),
        (number, 1, 1, "check", maker, "0" * 64, checker, other),
        (number, 1, 1, "check", checker, digest, auditor, looked),
        (number, 1, 2, "approve", maker, digest, auditor, allowed),
        (number, 2, 1, "check", maker, digest, checker, other),
        *((number, 1, 1, "check", maker, digest, checker, one) for one in (act_id, own, allowed)),
    ]
    for values in forged:
        with pytest.raises(DBAPIError):
            house.tamper(f"insert into approval values {values}")
    checked = (number, 1, 1, "check", maker, digest, checker, other)
    house.tamper(f"insert into approval values {checked}")
    second = forged_act(house, f"checker.{COMMUNE}", "approve")
    approved = (number, 1, 2, "approve", maker, digest, checker, second)
    with pytest.raises(DBAPIError):
        house.tamper(f"insert into approval values {approved}")


def test_a_code_is_used_once(house: House) -> None:
    """A second act of the same officer with the same code, by service and by row."""
    house.register(OCTOBER, row(1), row(2, programme=ASSISTANCE, group="C6c"))
    pension, assistance = house.list_month(OCTOBER)
    house.submit([pension])
    maker, now = house.officer(f"maker.{COMMUNE}"), house.clock.now()
    seen = house.seen([assistance])
    with pytest.raises(Conflict, match="đã dùng rồi"), house.work() as session:
        submit(session, house.keyring, maker, house.code(), [assistance], now, seen=seen)
    assert house.payrolls(OCTOBER, "draft") == [assistance]
    columns = [one.name for one in act.columns if one.name != "id"]
    copied = ", ".join(columns)
    with pytest.raises(DBAPIError):
        house.tamper(f"insert into act ({copied}) select {copied} from act")


def test_a_wrong_code_does_nothing(house: House, drafts: list[int]) -> None:
    maker, now, seen = house.officer(f"maker.{COMMUNE}"), house.later(), house.seen(drafts)
    acts = house.count(act)
    for code in ("000000", "12345", "", "abcdef"):
        with pytest.raises(Forbidden, match="Mã xác thực không đúng"), house.work() as session:
            submit(session, house.keyring, maker, code, drafts, now, seen=seen)
    assert (house.count(act), house.payrolls(SEPTEMBER, "draft")) == (acts, drafts)


FORBIDDEN = (
    "update payroll_line set amount = amount + 1",
    "update payroll_line set destination_id = 1",
    "delete from payroll_line where line = 1",
    "insert into payroll_line (payroll_id, line, obligation_id, person_id, destination_id,"
    " contract_id, method, amount, cause) select payroll_id, 99, obligation_id, person_id,"
    " destination_id, contract_id, method, 1, 'carried' from payroll_line where line = 1",
    "update payroll set total = total + 1",
    "update payroll set digest = 'x'",
    "update payroll set maker_id = maker_id + 1",
    "update payroll set state = 'draft'",
    "update payroll set state = 'approved'",
)


def test_submitted_lines_are_frozen(house: House, drafts: list[int]) -> None:
    """By SQL past every room: no line, figure or state of a submitted payroll moves."""
    house.submit(drafts)
    before = house.lines_of(drafts[0])
    for statement in FORBIDDEN:
        with pytest.raises(DBAPIError):
            house.tamper(statement)
    assert house.lines_of(drafts[0]) == before


def test_lines_changed_in_spite_of_everything_are_not_approved(
    house: House, drafts: list[int]
) -> None:
    """Somebody who may drop the trigger still meets the digest."""
    house.submit(drafts)
    tail = "" if house.database.is_sqlite else " on payroll_line"
    house.tamper(f"drop trigger payroll_line_update{tail}")
    house.tamper("update payroll_line set amount = 900000 where line = 1")
    with pytest.raises(Conflict, match="đã thay đổi sau khi trình"):
        house.approve("check", drafts)


def test_above_the_allotment_is_refused(house: House, drafts: list[int]) -> None:
    """Exactly the allotment passes; one đồng less does not, with the figures."""
    house.submit(drafts)
    house.approve("check", drafts)
    house.tamper("update allotment set amount = 1499999")
    with pytest.raises(Refused, match=r"2026: đã duyệt 0\s₫, thêm 1\.500\.000\s₫"):
        house.approve("approve", drafts)
    house.tamper("update allotment set amount = 1500000")
    house.approve("approve", drafts)
    house.register(OCTOBER, row(1))
    october = house.list_month(OCTOBER)
    house.submit(october)
    house.approve("check", october)
    with pytest.raises(Refused, match="Vượt dự toán"):
        house.approve("approve", october)


def test_a_submitted_payroll_is_not_submitted_again(house: House, drafts: list[int]) -> None:
    house.submit(drafts)
    for ids in (drafts, [999]):
        with pytest.raises(Refused, match="không ở trạng thái"):
            house.submit(ids)
