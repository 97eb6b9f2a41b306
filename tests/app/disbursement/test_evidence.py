"""What evidence may do to a payment, and in which order; every pair is in `test_every_pair`.

Person 1 and 2 were sent 500.000 đồng each through the bank, person 3 the same in cash.
"""

from __future__ import annotations

from contextlib import nullcontext
from itertools import permutations

import pytest
from sqlalchemy.exc import DBAPIError

from app.disbursement.cases import close_case
from app.disbursement.evidence import PROMISES, RULES, STATES
from app.disbursement.evidence_tables import provider_promise
from app.disbursement.recall import Request, ask_recall, recall_answered
from app.disbursement.selects import open_again
from app.disbursement.states import INSTRUCTION_MOVES
from app.errors import Conflict, Held, Refused
from bank_adapters.contract import BankLine, LineKind, ReportKind
from reconciliation import intake
from reconciliation.evidence import RANKS
from tests.app.disbursement.evidence_office import (
    AGAIN,
    back,
    debit,
    office_promises,
    said,
    signer,
)
from tests.factories import (
    BANK,
    LIST_BANK,
    OCTOBER,
    POST,
    SEPTEMBER,
    House,
    in_cash,
    report,
    row,
    september_sent,
    status,
)
from tests.support.standing import balances, nothing_broken

pytestmark = pytest.mark.stage(of=september_sent)
SENT = 500_000


def held(house: House) -> list[tuple[str, str]]:
    return house.rows("select scope, key from hold where cleared_at is null order by id")


def test_rules_name_only_legal_moves_and_known_states() -> None:
    moves = {(one.from_state, one.to_state) for one in RULES if one.to_state}
    settled_on_its_word = {("credited", "settled")}
    assert moves - settled_on_its_word <= INSTRUCTION_MOVES
    assert {one.from_state for one in RULES} == set(STATES)
    keys = [(one.source, one.word, one.needs, one.from_state) for one in RULES]
    assert len(keys) == len(set(keys))
    assert {one.source for one in RULES} == set(RANKS)


@pytest.mark.parametrize("order", range(6))
def test_settled_rejected_returned_in_every_order(house: House, order: int) -> None:
    """Whatever order they come in, the bank's money is the same and no đồng is without a place."""
    one = house.reference(1, SEPTEMBER)
    words = list(permutations(("booked_debit", "RJCT", "booked_credit")))[order]
    for word in words:
        said(house, one, word)
    money = balances(house)
    assert money["bank"] == 2 * SENT
    first = min(words, key=lambda word: words.index(word) if word != "booked_credit" else 9)
    if first == "booked_debit":  # the refusal contradicts what is known
        assert (house.state(one), money["payable"]) == ("returned", SENT)
        assert money.get("suspense", 0) == money.get("unexplained", 0) == 0
    else:  # refused first: the money is followed, and people say what it was
        assert (house.state(one), money["payable"]) == ("rejected", SENT)
        assert (money["suspense"], money["unexplained"]) == (SENT, SENT)
    nothing_broken(house)


def test_a_return_that_comes_before_its_debit(house: House) -> None:
    """T11b in two files: it waits in suspense, and is placed when the debit comes."""
    one = house.reference(1, SEPTEMBER)
    said(house, one, "booked_credit")
    assert (house.state(one), balances(house)["suspense"]) == ("ready", SENT)
    said(house, one, "booked_debit")
    assert house.state(one) == "returned"
    money = balances(house)
    assert (money["suspense"], money["payable"], money["bank"]) == (0, SENT, 2 * SENT)
    assert house.rows("select state, source from outcome order by id") == [
        ("settled", "booked_debit"), ("returned", "booked_credit"),
    ]  # fmt: skip
    assert house.ask("select count(*) from suspense_item where resolved_at is null") == 0
    nothing_broken(house)


def test_credited_then_debited(house: House) -> None:
    """ACCC settles on the bank's word and posts nothing; the debit posts, once."""
    one = house.reference(1, SEPTEMBER)
    said(house, one, "ACCC")
    assert (house.state(one), balances(house)["transit"]) == ("settled", 3 * SENT)
    nothing_broken(house)
    said(house, one, "booked_debit")
    said(house, one, "booked_debit", key="FT-SECOND")
    assert balances(house)["transit"] == 2 * SENT
    assert house.verdicts() == ["credited", "settled", "debit_unknown"]
    assert house.rows("select state, entry_id is null from outcome order by id") == [
        ("credited", 1), ("settled", 0),
    ]  # fmt: skip
    nothing_broken(house)


def test_acsc_settles_only_where_two_have_recorded_the_promise(house: House) -> None:
    one, two = (house.reference(number, SEPTEMBER) for number in (1, 2))
    said(house, one, "ACSC")
    office_promises(house, BANK, "acsc_settles")
    said(house, two, "ACSC")
    assert [house.state(one), house.state(two)] == ["accepted", "settled"]
    office_promises(house, BANK, "acsc_settles", is_made=False)
    assert house.count(provider_promise) == 2
    nothing_broken(house)


def test_a_late_debit_holds_the_payment_that_replaces_it(house: House) -> None:
    """SETTLED evidence after REJECTED: money follows the statement, the case names both."""
    one = house.reference(1, SEPTEMBER)
    said(house, one, "RJCT")
    said(house, one, "booked_debit")
    assert house.rows("select kind, state from bank_case") == [("late_settlement", "open")]
    assert held(house) == [("instruction", "1")]
    assert balances(house)["unexplained"] == SENT
    with house.database.view() as session:
        assert list(session.scalars(open_again())) == []
    who = signer(house)
    with house.work() as session:
        close_case(session, house.keyring, who, 1, "đã hỏi ngân hàng", house.clock.now())
    with house.database.view() as session:
        assert len(list(session.scalars(open_again()))) == 1
    nothing_broken(house)


def test_what_is_listed_in_place_of_a_held_payment_is_held(house: House) -> None:
    """October's list takes the refused payment up; then the bank books the first one."""
    one = house.reference(1, SEPTEMBER)
    said(house, one, "RJCT")
    house.register(OCTOBER, row(1), row(2), in_cash(3))
    house.on("2026-10-08")
    house.approve_month(OCTOBER)
    said(house, one, "booked_debit")
    house.fund(OCTOBER)
    batches = house.build(OCTOBER)
    assert house.ask("select max(attempt) from instruction") == 2
    with pytest.raises(Held, match="ghi nợ một lệnh đã khép"):
        house.release(batches)


def test_a_claim_for_a_second_execution_is_paid_by_its_refund(house: House) -> None:
    """T16, all in one file and over three: the payee keeps what he got once."""
    one, two = (house.reference(number, SEPTEMBER) for number in (1, 2))
    lines = (debit(one), debit(one, key="F2"), back(one))
    house.receives(BANK, report(ReportKind.ADVICE, house.account(BANK), *lines))
    assert (house.state(one), house.verdicts()) == (
        "settled", ["settled", "debit_unknown", "fee_back"],
    )  # fmt: skip
    said(house, two, "RJCT")
    assert held(house) == [("provider", BANK)]
    money = balances(house)
    assert (money["claim"], money["payable"], money["bank"]) == (0, SENT, SENT)
    nothing_broken(house)


def test_a_word_about_another_providers_payment_is_not_taken(house: House) -> None:
    """A word and a whole file in another's name: nothing changes, the trail names both."""
    one = house.reference(1, SEPTEMBER)
    house.receives(LIST_BANK, report(ReportKind.STATUS, "", status(one, "ACCC")))
    message = str(house.ask("select message_id from batch where id = 1"))
    whole = report(ReportKind.STATUS, "", message_id=message, group_status="RJCT")
    assert house.receives(LIST_BANK, whole) == {"refused": 1}
    assert (house.state(one), house.batch_state(1), held(house)) == ("ready", "sent", [])
    trail = "select object from audit_event where action = 'bank:word:refuse' order by id"
    assert len(house.rows(trail)) == 2
    nothing_broken(house)


def test_a_status_in_another_amount_is_for_people(house: House) -> None:
    """A word that names our reference and another amount moves nothing."""
    one = house.reference(1, SEPTEMBER)
    for amount in (SENT - 1, SENT + 1):
        line = BankLine(LineKind.STATUS, amount, one, status="ACCC")
        house.receives(BANK, report(ReportKind.STATUS, "", line))
    assert (house.state(one), house.verdicts()) == ("ready", ["conflict", "conflict"])
    nothing_broken(house)


@pytest.mark.parametrize("still_due", [True, False])
def test_a_recall_that_succeeds(house: House, still_due: bool) -> None:
    """Asking moves nothing; the credit line does, by the recipe that the request named."""
    one = house.reference(1, SEPTEMBER)
    said(house, one, "booked_debit")
    ask(house, one, still_due)
    before = balances(house)
    assert (house.state(one), held(house)) == ("settled", [("instruction", "1")])
    with pytest.raises(Conflict):
        ask(house, one, still_due)
    said(house, one, "booked_credit")
    assert (house.state(one), house.verdicts()[-1]) == (
        "recalled", "recalled" if still_due else "recalled_not_due",
    )  # fmt: skip
    money = balances(house)
    assert money["payable"] == before.get("payable", 0) + (SENT if still_due else 0)
    assert money["expense"] == before["expense"] - (0 if still_due else SENT)
    assert house.rows("select state, answer from bank_case") == [("succeeded", "tiền đã về")]
    with house.database.view() as session:
        owed = list(session.scalars(open_again()))
    assert len(owed) == int(still_due)
    nothing_broken(house)


def test_a_recall_that_is_refused(house: House) -> None:
    """The payment stays settled; a credit after that is a return like any other."""
    one = house.reference(1, SEPTEMBER)
    with pytest.raises(Refused):
        ask(house, one, True)
    said(house, one, "booked_debit")
    number = ask(house, one, True)
    with house.work() as session:
        recall_answered(session, house.keyring, signer(house), number, "ngân hàng từ chối",
                        house.clock.now())  # fmt: skip
    assert (house.state(one), house.ask("select state from bank_case")) == ("settled", "refused")
    said(house, one, "booked_credit")
    assert house.state(one) == "returned"
    nothing_broken(house)


def test_no_recall_from_a_provider_that_holds_an_advance(house: House) -> None:
    three = house.reference(3, SEPTEMBER)
    said(house, three, "paid_list", provider=POST)
    with pytest.raises(Refused, match="tạm ứng"):
        ask(house, three, True)


def ask(house: House, reference: str, still_due: bool) -> int:
    one = Request(reference, "trả nhầm kỳ", still_due)
    who = signer(house)
    with house.work() as session:
        return ask_recall(session, house.keyring, who, one, house.clock.now())


# By direct SQL with the owner's rights, each refused by the database and told so.
FORGED = {
    "settled without evidence": (
        "update instruction set state = 'settled' where id = 1", "no evidence allows"),
    "rejected by a word that means had before": (
        "insert into outcome (instruction_id, state, bank_line_id, source, word, evidence, reason,"
        " happened_on, posted_on, recorded_at, entry_id) select 1, 'rejected', id, 'status',"
        " 'RJCT', 'status', '', booked_on, booked_on, (select max(built_at) from batch), 1"
        " from bank_line where id = 2", "not evidence of this"),
    "settled by a refusal": (
        "insert into outcome (instruction_id, state, bank_line_id, source, word, evidence, reason,"
        " happened_on, posted_on, recorded_at, entry_id) select 2, 'settled', id, 'booked_debit',"
        " '*', 'booked', '', booked_on, booked_on, (select max(built_at) from batch), 1"
        " from bank_line where id = 2", "not evidence of this"),
    "evidence of nothing": (
        "insert into outcome (instruction_id, state, source, word, evidence, reason,"
        " happened_on, posted_on, recorded_at, entry_id) select 1, 'settled', 'booked_debit', '*',"
        " 'booked', '', requested_on, requested_on, built_at, 1 from batch where id = 1",
        "ck_outcome_evidence"),
    "accepted without a status": (
        "update instruction set state = 'accepted' where id = 1", "no status says accepted"),
    "cancelled after it was sent": (
        "update instruction set state = 'cancelled' where id = 1", "what was sent"),
    "never came, decided by nobody": (
        "insert into horizon_decision (batch_id, last_day, statement_id, next_statement_id,"
        " enquiry, enquired_on, lines, total, digest, joint_id, recorded_at) select 1,"
        " requested_on, 1, 1 + 1, 'x', requested_on, 2, 1, 'd', 1, built_at from batch"
        " where id = 1", "two statements|foreign key|FOREIGN KEY"),
    "replaces one that was paid": (
        "insert into instruction (obligation_id, attempt, reference, batch_id, payroll_line_id,"
        " destination_id, method, amount, replaces_id, state) select obligation_id, 2, 'X',"
        " batch_id, payroll_line_id, destination_id, method, amount, id, 'ready' from instruction"
        " where id = 1", "replaces the failed|uq_instruction_live|UNIQUE"),
    "replaces another person's": (
        "insert into instruction (obligation_id, attempt, reference, batch_id, payroll_line_id,"
        " destination_id, method, amount, replaces_id, state) select obligation_id, 3, 'X',"
        " batch_id, payroll_line_id, destination_id, method, amount, 2, 'ready' from instruction"
        " where id = 2", "replaces the failed"),
    "a promise by nobody": (
        "insert into provider_promise (provider, promise, is_made, days, source, joint_id,"
        " recorded_at) select provider, 'acsc_settles', 1, 0, 'x', 1, built_at from batch,"
        " contract where batch.id = 1 and contract.id = contract_id", "two officers"),
    "settled without evidence, all at once": (
        "update instruction set state = 'settled' where state = 'ready'", "no evidence allows"),
    "settled after it was refused": (
        "update instruction set state = 'settled' where id = 2", "two officers place"),
    "settled under another number": (
        "update instruction set id = 999, state = 'settled' where id = 3", "cannot change"),
    "a move that is none": (
        "update instruction set state = 'ready' where id = 2", "no such move|no evidence"),
    "a verdict about no line": (
        "insert into line_match values (999, 'noted', 'rest', null, 'x', 0)",
        "there is no such line|FOREIGN KEY"),
    "ended by no line": (
        "insert into outcome (instruction_id, state, bank_line_id, source, word, evidence, reason,"
        " happened_on, posted_on, recorded_at, entry_id) select 1, 'settled', 999, 'booked_debit',"
        " '*', 'booked', '', requested_on, requested_on, built_at, 1 from batch where id = 1",
        "not evidence of this"),
    "ended by no report": (
        "insert into outcome (instruction_id, state, report_id, source, word, evidence, reason,"
        " happened_on, posted_on, recorded_at, entry_id) select 1, 'rejected', 999, 'file_status',"
        " 'RJCT', 'x', '', requested_on, requested_on, built_at, 1 from batch where id = 1",
        "does not refuse this file"),
    "ended by no decision": (
        "insert into outcome (instruction_id, state, decision_id, source, word, evidence, reason,"
        " happened_on, posted_on, recorded_at, entry_id) select 1, 'not_received', 999, 'horizon',"
        " 'absent', 'x', '', requested_on, requested_on, built_at, 1 from batch where id = 1",
        "nobody decided"),
    "a case that ends by itself": (
        "update bank_case set state = 'closed', ended_at = opened_at", "an officer or the money"),
}  # fmt: skip


def test_the_database_asks_for_evidence(house: House) -> None:
    """Person 2 was refused, and refused once more as a duplicate: a line, a case, an outcome."""
    said(house, house.reference(2, SEPTEMBER), "RJCT")
    said(house, house.reference(1, SEPTEMBER), AGAIN)
    for statement, why in FORGED.values():
        with pytest.raises(DBAPIError, match=why):
            house.tamper(statement)


FORGED_LINE = (
    "insert into bank_line (id, file_id, provider, account, entry_key, kind, amount, reference,"
    " booked_on, value_on, bank_reference, status, reason, is_return, voucher, counterparty,"
    " remittance) select 90, 2, provider, account, 'K', kind, {}, reference, booked_on,"
    " value_on, bank_reference, status, reason, is_return, voucher, counterparty, remittance"
    " from bank_line where id = 1"
)
FORGED_MATCH = "insert into line_match values (90, '{}', 'reference-refused', 1, 'x', 0)"
REFUSED = (
    "insert into outcome (instruction_id, state, bank_line_id, source, word, evidence, reason,"
    " happened_on, posted_on, recorded_at, entry_id) select 1, 'rejected', id, 'status', 'RJCT',"
    " 'status', '', booked_on, booked_on, (select max(built_at) from batch), 1"
    " from bank_line where id = {}"
)


@pytest.mark.parametrize(("amount", "verdict", "holds"), [
    (SENT, "rejected", True), (0, "rejected", True), (SENT - 1, "rejected", False),
    (SENT, "conflict", False), (SENT, "noted", False), (SENT, "settled", False),
])  # fmt: skip
def test_a_line_ends_a_payment_in_its_amount_by_its_verdict(
    house: House, amount: int, verdict: str, holds: bool
) -> None:
    """A refusal in another amount is a contradiction, and no direct SQL makes it evidence; the
    line is a copy of it that somebody judges himself."""
    word = BankLine(LineKind.STATUS, SENT - 1, house.reference(1, SEPTEMBER), status="RJCT")
    house.receives(BANK, report(ReportKind.STATUS, "", word))
    assert house.verdicts() == ["conflict"]
    with pytest.raises(DBAPIError, match="not evidence of this"):
        house.tamper(REFUSED.format(1))
    with house.work() as session:
        intake.receive(session, BANK, "forged", "9" * 64, 1, house.later())
    house.tamper(FORGED_LINE.format(amount))
    house.tamper(FORGED_MATCH.format(verdict))
    with nullcontext() if holds else pytest.raises(DBAPIError, match="not evidence of this"):
        house.tamper(REFUSED.format(90))


def test_promises_are_known() -> None:
    assert set(PROMISES) == {"acsc_settles", "all_or_nothing", "expires"}
