"""Lines that no pass could place, placed by two finance officers and taken back again.

Person 1 and 2 were sent 500.000 đồng each through the bank, person 3 the same in cash.
"""

from __future__ import annotations

from datetime import date

import pytest

from app.disbursement.paid import paid_in, reported_balances
from app.disbursement.workbench.deciding import reject
from app.disbursement.workbench.proposing import match_draft, unmatch_draft
from app.disbursement.workbench.standing import standing
from app.disbursement.workbench.telling import told
from app.errors import Conflict, Forbidden, InputError, NotFound, Refused
from app.statements.cash_lines import Place
from app.statements.cash_proof import compute
from app.statements.reading import of_person, stories
from bank_adapters.contract import ReportKind
from ledger.chart import Cell
from ledger.money import format_vnd
from reconciliation import closing
from tests.app.cli.test_recon_commands import training
from tests.app.disbursement.test_charges import agreed
from tests.app.disbursement.test_closing_days import close, days
from tests.factories import BANK, PENSION, SEPTEMBER, House, booked, report, september_sent
from tests.reconciliation.desk import (
    DAY,
    NEXT,
    SENT,
    bare,
    came,
    confirmed,
    correct,
    match,
    matching,
    newest,
    proposed,
    signer,
    unmatch,
    waits,
)
from tests.support.commands import asked
from tests.support.standing import balances, nothing_broken

pytestmark = pytest.mark.stage(of=september_sent)
PLACE = Place(BANK, PENSION, False)


def proof_holds(house: House) -> None:
    """Every proof, the identity of the month, and the proof of cash, heading by heading."""
    nothing_broken(house)
    with house.work() as session:
        paid = paid_in(session, SEPTEMBER)
        cells = closing.compute(session, SEPTEMBER, paid, reported_balances(session, date.max))
        figures = compute(session, PLACE, SEPTEMBER)
    assert {place: one.difference for place, one in cells.items() if one.difference} == {}
    kinds = (*figures.receipts, *figures.payments)
    assert [one for one in kinds if one.statement != one.books and one.label != "Kho bạc cấp"] == []


def test_a_debit_is_placed_and_taken_back(house: House) -> None:
    """It is settled as the matcher would have done; taken back it is on its way, and held."""
    one, two = house.reference(1, SEPTEMBER), house.reference(2, SEPTEMBER)
    line = came(house, bare())
    before = balances(house)
    assert before["unexplained"] == SENT

    match(house, line, (one, 0))
    assert (house.state(one), house.batch_state(1)) == ("settled", "sent")
    after = balances(house)
    assert (after["unexplained"], after["bank"], after["transit"]) == (0, before["bank"], 2 * SENT)
    assert waits(house) == []
    proof_holds(house)

    unmatch(house, line)
    assert house.state(one) == "ready"
    assert balances(house) == before
    assert waits(house) == [(line, "debit_unknown", -SENT, "finance")]
    held = "select key from hold where scope = 'instruction' and cleared_at is null"
    assert len(house.rows(held)) == 1
    proof_holds(house)

    match(house, line, (two, 0))
    came(house, booked(one, -SENT, NEXT))  # the bank's own word comes at last
    assert (house.state(one), house.batch_state(1)) == ("settled", "done")
    proof_holds(house)
    unmatch(house, line)
    assert (house.state(two), house.batch_state(1)) == ("ready", "answered")
    proof_holds(house)


def test_a_return_is_placed_and_taken_back(house: House) -> None:
    one = house.reference(1, SEPTEMBER)
    came(house, booked(one, -SENT, DAY))
    line = came(house, bare(SENT, day=NEXT))
    before = balances(house)
    match(house, line, (one, 0))
    assert (house.state(one), waits(house)) == ("returned", [])
    assert balances(house)["payable"] == SENT
    proof_holds(house)
    unmatch(house, line)
    assert (house.state(one), balances(house)) == ("settled", before)
    proof_holds(house)
    match(house, line, (one, 0))
    assert house.state(one) == "returned"
    proof_holds(house)


def test_a_return_bans_the_account_and_its_line_is_the_proof(house: House) -> None:
    one = house.reference(1, SEPTEMBER)
    came(house, booked(one, -SENT, DAY))
    line = came(house, bare(SENT, day=NEXT, reason="AC04"))
    match(house, line, (one, 0))
    assert house.ask("select count(*) from banned_account") == 1
    with house.database.view() as session:
        told = stories(session, *of_person(1))
    (attempt,) = (each for story in told for each in story.attempts)
    assert [row.bank_line_id for row in attempt.outcomes] == [line - 1, line]


def test_one_line_is_split(house: House) -> None:
    """Two payments and the month's fee that the contract allows, in one movement."""
    one, two = house.reference(1, SEPTEMBER), house.reference(2, SEPTEMBER)
    agreed(house, "month", 11_000, is_borne=True)
    line = came(house, bare(11_000, "FT-0"), bare(-2 * SENT - 11_000))
    parts = ((one, SENT), (two, SENT), ("fee:month", 11_000))
    for wrong in (parts[:2], (*parts[:2], ("fee:month", 10_999)), ((one, 2 * SENT), parts[2])):
        with pytest.raises(Refused):
            matching(house, line, *wrong)
    with pytest.raises(InputError, match="mỗi đích một lần"):
        matching(house, line, parts[0], parts[0], parts[2])
    match(house, line, *parts)
    assert (house.state(one), house.state(two)) == ("settled", "settled")
    assert balances(house)["fee"] == 11_000
    assert [row[0] for row in waits(house)] == [line - 1]
    proof_holds(house)
    unmatch(house, line)
    assert balances(house)["fee"] == 0
    proof_holds(house)


def test_a_claim_is_paid_back_by_a_bare_credit(house: House) -> None:
    fee = came(house, bare(-5_500, remittance="thu phi quan ly"))
    line = came(house, bare(5_500, "FT-2"))
    match(house, line, (f"claim:{fee}", 0))
    assert waits(house) == []
    proof_holds(house)
    unmatch(house, line)
    assert [row[0] for row in waits(house)] == [fee, line]
    proof_holds(house)


def test_the_treasurys_money_without_its_reference(house: House) -> None:
    request = house.rows(
        "select id, amount, reference from funding_request where contract_id ="
        f" (select id from contract where account = '{house.account(BANK)}')"
    )
    (number, amount, reference), = request  # fmt: skip
    house.tamper(f"update funding_request set received_on = null where id = {number}")
    line = came(house, bare(amount))
    match(house, line, (reference.lower(), 0))
    assert house.ask("select count(*) from funding_request where received_on is null") == 0
    unmatch(house, line)
    assert house.ask("select count(*) from funding_request where received_on is null") == 1
    nothing_broken(house)


def test_what_no_rule_allows_is_not_placed(house: House) -> None:
    one, two = house.reference(1, SEPTEMBER), house.reference(2, SEPTEMBER)
    came(house, booked(one, -SENT, DAY))
    debit, credit = came(house, bare()), came(house, bare(SENT, "FT-2"))
    small = came(house, bare(-SENT + 1, "FT-3"))
    for line, target, why in (
        (debit, one, "đã ghi nợ rồi"),
        (credit, two, "chưa thấy ghi nợ"),
        (small, two, "499.999"),
        (debit, house.reference(3, SEPTEMBER), "tài khoản khác"),
        (debit, f"claim:{small}", "khoản phải đòi"),
        (debit, "X" * 16, "Không có"),
    ):
        with pytest.raises((Refused, NotFound), match=why):
            matching(house, line, (target, 0))
    with pytest.raises(NotFound, match="không chờ"):
        matching(house, 1, (two, 0))
    for word in ("who:1", "fee:", " ", ":1"):
        with pytest.raises(InputError, match="không phải đích"):
            matching(house, debit, (word, 0))
    with pytest.raises(Refused, match="không phải là dòng đã ghép"), house.work() as session:
        unmatch_draft(session, debit, "ghép nhầm")


def test_two_officers_and_what_they_read(house: House) -> None:
    one = house.reference(1, SEPTEMBER)
    line = came(house, bare())
    draft = matching(house, line, (one, 0))
    row = proposed(house, draft)
    assert proposed(house, draft, "finance.two").id == row.id  # the same again changes nothing
    assert house.state(one) == "ready"
    with pytest.raises(Conflict, match=f"đề nghị số {row.id}"):
        proposed(house, matching(house, line, (house.reference(2, SEPTEMBER), 0)))
    with pytest.raises(Refused, match="không được tự xác nhận"):
        confirmed(house, row, "finance.one")
    with pytest.raises(Forbidden):
        confirmed(house, row, "auditor")
    with pytest.raises(Forbidden):
        proposed(house, matching(house, line, (house.reference(2, SEPTEMBER), 0)), "auditor")
    with house.work() as session:
        said = reject(session, house.keyring, signer(house, "finance.two"), row.id, "chưa rõ",
                      house.clock.now())  # fmt: skip
    assert (said.verdict, house.state(one)) == ("rejected", "ready")
    with pytest.raises(Conflict, match="đã bị từ chối"):
        confirmed(house, row)
    row = proposed(house, draft)
    assert (confirmed(house, row).is_new, confirmed(house, row).is_new) == (True, False)
    nothing_broken(house)


def test_what_changed_meanwhile_is_not_confirmed(house: House) -> None:
    one = house.reference(1, SEPTEMBER)
    line = came(house, bare())
    row = proposed(house, matching(house, line, (one, 0)))
    came(house, booked(one, -SENT, DAY))
    with pytest.raises(Refused, match="đã ghi nợ rồi"):
        confirmed(house, row)
    assert house.ask("select count(*) from line_decision") == 0
    nothing_broken(house)


def stated(house: House, day: str, opening: int, *lines: object) -> int:
    """A statement of a day; gives its last line."""
    closing_ = opening + sum(line.amount for line in lines)  # type: ignore[attr-defined]
    told = report(ReportKind.STATEMENT, house.account(BANK), *lines, opening=opening,
                  closing=closing_, to_day=date.fromisoformat(day))  # type: ignore[arg-type]  # fmt: skip
    house.receives(BANK, told)
    return newest(house)


def test_a_closed_day_stays_as_it_was(house: House) -> None:
    """Placed and taken back after its day was closed: all is posted on the first open day."""
    one = house.reference(1, SEPTEMBER)
    line = stated(house, DAY, 1_000_000, bare())
    house.on(DAY, "18:30")
    close(house, date(2026, 9, 10))
    closed = house.rows("select * from bank_day")
    posted = house.rows("select * from entry where effective_on <= '2026-09-10'")
    house.on(NEXT, "09:00")
    with house.work() as session:
        (day,) = standing(session, house.clock.now())  # closed, and a line of it waits
    assert (day.is_closed, day.difference, len(day.waiting)) == (True, 0, 1)
    match(house, line, (one, 0))
    assert house.state(one) == "settled"
    with house.work() as session:
        assert standing(session, house.clock.now()) == []
    proof_holds(house)
    unmatch(house, line)
    match(house, line, (one, 0))
    assert house.rows("select * from bank_day") == closed
    assert house.rows("select * from entry where effective_on <= '2026-09-10'") == posted
    proof_holds(house)
    stated(house, NEXT, SENT, bare(SENT, "FT-2", NEXT))
    (draft,) = days(house, date(2026, 9, 11))
    assert (draft.missing, draft.books) == ((), 2 * SENT)
    assert close(house, date(2026, 9, 11)).closed
    nothing_broken(house)


def test_taken_back_in_the_month_after_the_close(house: House) -> None:
    """The closed month keeps what was paid; the open one has the reversal."""
    one = house.reference(1, SEPTEMBER)
    line = came(house, bare())
    match(house, line, (one, 0))
    with house.work() as session:
        cells = closing.compute(session, SEPTEMBER, paid_in(session, SEPTEMBER), {})
        assert closing.close(session, SEPTEMBER, cells, house.on("2026-09-30", "19:00")) == []
    house.on("2026-10-02")
    with pytest.raises(Refused, match="ansinh recon correct"):
        unmatch(house, line)
    correct(house, line)
    place = Cell("local", PENSION, "01273", BANK)
    with house.work() as session:
        assert paid_in(session, SEPTEMBER)[place] == (SENT, 0)
        assert paid_in(session, "2026-10")[place] == (-SENT, 0)
        october = closing.compute(session, "2026-10", paid_in(session, "2026-10"), {})
    assert {one.difference for one in october.values()} == {0}
    nothing_broken(house)


def test_how_a_day_stands(house: House) -> None:
    one, two = house.reference(1, SEPTEMBER), house.reference(2, SEPTEMBER)
    line = came(house, booked(two, -SENT, DAY), bare(), bare(77, "FT-2"))
    match(house, line - 1, (one, 0))
    house.on("2026-09-14")
    with house.work() as session:
        (day,) = standing(session, house.clock.now())
        named = standing(session, house.clock.now(), day=date(2026, 9, 9))
    assert (day.lines, dict(day.by_pass)) == (3, {"reference-debit": 1, "by-hand": 1})
    assert [(row.line, row.owner, row.age) for row in day.waiting] == [(line, "finance", 4)]
    assert (day.is_closed, day.difference, named) == (False, None, [])
    assert house.account(BANK) not in day.shown


def acting(house: House, name: str) -> tuple[str, ...]:
    """An officer's options; the database has the clock of the test."""
    house.later()
    training(house, f"{house.clock.now():%Y-%m-%d}", f"{house.clock.now():%H:%M}")
    return "--officer", name, "--code", house.code()


def test_by_commands(house: House) -> None:
    one, two = house.reference(1, SEPTEMBER), house.reference(2, SEPTEMBER)
    line = came(house, bare(-2 * SENT))
    told = asked(house, "recon", "split", line, f"{one}=500.000", f"{two}=500.000", "--reason",
                 "gộp hai lệnh", *acting(house, "finance.one"))  # fmt: skip
    assert [row["id"] for row in asked(house, "recon", "proposals")] == [told["id"]]
    sign = ("recon", "confirm", told["id"], "--digest", told["digest"][:12])
    assert asked(house, *sign, *acting(house, "finance.two"))["is_new"]
    shown = asked(house, "recon", "status", "--day", DAY, "--provider", BANK)
    assert shown["days"][0]["by_pass"] == {"by-hand": 1}
    told = asked(house, "recon", "unmatch", line, "--reason", "nhầm", *acting(house, "finance.two"))
    asked(house, "recon", "reject", told["id"], "--reason", "đúng", *acting(house, "finance.one"))
    lone = came(house, bare(SENT, "FT-2"))
    asked(house, "recon", "match", lone, one, "--reason", "thử", *acting(house, "finance.one"))
    nothing_broken(house)


def test_a_line_of_a_draft_is_named_in_full(house: House) -> None:
    line = came(house, bare())
    with pytest.raises(InputError, match="Lý do"), house.work() as session:
        match_draft(session, line, [(house.reference(1, SEPTEMBER), 0)], " ")


def test_a_proposal_is_told_in_words(house: House) -> None:
    """Who confirms reads what is placed, and what is taken back, not keys and numbers of rows."""
    one = house.reference(1, SEPTEMBER)
    line = came(house, bare())
    placed = proposed(house, matching(house, line, (one, 0)))
    amount = format_vnd(500_000)
    says = [f"  {amount}: lệnh chi {one} đã ghi nợ"]
    assert told(placed) == [
        f"Đề nghị {placed.id}: ghép dòng {line}, {amount} (ngân hàng bỏ mất mã)", *says,
    ]  # fmt: skip
    confirmed(house, placed)
    with house.work() as session:
        draft = unmatch_draft(session, line, "ghép nhầm")
    back = proposed(house, draft)
    assert told(back) == [
        f"Đề nghị {back.id}: bỏ ghép dòng {line}, {amount} (ghép nhầm)", *says,
    ]  # fmt: skip
