"""Past every room: what the database itself asks of rounds, approvals and ways back."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import DBAPIError

from tests.factories import COMMUNE, OTHER_COMMUNE, SEPTEMBER, House, september_listed
from tests.support.forging import forged_act
from tests.support.ways_back import send_back, set_steps, take_back, undo_by_two

pytestmark = pytest.mark.stage(of=september_listed)

ROUND = (
    "insert into payroll_round values"
    " ({number}, {turn}, {maker}, 'd', {lines}, {total}, {act}, '{at}')"
)
STEP = (
    "insert into payroll_step select 1, {turn}, ordinal, duty, role, held_at, {quorum}, id"
    " from approval_rule where joint_id = {joint} and kind = '' and ordinal <= {last}"
)
MOVE = "update payroll set state = '{state}' where id = 1"
AT = "2026-09-01T01:00:00.000000Z"


def refused(house: House, statement: str, words: str | None = None) -> None:
    with pytest.raises(DBAPIError, match=words):
        house.tamper(statement)


def approval(house: House, ordinal: int, step: str, who: str, turn: int = 1) -> str:
    """The statement that writes an approval of the round's digest, on a forged act."""
    act_id = forged_act(house, who, step)
    return (
        "insert into approval (payroll_id, round, ordinal, step, maker_id, digest, officer_id,"
        f" act_id) select payroll_id, round, {ordinal}, '{step}', maker_id, digest,"
        f" {house.officer(who)}, {act_id} from payroll_round where payroll_id = 1"
        f" and round = {turn}"
    )


@pytest.fixture
def submitted(house: House) -> House:
    """September's list waits for its checker."""
    house.submit(house.payrolls(SEPTEMBER, "draft"))
    return house


@pytest.fixture
def approved(submitted: House) -> House:
    """September's list is approved."""
    submitted.approve("check", [1])
    submitted.approve("approve", [1])
    return submitted


def test_a_state_does_not_move_without_its_persons(submitted: House) -> None:
    house = submitted
    refused(house, MOVE.format(state="checked"), "a check is missing")
    house.tamper(approval(house, 1, "check", f"checker.{COMMUNE}"))
    house.tamper(MOVE.format(state="checked"))
    refused(house, MOVE.format(state="approved"), "an approval is missing")
    house.tamper(approval(house, 2, "approve", f"approver.{COMMUNE}"))
    house.tamper(MOVE.format(state="approved"))


def test_two_persons_are_two(house: House) -> None:
    set_steps(house, ",,,1,check,checker,unit,2,0", ",,,2,approve,approver,unit,1,0")
    house.submit([1])
    house.tamper(approval(house, 1, "check", f"checker.{COMMUNE}"))
    refused(house, MOVE.format(state="checked"), "a check is missing")
    refused(house, approval(house, 1, "check", f"checker.{COMMUNE}"))
    house.tamper(approval(house, 1, "check", "checker.all"))
    house.tamper(MOVE.format(state="checked"))


def test_steps_are_taken_in_order_by_others_than_makers(submitted: House) -> None:
    house = submitted
    wrong = "not in order, or by a maker"
    refused(house, approval(house, 2, "approve", f"approver.{COMMUNE}"), wrong)
    refused(house, approval(house, 1, "check", f"maker.{COMMUNE}"))
    house.approve("check", [1])
    refused(house, approval(house, 1, "check", "checker.all"), wrong)
    refused(house, approval(house, 2, "approve", f"checker.{COMMUNE}"))
    refused(house, approval(house, 3, "approve", "auditor"))


def test_no_maker_of_an_earlier_round_or_payroll_approves(house: House) -> None:
    """Nor an approval of a round that is over."""
    house.submit([1])
    take_back(house, [1])
    refused(house, approval(house, 1, "check", f"checker.{COMMUNE}"), "not in order")
    house.becomes(f"maker.{OTHER_COMMUNE}", "maker", COMMUNE)
    house.submit([1], f"maker.{OTHER_COMMUNE}")
    refused(house, approval(house, 1, "check", f"maker.{COMMUNE}", 2), "by a maker")
    house.approve("check", [1])
    house.approve("approve", [1])
    undo_by_two(house, 1)
    house.becomes("auditor", "maker", "")
    house.submit([2], "auditor")
    late = approval(house, 1, "check", f"maker.{COMMUNE}", 1).replace(
        "payroll_id = 1", "payroll_id = 2"
    )
    refused(house, late, "by a maker")


def test_a_submission_is_a_round_with_the_steps_of_the_ladder(house: House) -> None:
    maker, joint = house.officer(f"maker.{COMMUNE}"), house.ask("select max(id) from joint_act")
    forged = "update payroll set state = 'submitted', digest = 'd', maker_id = {}, round = 1"
    submit = forged.format(maker)
    refused(house, submit, "needs its round and steps")
    facts = {"number": 1, "turn": 1, "maker": maker, "lines": 3, "total": 1_500_000,
             "act": forged_act(house, f"maker.{COMMUNE}", "submit"), "at": AT}  # fmt: skip
    for wrong in ({"turn": 2}, {"lines": 2}, {"total": 1}, {"act": "null"}):
        refused(house, ROUND.format(**{**facts, **wrong}), "a draft begins its next round")
    house.tamper(ROUND.format(**facts))
    refused(house, submit, "needs its round and steps")
    ours = {"turn": 1, "joint": joint, "quorum": "quorum", "last": 2}
    refused(house, STEP.format(**{**ours, "quorum": 2}), "as the ladder says")
    house.tamper(STEP.format(**{**ours, "last": 1}))
    refused(house, submit, "needs its round and steps")
    house.tamper(STEP.format(**ours).replace("ordinal <=", "ordinal ="))
    refused(house, forged.format(maker + 1), "needs its round and steps")
    refused(house, submit.replace("round = 1", "round = 2"), "needs its round and steps")
    house.tamper(submit)
    refused(house, "update payroll set round = 2", "needs its round and steps")


def test_the_steps_are_of_the_newest_set_and_the_scope_that_says_most(house: House) -> None:
    old = house.ask("select max(id) from joint_act")
    set_steps(house, ",,,1,approve,approver,unit,1,0", f",{COMMUNE},,1,approve,approver,unit,2,0")
    house.tamper(
        ROUND.format(number=1, turn=1, maker=house.officer(f"maker.{COMMUNE}"), lines=3,
                     total=1_500_000, act=forged_act(house, f"maker.{COMMUNE}", "submit"), at=AT)
    )  # fmt: skip
    ours = {"turn": 1, "joint": old, "quorum": "quorum", "last": 2}
    refused(house, STEP.format(**ours), "as the ladder says")
    general = STEP.format(**{**ours, "joint": old + 1}) + " and unit_code = ''"
    refused(house, general, "as the ladder says")
    house.tamper(general.replace("= ''", "<> ''"))


def test_a_payroll_goes_back_only_where_somebody_sent_it(submitted: House) -> None:
    house = submitted
    refused(house, MOVE.format(state="draft"), "nobody sent it back")
    back = (
        "insert into payroll_return select 1, {turn}, '{kind}', {who}, 1, 'sai số tiền',"
        " submitted_at from payroll_round where payroll_id = 1"
    )
    maker, checker = house.officer(f"maker.{COMMUNE}"), house.officer(f"checker.{COMMUNE}")
    for kind, who, turn in (("return", maker, 1), ("withdraw", checker, 1), ("return", checker, 2)):
        statement = back.format(kind=kind, who=who, turn=turn)
        refused(house, statement, "not of this round, or not by this person")
    house.approve("check", [1])
    refused(house, back.format(kind="withdraw", who=maker, turn=1), "not of this round")
    send_back(house, [1], f"approver.{COMMUNE}")
    house.submit([1])
    refused(house, MOVE.format(state="draft"), "nobody sent it back")


def test_an_approved_payroll_is_undone_by_two_only(approved: House) -> None:
    house = approved
    refused(house, MOVE.format(state="void"), "two persons undo it")
    refused(house, MOVE.format(state="draft"), "nobody sent it back")
    undo = f"insert into payroll_undo select 1, 1, 1, 1, id, 'duyệt nhầm', '{AT}' from joint_act"
    refused(house, undo, "two persons, before anything left")
    undo_by_two(house, 1)
    for statement in (
        "update payroll_line set undone = 0 where payroll_id = 1",
        "update payroll_line set amount = amount + 1 where payroll_id = 1",
        "update payroll_line set undone = 1 where payroll_id = 2",
        "delete from payroll_line where payroll_id = 1",
    ):
        refused(house, statement, "payroll_line")


def test_a_line_leaves_a_draft_with_a_reason_only(house: House) -> None:
    refused(house, "delete from payroll_line where line = 1", "with a reason only")
    off = (
        "insert into payroll_exclusion (payroll_id, round, line, obligation_id, person_id,"
        " destination_id, contract_id, method, amount, cause, digest_before, officer_id, act_id,"
        f" reason, excluded_at) select payroll_id, {{turn}}, line, obligation_id, person_id,"
        " destination_id, contract_id, method, {amount}, cause, 'd', 1, 1, 'chưa rõ hồ sơ',"
        f" '{AT}' from payroll_line where line = 1"
    )
    refused(house, off.format(turn=0, amount="amount + 1"), "as it stands")
    refused(house, off.format(turn=1, amount="amount"), "as it stands")
    again = (
        "insert into payroll_line (payroll_id, line, obligation_id, person_id, destination_id,"
        " contract_id, method, amount, cause, undone) select payroll_id, 9, obligation_id,"
        " person_id, destination_id, contract_id, method, amount, 'joined', 1 from payroll_line"
        " where line = 1"
    )
    refused(house, again.replace("payroll_id, 9", "payroll_id + 0, 9"))
    house.tamper(off.format(turn=0, amount="amount"))
    assert house.rows("select line from payroll_line order by line") == [(2,), (3,)]


def test_two_persons_set_a_ladder(house: House) -> None:
    rule = (
        "insert into approval_rule (joint_id, from_period, programme, unit_code, kind, ordinal,"
        " duty, role, held_at, quorum, above) values ({joint}, '{month}', '', '', '', 9, 'approve',"
        " 'approver', 'unit', 1, 0)"
    )
    joint = house.ask("select max(id) from joint_act")
    refused(house, rule.format(joint=joint, month="2026-02"), "two persons set a ladder")
    refused(house, rule.format(joint=joint + 1, month="2026-01"))
    refused(house, "update approval_rule set quorum = 1", "append-only")
    one_more = rule.format(joint=joint, month="2026-01")
    refused(house, one_more, "two persons set a ladder")
    begun = (
        "insert into payroll (kind, period, number, unit_code, programme, fund, state, lines,"
        " total, opened_at, round) select kind, period, 7, unit_code, programme, fund, state,"
        " lines, total, opened_at, 1 from payroll"
    )
    refused(house, begun, "begins without a round")


REFERRED = ("payroll_id", "obligation_id", "destination_id", "contract_id")


def test_a_line_refers_to_what_is_there(house: House) -> None:
    """Written anew, or changed later on a draft."""
    words = "FOREIGN KEY" if house.database.is_sqlite else "refers to what is not there"
    house.tamper(
        "insert into payroll (id, kind, period, number, unit_code, programme, fund, state, lines,"
        " total, opened_at) select 7, kind, period, 7, unit_code, programme, fund, state, lines,"
        " total, opened_at from payroll where id = 1"
    )
    copied = (
        f"insert into payroll_line ({', '.join(REFERRED)}, line, person_id, method, amount, cause)"
        " select {}, 9, person_id, method, amount, 'carried' from payroll_line"
        " where payroll_id = 1 and line = 1"
    )
    sound = {one: one for one in REFERRED} | {"payroll_id": "7"}
    for column in REFERRED:
        unknown = sound | {column: "1000000"}
        refused(house, copied.format(", ".join(unknown.values())), words)
    house.tamper(copied.format(", ".join(sound.values())))
    for column in REFERRED:
        refused(house, f"update payroll_line set {column} = 1000000 where payroll_id = 7", words)
