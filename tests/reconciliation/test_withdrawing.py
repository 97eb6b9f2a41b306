"""What the matcher or a rule placed, taken back by two finance officers and placed again.

Person 1 and 2 were sent 500.000 đồng each through the bank, person 3 the same in cash.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.disbursement import funding
from app.disbursement.paid import kept_in, paid_in
from app.disbursement.recall import Request, ask_recall
from app.disbursement.workbench.proposing import unmatch_draft
from app.errors import Conflict, Forbidden, Refused
from app.jobs.accounts import list_again
from ledger.chart import Cell
from reconciliation import closing
from tests.app.disbursement.evidence_office import back, debit, said
from tests.app.disbursement.test_charges import KEPT, agreed
from tests.app.disbursement.test_closing_days import close
from tests.factories import BANK, OCTOBER, PENSION, SEPTEMBER, House, in_cash, row, september_sent
from tests.reconciliation.desk import (
    DAY,
    NEXT,
    SENT,
    bare,
    came,
    confirmed,
    correct,
    match,
    newest,
    proposed,
    signer,
    unmatch,
    waits,
)
from tests.reconciliation.test_rules import ruled
from tests.reconciliation.test_workbench import acting, proof_holds, stated
from tests.support.commands import asked
from tests.support.standing import balances, nothing_broken

pytestmark = pytest.mark.stage(of=september_sent)
_WORDS = {"paid": "KBNN KV III chuyen tien", "fee": "DV SMS BANKING"}


def held(house: House) -> dict[str, int]:
    """Balances that are not zero."""
    return {kind: amount for kind, amount in balances(house).items() if amount}


def refused(house: House, line: int, why: str, *, corrects: bool = False) -> None:
    with pytest.raises(Refused, match=why), house.work() as session:
        unmatch_draft(session, line, "ghép nhầm", corrects=corrects)


def test_a_debit_that_named_its_payment(house: House) -> None:
    """Half of a file and of a batch; the other half stands, in the entry that they shared."""
    one, two = house.reference(1, SEPTEMBER), house.reference(2, SEPTEMBER)
    line = came(house, debit(two), debit(one))
    before = held(house)
    unmatch(house, line)
    assert (house.state(one), house.state(two)) == ("ready", "settled")
    assert house.batch_state(1) == "answered"
    assert waits(house) == [(line, "debit_unknown", -SENT, "finance")]
    kept = "select withdrawn_by > 0, verdict from line_match where bank_line_id = "
    assert [tuple(found) for found in house.rows(f"{kept}{line}")] == [(1, "settled")]
    proof_holds(house)
    unmatch(house, line - 1)
    assert house.state(two) == "ready"
    refused(house, line, "không phải là dòng đã ghép")
    match(house, line, (two, 0))  # they had been mistaken for each other
    match(house, line - 1, (one, 0))
    assert (house.state(one), house.state(two), house.batch_state(1)) == (
        "settled", "settled", "done",
    )  # fmt: skip
    assert held(house) == before
    proof_holds(house)


def test_the_banks_own_word_comes_after_all(house: House) -> None:
    one = house.reference(1, SEPTEMBER)
    said(house, one, "ACSP")
    line = came(house, debit(one))
    unmatch(house, line)
    assert house.state(one) == "accepted"  # where it stood
    came(house, debit(one, key="FT-2"))
    assert (house.verdicts()[-1], house.state(one)) == ("settled", "settled")
    assert [found[0] for found in waits(house)] == [line]
    proof_holds(house)


def test_paid_on_the_banks_word_and_not_debited(house: House) -> None:
    one = house.reference(1, SEPTEMBER)
    said(house, one, "ACCC")
    before = held(house)
    line = came(house, debit(one))
    unmatch(house, line)
    assert (house.state(one), held(house)["transit"]) == ("settled", before["transit"])
    proof_holds(house)
    match(house, line, (one, 0))
    unmatch(house, line)
    match(house, line, (one, 0))
    assert house.state(one) == "settled"
    proof_holds(house)


def test_a_return(house: House) -> None:
    one, two = house.reference(1, SEPTEMBER), house.reference(2, SEPTEMBER)
    came(house, debit(one), debit(two))
    line = came(house, back(one), back(two))
    before = held(house)
    unmatch(house, line)
    assert (house.state(one), house.state(two)) == ("returned", "settled")
    assert (held(house)["payable"], held(house)["suspense"]) == (SENT, SENT)
    proof_holds(house)
    match(house, line, (two, 0))
    assert (house.state(two), held(house)) == ("returned", before)
    proof_holds(house)


@pytest.mark.parametrize("by_hand", [False, True])
def test_the_ban_of_its_account_is_lifted(house: House, by_hand: bool) -> None:
    """Not where something else spoke against the account; banned again by the next return."""
    one = house.reference(1, SEPTEMBER)
    came(house, debit(one))
    line = came(house, bare(SENT, day=NEXT, reason="AC04") if by_hand else back(one))
    if by_hand:
        match(house, line, (one, 0))
    assert usable(house) == [1, 0]
    unmatch(house, line)
    assert usable(house) == [1, 1]
    assert house.ask("select count(*) from audit_event where action = 'accounts:account:lift'") == 1
    came(house, back(one, key="RT-2"))
    assert (house.state(one), usable(house)) == ("returned", [2, 1])
    unmatch(house, newest(house))
    assert usable(house) == [2, 2]
    nothing_broken(house)


def usable(house: House) -> list[Any]:
    """How often accounts were banned, and how often a ban was lifted."""
    return [house.ask(f"select count(*) from {one}") for one in ("banned_account", "ban_lifting")]


def test_a_return_that_had_come_before_its_debit(house: House) -> None:
    one = house.reference(1, SEPTEMBER)
    line = came(house, back(one))
    came(house, debit(one))
    assert house.state(one) == "returned"
    unmatch(house, line)
    assert (house.state(one), [found[0] for found in waits(house)]) == ("settled", [line])
    proof_holds(house)
    match(house, line, (one, 0))
    assert (house.state(one), waits(house)) == ("returned", [])
    proof_holds(house)


@pytest.mark.parametrize("borne", [True, False])
def test_returns_less_a_charge(house: House, borne: bool) -> None:
    """Those of a file claim their charges under the first of them, which goes last."""
    one, two = house.reference(1, SEPTEMBER), house.reference(2, SEPTEMBER)
    agreed(house, is_borne=borne)
    came(house, debit(one), debit(two))
    before = held(house)
    line = came(house, back(one, SENT - KEPT), back(two, SENT - KEPT))
    if not borne:
        refused_by_claim(house, line - 1)
    for number, left in ((line, KEPT), (line - 1, 0)):
        unmatch(house, number)
        assert held(house).get("fee" if borne else "claim", 0) == left
        nothing_broken(house)
    assert [house.state(one), house.state(two)] == ["settled", "settled"]
    with house.work() as session:
        assert set(kept_in(session, SEPTEMBER).values()) == {0}
    assert [found[:3] for found in waits(house)] == [
        (line - 1, "credit_unknown", SENT - KEPT), (line, "credit_unknown", SENT - KEPT),
    ]  # fmt: skip
    assert held(house) == before | {
        "bank": 2 * (SENT - KEPT), "suspense": 2 * (SENT - KEPT),
    }  # fmt: skip
    proof_holds(house)


def refused_by_claim(house: House, line: int) -> None:
    with house.work() as session:
        draft = unmatch_draft(session, line, "ghép nhầm")
    row = proposed(house, draft)
    with pytest.raises(Refused, match="dòng này sau cùng"):
        confirmed(house, row)
    asked(house, "recon", "reject", row.id, "--reason", "sai thứ tự",
          *acting(house, "finance.one"))  # fmt: skip


def test_a_charge_that_was_paid_back_is_first_taken_back_itself(house: House) -> None:
    one = house.reference(1, SEPTEMBER)
    agreed(house)
    line = came(house, debit(one), back(one, SENT - KEPT))
    refund = came(house, bare(KEPT, "H", NEXT, remittance="HOAN PHI"))
    assert house.verdicts()[-1] == "fee_back"
    with pytest.raises(Refused, match="Bỏ ghép dòng hoàn phí trước"):
        unmatch(house, line)
    asked(house, "recon", "reject", house.ask("select max(id) from line_proposal"), "--reason",
          "sai thứ tự", *acting(house, "finance.one"))  # fmt: skip
    unmatch(house, refund)
    unmatch(house, line)
    assert house.state(one) == "settled"
    proof_holds(house)


@pytest.mark.parametrize("by_rule", [False, True])
def test_a_fee_of_the_month(house: House, by_rule: bool) -> None:
    agreed(house, "month", 8_800, is_borne=True)
    words = "DV SMS BANKING" if by_rule else "PHI DICH VU"
    if by_rule:
        ruled(house, came(house, bare(-8_801, "F0", remittance=words)), "fee", least=8_000)
    line = came(house, bare(-8_800, "F1", remittance=words))
    assert house.verdicts()[-1] == "fee_month"
    before = held(house)
    unmatch(house, line)
    assert waits(house)[-1] == (line, "fee", -8_800, "finance")
    proof_holds(house)
    match(house, line, ("fee:month", 0))
    assert held(house) == before
    unmatch(house, line)
    again = came(house, bare(-8_800, "F2", remittance=words))
    assert house.verdicts()[-1] == "fee_month"  # the contract's fee of the month, once
    unmatch(house, again)
    proof_holds(house)


@pytest.mark.parametrize("by_rule", [False, True])
def test_the_treasurys_money(house: House, by_rule: bool) -> None:
    text = _WORDS["paid"]
    if by_rule:
        ruled(house, came(house, bare(7, "F0", remittance=text)), "treasury", most=10**9)
    asking = october(house)
    words = text if by_rule else asking.reference
    line = came(house, bare(asking.amount, "T1", remittance=words))
    assert house.verdicts()[-1] == "funding"
    before = held(house)
    open_ = f"select count(*) from funding_request where received_on is null and id = {asking.id}"
    unmatch(house, line)
    assert (house.ask(open_), waits(house)[-1][0]) == (1, line)
    proof_holds(house)
    came(house, bare(asking.amount, "T2", remittance=words))
    assert (house.verdicts()[-1], house.ask(open_)) == ("funding", 0)
    proof_holds(house)
    unmatch(house, newest(house))
    match(house, line, (asking.reference, 0))
    assert house.ask(open_) == 0
    assert held(house)["funding"] == before["funding"]
    proof_holds(house)


def october(house: House) -> Any:
    """The withdrawal request of the next month, of which the bank's money has not come."""
    house.register(OCTOBER, row(1), row(2), in_cash(3))
    house.on("2026-10-01")
    house.approve_month(OCTOBER)
    with house.work() as session:
        funding.request(session, OCTOBER, house.later())
        (asking,) = (one for one in funding.waiting(session, OCTOBER) if one.provider == BANK)
    return asking


def test_money_that_was_sent_on_is_not_taken_back(house: House) -> None:
    asking = october(house)
    line = came(house, bare(asking.amount, "T1", remittance=asking.reference))
    mine = f"(select id from contract where account = '{house.account(BANK)}')"
    house.build(OCTOBER)
    number = int(house.ask(f"select max(id) from batch where contract_id = {mine}"))
    house.release([number])
    refused(house, line, "đã giải ngân")
    house.send(number)
    refused(house, line, "đã giải ngân")


def test_what_moved_on_is_undone_first(house: House) -> None:
    one, two = house.reference(1, SEPTEMBER), house.reference(2, SEPTEMBER)
    line = came(house, debit(one), debit(two))
    came(house, back(one))
    refused(house, line - 1, "đã đi tiếp")
    with house.work() as session:
        asked_back = Request(two, "trả nhầm kỳ", still_due=True)
        ask_recall(session, house.keyring, signer(house, "finance.one"), asked_back,
                   house.clock.now())  # fmt: skip
    refused(house, line, "đang được yêu cầu thu hồi")
    house.on(NEXT, "09:00")
    list_again(house.runtime, SEPTEMBER)
    refused(house, newest(house), "danh sách số")


def test_what_no_line_of_its_own_proves_is_not_taken_back(house: House) -> None:
    one = house.reference(1, SEPTEMBER)
    said(house, one, "ACSP")
    status = newest(house)
    waiting = came(house, bare())
    with pytest.raises(Exception, match="Không có dòng"), house.work() as session:
        unmatch_draft(session, status, "ghép nhầm")
    refused(house, waiting, "không phải là dòng đã ghép")


def test_a_closed_day_stays_and_a_closed_month_asks_for_a_correction(house: House) -> None:
    one = house.reference(1, SEPTEMBER)
    line = stated(house, DAY, 1_000_000, debit(one))
    house.on(DAY, "18:30")
    close(house, date(2026, 9, 10))
    posted = house.rows("select * from entry where effective_on <= '2026-09-10'")
    house.on(NEXT, "09:00")
    refused(house, line, "còn mở", corrects=True)
    unmatch(house, line)
    assert house.rows("select * from entry where effective_on <= '2026-09-10'") == posted
    proof_holds(house)


def test_after_the_month_is_closed(house: House) -> None:
    """The month keeps what was paid; the correction is linked, in the open month."""
    one, two = house.reference(1, SEPTEMBER), house.reference(2, SEPTEMBER)
    line = came(house, debit(one), debit(two))
    with house.work() as session:
        draft = unmatch_draft(session, line - 1, "ghép nhầm")
    early = proposed(house, draft)
    with house.work() as session:
        cells = closing.compute(session, SEPTEMBER, paid_in(session, SEPTEMBER), {})
        assert closing.close(session, SEPTEMBER, cells, house.on("2026-09-30", "19:00")) == []
    house.on("2026-10-02")
    with pytest.raises(Refused, match="ansinh recon correct"):
        confirmed(house, early)
    refused(house, line, "đã khóa")
    correct(house, line)
    place = Cell("local", PENSION, "01273", BANK)
    with house.work() as session:
        assert paid_in(session, SEPTEMBER)[place] == (2 * SENT, 0)
        assert paid_in(session, OCTOBER)[place] == (-SENT, 0)
        found = closing.compute(session, OCTOBER, paid_in(session, OCTOBER), {})
    assert {each.difference for each in found.values()} == {0}
    linked = (
        "select count(*) from entry where corrects_id is not null and effective_on >= '2026-10-01'"
    )
    assert house.ask(linked) == 2
    nothing_broken(house)


def test_two_confirm_it_once(house: House) -> None:
    one = house.reference(1, SEPTEMBER)
    line = came(house, debit(one))
    with house.work() as session:
        draft = unmatch_draft(session, line, "ghép nhầm")
    found = proposed(house, draft)
    with pytest.raises(Refused, match="không được tự xác nhận"):
        confirmed(house, found, "finance.one")
    with pytest.raises(Forbidden):
        confirmed(house, found, "auditor")
    assert (confirmed(house, found).is_new, confirmed(house, found).is_new) == (True, False)
    assert house.ask("select count(*) from line_unplacing") == 1
    with pytest.raises(Conflict, match="nay được ghép khác"):
        match_then_confirm(house, line, one)
    proof_holds(house)


def match_then_confirm(house: House, line: int, reference: str) -> None:
    """A proposal to take back what the matcher made is not one to take back what officers did."""
    match(house, line, (reference, 0))
    with house.work() as session:
        stale = unmatch_draft(session, line, "ghép nhầm")
    unmatch_of_matcher = stale.content.replace('"placing"', '"other"')
    assert unmatch_of_matcher != stale.content
    row_ = proposed(house, type(stale)(stale.kind, line, unmatch_of_matcher, stale.amount,
                                       stale.reason, stale.unit, stale.programme))  # fmt: skip
    confirmed(house, row_)


def test_by_commands(house: House) -> None:
    one = house.reference(1, SEPTEMBER)
    line = came(house, debit(one))
    told = asked(house, "recon", "unmatch", line, "--reason", "nhầm", *acting(house, "finance.one"))
    sign = ("recon", "confirm", told["id"], "--digest", told["digest"][:12])
    assert asked(house, *sign, *acting(house, "finance.two"))["is_new"]
    shown = asked(house, "recon", "status", "--day", DAY, "--provider", BANK)
    assert [each["line"] for each in shown["days"][0]["waiting"]] == [line]
    assert house.state(one) == "ready"
