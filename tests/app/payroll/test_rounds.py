"""A payroll that came back: returned, taken back, a line less; and what was seen is what counts."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import DBAPIError

from app.disbursement.acts import prove_acts
from app.disbursement.proofs import prove_approvals
from app.errors import Conflict, Forbidden, InputError, NotFound, Refused
from app.payroll.returning import require_reason
from app.statements.signing import steps_of
from ledger.balances import account_balances
from tests.factories import (
    COMMUNE,
    OCTOBER,
    OTHER_COMMUNE,
    SEPTEMBER,
    House,
    in_cash,
    row,
    september_listed,
)
from tests.support.forging import forged_approval, without_rules
from tests.support.ways_back import send_back, take_back, take_off

pytestmark = pytest.mark.stage(of=september_listed)


@pytest.fixture
def drafts(house: House) -> list[int]:
    """September's list of three people, not yet submitted."""
    return house.payrolls(SEPTEMBER, "draft")


def proved(house: House) -> None:
    with house.database.view() as session:
        assert prove_acts(session, house.keyring).ok
        assert prove_approvals(session).ok


def approve_all(house: House, ids: list[int]) -> None:
    house.submit(ids)
    house.approve("check", ids)
    house.approve("approve", ids)


def test_who_holds_the_due_step_sends_it_back(house: House, drafts: list[int]) -> None:
    house.submit(drafts)
    for name in (f"approver.{COMMUNE}", f"checker.{OTHER_COMMUNE}", f"maker.{COMMUNE}", "auditor"):
        with pytest.raises(Forbidden):
            send_back(house, drafts, name)
    with pytest.raises(InputError, match="Lý do phải có"):
        send_back(house, drafts, f"checker.{COMMUNE}", "sai")
    send_back(house, drafts, f"checker.{COMMUNE}")
    assert house.payrolls(SEPTEMBER, "draft") == drafts
    with pytest.raises(Refused, match="không ở trạng thái"):
        send_back(house, drafts, f"checker.{COMMUNE}")
    proved(house)


def test_a_maker_may_not_send_back_though_he_has_the_role(house: House, drafts: list[int]) -> None:
    house.submit(drafts)
    house.becomes(f"maker.{COMMUNE}", "checker", "")
    with pytest.raises(Refused, match="Người lập"):
        send_back(house, drafts, f"maker.{COMMUNE}")


def test_a_line_edited_after_the_check_voids_it(house: House, drafts: list[int]) -> None:
    """By the row it is refused; past the rules the approver is told; and the way that is open, back
    to the maker, is another round, with another digest, in which nobody has checked."""
    (number,) = drafts
    house.submit(drafts)
    house.approve("check", drafts)
    old, edit = house.seen(drafts), "update payroll_line set amount = {} where line = 1"
    with pytest.raises(DBAPIError, match="submitted lines cannot change"):
        house.tamper(edit.format(500_001))
    without_rules(house, edit.format(500_001))
    with pytest.raises(Conflict, match="đã thay đổi sau khi trình"):
        house.approve("approve", drafts)
    assert house.payrolls(SEPTEMBER, "checked") == drafts
    without_rules(house, edit.format(500_000))
    send_back(house, drafts, f"approver.{COMMUNE}")
    take_off(house, number, 2)
    house.submit(drafts)
    assert len(set(house.rows("select digest from payroll_round"))) == 2
    assert house.ask("select round from payroll") == 2
    with pytest.raises(Refused, match="đang chờ kiểm tra, không chờ duyệt"):
        house.approve("approve", drafts)
    with pytest.raises(DBAPIError, match="not in order"):
        house.tamper(forged_approval(house, number, 2, "approve", f"approver.{COMMUNE}"))
    with pytest.raises(Conflict):
        house.approve("check", drafts, seen=old)
    house.approve("check", drafts)
    house.approve("approve", drafts)
    assert house.payrolls(SEPTEMBER, "approved") == drafts


def test_what_was_confirmed_of_one_round_is_no_act_of_the_next(
    house: House, drafts: list[int]
) -> None:
    """The lines are the same, so is the digest, and still the check must be done anew."""
    house.submit(drafts)
    house.approve("check", drafts)
    send_back(house, drafts, f"approver.{COMMUNE}")
    house.submit(drafts)
    assert len(set(house.rows("select digest from payroll_round"))) == 1
    with pytest.raises(DBAPIError, match="not an act of this officer, step and round"):
        house.tamper(
            "insert into approval select payroll_id, 2, ordinal, step, maker_id, digest,"
            " officer_id, act_id from approval"
        )


def test_earlier_approvals_count_for_nothing(house: House, drafts: list[int]) -> None:
    """Who checked the first round checks the second anew; the books see one approval only."""
    house.submit(drafts)
    house.approve("check", drafts)
    send_back(house, drafts, f"approver.{COMMUNE}")
    take_off(house, drafts[0], 2)
    house.submit(drafts)
    assert house.payrolls(SEPTEMBER, "submitted") == drafts
    with pytest.raises(Refused, match="đang chờ kiểm tra"):
        house.approve("approve", drafts)
    house.approve("check", drafts)
    assert house.approve("approve", drafts).finished == tuple(drafts)
    proved(house)
    with house.database.view() as session:
        found = {one.kind: one.balance for one in account_balances(session)}
        assert [one.step for one in steps_of(session, drafts[0])] == ["submit", "check", "approve"]
    assert found["expense"] == -1_000_000
    assert house.rows("select round, count(*) from approval group by round order by 1") == [
        (1, 1),
        (2, 2),
    ]


def test_the_maker_of_any_round_never_approves(house: House, drafts: list[int]) -> None:
    """The first maker is not that of the second round, and holds the role by then."""
    house.submit(drafts)
    send_back(house, drafts, f"checker.{COMMUNE}")
    house.becomes(f"maker.{OTHER_COMMUNE}", "maker", COMMUNE)
    house.submit(drafts, f"maker.{OTHER_COMMUNE}")
    house.becomes(f"maker.{COMMUNE}", "checker", "")
    with pytest.raises(Refused, match="Người lập không được duyệt"):
        house.approve("check", drafts, f"maker.{COMMUNE}")
    house.approve("check", drafts)
    house.approve("approve", drafts)


def test_a_maker_takes_it_back_until_the_first_approval(house: House, drafts: list[int]) -> None:
    house.submit(drafts)
    with pytest.raises(Forbidden, match="Chỉ người trình"):
        take_back(house, drafts, f"maker.{OTHER_COMMUNE}")
    take_back(house, drafts)
    house.submit(drafts)
    house.approve("check", drafts)
    with pytest.raises(Refused, match="đã có người xác nhận"):
        take_back(house, drafts)
    assert house.payrolls(SEPTEMBER, "checked") == drafts
    proved(house)


def test_lines_leave_a_draft_only_each_with_a_reason(house: House, drafts: list[int]) -> None:
    (number,) = drafts
    with pytest.raises(NotFound, match=r"không có dòng \[7\]"):
        take_off(house, number, 1, 7)
    with pytest.raises(Forbidden):
        take_off(house, number, 1, by="approver")
    with pytest.raises(Refused, match="không còn dòng nào"):
        take_off(house, number, 1, 2, 3)
    with pytest.raises(InputError, match="Lý do"):
        take_off(house, number, 1, reason="")
    did = take_off(house, number, 1, 3)
    assert (did.lines, did.amount, did.lines_left, did.total_left) == (2, 1_000_000, 1, 500_000)
    assert len(house.lines_of(number)) == 1
    house.submit(drafts)
    with pytest.raises(Refused, match="không ở trạng thái"):
        take_off(house, number, 2)
    proved(house)


def test_what_was_taken_off_is_listed_with_the_next_month(house: House, drafts: list[int]) -> None:
    take_off(house, drafts[0], 3)
    approve_all(house, drafts)
    house.register(OCTOBER, row(1), row(2), in_cash(3))
    october = house.list_month(OCTOBER)
    assert len(house.lines_of(october[0])) == 4
    approve_all(house, october)
    proved(house)


def test_another_code_than_that_of_the_list_is_refused(house: House, drafts: list[int]) -> None:
    with pytest.raises(Conflict, match=r"không phải mã.*3 dòng, 3 người, 1\.500\.000"):
        house.submit(drafts, seen="0000-0000")
    house.submit(drafts, seen=f" {house.seen(drafts).lower()} ")
    with pytest.raises(Conflict, match="không phải mã"):
        house.approve("check", drafts, seen="ZZZZ-ZZZZ")


def test_a_stale_code_is_told_how_far_it_is_off(house: House, drafts: list[int]) -> None:
    """Before a submission, and for a payroll that came back."""
    first = house.seen(drafts)
    take_off(house, drafts[0], 1)
    second = house.seen(drafts)
    take_off(house, drafts[0], 2)
    with pytest.raises(Conflict, match=r"bớt 2 dòng, 2 người, 1\.000\.000"):
        house.submit(drafts, seen=first)
    with pytest.raises(Conflict, match=r"bớt 1 dòng, 1 người, 500\.000.*mã"):
        house.submit(drafts, seen=second)
    house.submit(drafts)
    with pytest.raises(Conflict, match=r"bớt 2 dòng"):
        house.approve("check", drafts, seen=first)
    house.approve("check", drafts)


@pytest.mark.parametrize(
    ("day", "at", "opens"),
    [
        ("2026-09-08", "06:57", "07:00 ngày 08/09/2026"),
        ("2026-09-08", "18:00", "07:00 ngày 09/09/2026"),
        ("2026-09-12", "10:00", "07:00 ngày 14/09/2026"),  # a Saturday
        ("2026-09-22", "23:50", "00:00 ngày 23/09/2026"),
    ],
)
def test_out_of_hours_nothing_is_approved(
    house: House, drafts: list[int], day: str, at: str, opens: str
) -> None:
    house.submit(drafts)
    house.on(day, at)
    with pytest.raises(Refused, match=f"Ngoài giờ duyệt.*{opens}"):
        house.approve("check", drafts)


def test_on_the_23rd_and_24th_every_hour_is_open(house: House, drafts: list[int]) -> None:
    house.on("2026-10-23", "23:57")
    house.submit(drafts)
    house.approve("check", drafts)
    house.on("2026-10-24", "03:00")  # a Saturday
    house.approve("approve", drafts)


def test_a_reason_is_one_line() -> None:
    assert require_reason("  sai\n số   tiền ") == "sai số tiền"
    for wrong in ("", "    ", "abcd", "x" * 501):
        with pytest.raises(InputError):
            require_reason(wrong)
