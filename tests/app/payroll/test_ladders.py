"""The ladder is data: read strictly, set by two, newest and most specific first, never silent."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import DBAPIError

from app.disbursement.acts import prove_acts
from app.errors import Forbidden, InputError, Refused
from app.payroll.ladders import read_ladder, training_ladder
from app.payroll.waiting import waiting
from tests.app.payroll.test_staff_lists import is_payee
from tests.factories import (
    ASSISTANCE,
    COMMUNE,
    OCTOBER,
    SEPTEMBER,
    House,
    row,
    september_listed,
)
from tests.support.ways_back import HEAD, set_steps, take_back

CHECK, APPROVE = ",,,1,check,checker,unit,1,0", ",,,2,approve,approver,unit,1,0"

WRONG = {
    "quorum": (CHECK, ",,,2,approve,approver,unit,0,0"),
    "không có bước duyệt": (CHECK,),
    "không có bước duyệt cho mọi": (CHECK, ",,,2,approve,approver,unit,1,5"),
    "không thiếu": (CHECK, ",,,3,approve,approver,unit,1,0"),
    "không trùng": (CHECK, ",,,1,approve,approver,unit,1,0"),
    "bước 1 luôn": (",,,1,check,checker,unit,1,9", APPROVE),
    "không nhận “sign”": (",,,1,sign,approver,unit,1,0",),
    "không nhận “maker”": (",,,1,approve,maker,unit,1,0",),
    "không nhận “yearly”": (",,yearly,1,approve,approver,unit,1,0",),
    "số nguyên": (",,,1,approve,approver,unit,một,0",),
    "không có bước nào": (),
}


@pytest.mark.parametrize("words", WRONG)
def test_a_ladder_with_a_hole_is_refused_on_reading(words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_ladder("\n".join((HEAD, *WRONG[words])))


def test_other_columns_are_refused() -> None:
    with pytest.raises(InputError, match="đúng các cột"):
        read_ladder(f"{HEAD},more\n{APPROVE},1")


def test_each_scope_is_a_ladder_of_its_own() -> None:
    with pytest.raises(InputError, match="Phạm vi pension/mọi/mọi"):
        read_ladder("\n".join((HEAD, CHECK, APPROVE, "pension,,,1,check,checker,unit,1,0")))
    assert [one.ordinal for one in training_ladder()] == [1, 2, 3, 1, 2]


@pytest.mark.stage(of=september_listed)
def test_nothing_is_submitted_where_no_ladder_applies(house: House) -> None:
    set_steps(house, "assistance,,,1,approve,approver,unit,1,0")
    drafts = house.payrolls(SEPTEMBER, "draft")
    with pytest.raises(Refused, match=r"Chưa đặt các bước duyệt.*ladder set"):
        house.submit(drafts)
    set_steps(house, CHECK, APPROVE, since="2026-10")
    with pytest.raises(Refused, match="Chưa đặt các bước duyệt"):
        house.submit(drafts)
    assert house.payrolls(SEPTEMBER, "draft") == drafts


def test_the_most_specific_scope_wins(house: House) -> None:
    """A unit says more than a programme; the newest set stands as a whole, from its month on."""
    set_steps(
        house, CHECK, APPROVE,
        "assistance,,,1,approve,approver,unit,1,0",
        f",{COMMUNE},,1,approve,approver,province,1,0",
    )  # fmt: skip
    set_steps(house, "assistance,,,1,approve,approver,unit,1,0", CHECK, APPROVE, since="2026-10")
    house.register(SEPTEMBER, row(1), row(2, programme=ASSISTANCE, group="C6c"))
    september = house.list_month(SEPTEMBER)
    house.submit(september)
    steps = "select payroll_id, ordinal, duty, held_at from payroll_step order by 1, 2"
    assert house.rows(steps) == [(one, 1, "approve", "province") for one in september]
    house.register(OCTOBER, row(1), row(2, programme=ASSISTANCE, group="C6c"))
    assistance, pension = house.list_month(OCTOBER)  # by the programme's code
    house.submit([pension, assistance])
    assert house.rows(steps)[2:] == [
        (assistance, 1, "approve", "unit"),
        (pension, 1, "check", "unit"),
        (pension, 2, "approve", "unit"),
    ]
    house.approve("approve", [assistance])
    assert house.payrolls(OCTOBER, "approved") == [assistance]


def test_no_unit_decides_upon_the_list_of_its_own_officers(house: House) -> None:
    """A ladder of the unit's own would win over that of such lists: it is refused, and by SQL."""
    set_steps(house, CHECK, APPROVE, ",,staff,1,approve,approver,province,1,0",
              f",{COMMUNE},,1,approve,approver,unit,1,0")  # fmt: skip
    house.register(SEPTEMBER, row(1), row(2))
    is_payee(house, "finance.one", 1)
    house.list_month(SEPTEMBER)
    apart = house.ask("select id from payroll where kind = 'staff'")
    with pytest.raises(Refused, match=r"bảng của cán bộ đơn vị.*held_at = province"):
        house.submit([apart])
    with pytest.raises(DBAPIError, match="the province decides"):
        house.tamper(
            "insert into payroll_step (payroll_id, round, ordinal, duty, role, held_at, quorum,"
            f" rule_id) select {apart}, 1, ordinal, duty, role, held_at, quorum, id"
            f" from approval_rule where unit_code = '{COMMUNE}'"
        )


@pytest.mark.stage(of=september_listed)
def test_a_step_is_needed_above_its_amount_only(house: House) -> None:
    """1,500,000 is not above 1,500,000; one đồng less is."""
    for above, steps in ((1_500_000, 2), (1_499_999, 3)):
        set_steps(house, CHECK, APPROVE, f",,,3,approve,approver,province,1,{above}")
        drafts = house.payrolls(SEPTEMBER, "draft")
        house.submit(drafts)
        turn = house.ask("select max(round) from payroll_step")
        found = house.ask(f"select count(*) from payroll_step where round = {turn}")
        assert found == steps
        take_back(house, drafts)


@pytest.mark.stage(of=september_listed)
def test_a_quorum_is_of_persons_and_the_province_is_not_the_unit(house: House) -> None:
    set_steps(house, ",,,1,check,checker,unit,2,0", ",,,2,approve,approver,province,1,0")
    drafts = house.payrolls(SEPTEMBER, "draft")
    house.submit(drafts)
    house.approve("check", drafts)
    with pytest.raises(Refused, match="một người không làm hai bước"):
        house.approve("check", drafts)
    assert house.payrolls(SEPTEMBER, "submitted") == drafts
    with house.database.view() as session:
        (one,) = waiting(session, drafts, house.clock.now())
    assert (one.duty, one.missing, one.last) == ("check", 1, False)
    house.approve("check", drafts, "checker.all")
    assert house.payrolls(SEPTEMBER, "checked") == drafts
    with pytest.raises(Forbidden):
        house.approve("approve", drafts)
    house.becomes(f"approver.{COMMUNE}", "approver", "")
    with house.database.view() as session:
        (one,) = waiting(session, drafts, house.clock.now())
    assert (one.duty, one.missing, one.last) == ("approve", 1, True)
    assert house.approve("approve", drafts).finished == tuple(drafts)
    assert house.payrolls(SEPTEMBER, "approved") == drafts


def test_two_persons_set_a_ladder_and_it_is_proved(house: House) -> None:
    with pytest.raises(InputError, match="programme: nothing"):
        set_steps(house, "nothing,,,1,approve,approver,unit,1,0")
    with pytest.raises(InputError, match="Kỳ"):
        set_steps(house, APPROVE.replace("2", "1", 1), since="2026-13")
    rule = "drop trigger approval_rule_no_update"
    if not house.database.is_sqlite:
        rule = "drop trigger approval_rule_append_only on approval_rule"
    house.tamper(rule)
    with house.database.view() as session:
        assert prove_acts(session, house.keyring).ok
    house.tamper("update approval_rule set quorum = quorum + 1 where ordinal = 2")
    with house.database.view() as session:
        assert prove_acts(session, house.keyring).figures["unbound"]
