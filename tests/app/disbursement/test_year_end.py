"""The end of a budget year: planned, handed back, settled, closed, and still the same later."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from app.access.together import Signer
from app.disbursement.money import purse_of
from app.disbursement.proofs import Evidence, prove_everything
from app.disbursement.year_end.deadlines import deadlines
from app.disbursement.year_end.handing_back import OWE, RECOVERED, Due, accept
from app.disbursement.year_end.obstacles import obstacles
from app.disbursement.year_end.tables import treasury_due, treasury_refund
from app.disbursement.year_end.text import opening_rows, opening_text, plan_text, preview_text
from app.errors import Conflict, Forbidden, InputError, Refused
from app.jobs.month_end import close_month
from bank_adapters.contract import ReportKind
from ledger.balances import cell_balances
from ledger.chart import Cell
from ledger.errors import LedgerError
from ledger.journal import EntryDraft, post
from ledger.years import opening_balances
from reconciliation.tables import year_closing
from reconciliation.years import prove_years, written_down
from tests.app.disbursement import year_end_stage as office
from tests.app.disbursement.year_end_stage import (
    AT_BANK,
    AT_POST,
    TWO,
    all_handed_back,
    autumn_paid,
    year_over,
)
from tests.factories import BANK, House, booked, report


def balances(house: House, cell: Cell, *kinds: str) -> tuple[int, ...]:
    with house.work() as session:
        found = cell_balances(session, kinds, cell)
    return tuple(found[kind] for kind in kinds)


def proofs(house: House) -> dict[str, Any]:
    """What does not hold, by name."""
    with house.work() as session:
        found = prove_everything(session, Evidence(keyring=house.keyring))
    return {one.name: one.figures for one in found if not one.ok}


# ------------------------------------------------------------------ the plan
def test_dates_with_days_off() -> None:
    """31 January 2027 is a Sunday, Tet takes the 10th, and the 15th itself is too late."""
    found = [(one.due.isoformat(), one.done_by.isoformat()) for one in deadlines(2026)]
    assert found == [
        ("2026-12-30", "2026-12-30"),
        ("2026-12-31", "2026-12-31"),
        ("2027-01-27", "2027-01-27"),
        ("2027-01-31", "2027-01-29"),
        ("2027-02-10", "2027-02-03"),
        ("2027-02-15", "2027-02-12"),
    ]


@pytest.mark.stage(of=year_over)
def test_the_plan_tells_every_cell(house: House) -> None:
    office.carry(house, 200_000)
    plan = office.planned(house)
    bank, post_office = plan.cells[AT_BANK], plan.cells[AT_POST]
    assert (bank.bank, bank.advance, bank.funding, bank.spent) == (500_000, 0, 1_000_000, 500_000)
    assert (bank.unspent, bank.carried, bank.to_return) == (500_000, 200_000, 300_000)
    assert (post_office.advance, post_office.spent, post_office.to_return) == (
        500_000, 500_000, 500_000,
    )  # fmt: skip
    assert (bank.unpaid_items, bank.unpaid) == (1, 500_000)
    assert (post_office.unpaid_items, post_office.unpaid) == (1, 500_000)
    assert list(plan.due) == [Due(AT_BANK, OWE, 300_000), Due(AT_POST, OWE, 500_000)]
    text = plan_text(plan)
    assert "Chủ nhật 31/01/2027: hết thời gian chỉnh lý quyết toán; xong chậm nhất" in text
    assert "chưa trả cho người hưởng: 2 khoản, 1.000.000\u00a0₫" in text
    assert f"Mã nội dung: {plan.digest[:16]}" in text
    told = plan.as_json()
    assert told["cells"][0]["to_return"] == 300_000
    assert told["decisions"][0]["number"] == "12/QĐ-UBND"


@pytest.mark.stage(of=year_over)
def test_a_decision_is_put_right_by_another_row(house: House) -> None:
    """The newest row of a number counts; 0 takes it back; once more just so changes nothing."""
    assert office.carry(house, 200_000)
    assert not office.carry(house, 200_000)
    assert office.carry(house, 600_000)
    plan = office.planned(house)
    assert (plan.cells[AT_BANK].carried, plan.cells[AT_BANK].over_carried) == (600_000, 100_000)
    assert "SAI: chuyển nguồn vượt số còn lại 100.000" in plan_text(plan)
    assert office.carry(house, 0)
    assert office.planned(house).cells[AT_BANK].carried == 0
    with pytest.raises(InputError, match="không được âm"):
        office.carry(house, -1)


# ------------------------------------------------------------------ handing back
def test_before_the_years_end_nothing_is_handed_back(house: House) -> None:
    house.on("2026-12-31", "23:50")
    with pytest.raises(Refused, match=r"Năm ngân sách 2026 chưa hết: hôm nay là 31/12/2026"):
        office.hand_back(house, digest="0" * 16)


@pytest.mark.stage(of=year_over)
def test_two_persons_over_the_same_page(house: House) -> None:
    digest = office.planned(house).digest
    for names in (("finance.one",), ("finance.one", "finance.one"), ()):
        with pytest.raises(Refused, match="hai người khác nhau"):
            office.hand_back(house, names, digest)
    with pytest.raises(Forbidden, match="không có quyền"):
        office.hand_back(house, ("finance.one", "auditor"), digest)
    with pytest.raises(InputError, match="ít nhất 12 ký tự"):
        office.hand_back(house, digest=digest[:11])
    with pytest.raises(Conflict, match="không phải của số liệu hiện nay"):
        office.hand_back(house, digest="0" * 64)
    office.carry(house, 200_000)  # what they read is no longer what is there
    with pytest.raises(Conflict, match="không phải của số liệu hiện nay"):
        office.hand_back(house, digest=digest)
    assert house.count(treasury_due) == 0
    assert office.hand_back(house).total == 800_000


@pytest.mark.stage(of=year_over)
def test_a_code_is_used_once_for_the_year_too(house: House) -> None:
    digest, two = office.planned(house).digest, office.signers(house)
    now = house.clock.now()
    wrong = [two[0], Signer(two[1].officer_id, "000000")]
    with pytest.raises(Forbidden, match="Mã xác thực"), house.work() as session:
        accept(session, house.keyring, wrong, digest, 2026, now)
    with house.work() as session:
        accept(session, house.keyring, two, digest, 2026, now)
    paid = office.slip("T1", 1_000, "2027-01-05")
    with pytest.raises(Conflict, match="đã dùng rồi"), house.work() as session:
        office.refunds.refund(session, house.keyring, two, paid, now)


@pytest.mark.stage(of=all_handed_back)
def test_owed_in_january_belongs_to_the_old_year(house: House) -> None:
    """And is no longer there to be sent to people: of 500,000 at the bank 200,000 are."""
    with house.work() as session:
        assert purse_of(session, AT_BANK).free == 200_000
        assert purse_of(session, AT_POST).free == 0
    assert balances(house, AT_BANK, "funding", "treasury", "bank") == (700_000, 300_000, -500_000)
    rows = house.rows("select fiscal_year, reason, source from entry where kind = 'owe_treasury'")
    assert rows == [(2026, "Kinh phí thừa phải nộp trả (năm ngân sách 2026)", "joint-act:1")] * 2
    again = office.hand_back(house, digest="0" * 12)
    assert (again.joint_id, again.total, house.count(treasury_due)) == (None, 0, 2)
    assert proofs(house) == {}


@pytest.mark.stage(of=year_over)
def test_money_that_the_new_year_used_is_not_promised_away(house: House) -> None:
    """January's list asked the Treasury for less, because the old money was there."""
    house.tamper("insert into allotment values (2027, '01273', 'pension', 100000000)")
    house.register("2027-01", office.in_cash(3))
    house.on("2027-01-08")
    house.approve_month("2027-01")
    house.fund("2027-01")
    built = house.build("2027-01")
    house.release(built)
    for one in built:
        house.send(one)
    with pytest.raises(Refused, match=r"phải nộp trả 500\.000\s₫ nhưng hiện chỉ còn 0\s₫"):
        office.hand_back(house)
    assert house.count(treasury_due) == 0


@pytest.mark.stage(of=all_handed_back)
def test_a_slip_moves_the_money(house: House) -> None:
    house.on("2027-01-20")
    first = office.refund(house, office.slip("KB-7", 400_000, "2027-01-19"))
    house.on("2027-02-12")
    office.refund(house, office.slip("KB-9", 100_000, "2027-02-11"))
    assert balances(house, AT_POST, "advance", "treasury") == (0, 0)
    rows = house.rows(
        "select fiscal_year, effective_on, reason, source from entry"
        " where kind = 'refund_advance' order by id"
    )
    assert [(row[0], str(row[1]), row[3]) for row in rows] == [
        (2026, "2027-01-19", "treasury-slip:KB-7"),
        (2027, "2027-02-11", "treasury-slip:KB-9"),
    ]
    assert all("(năm ngân sách 2026)" in row[2] for row in rows)
    again = office.refund(house, office.slip("KB-7", 400_000, "2027-01-19"), ())
    assert (again.entry_id, again.is_new) == (first.entry_id, False)
    with pytest.raises(Conflict, match="Chứng từ KB-7 đã ghi với"):
        office.refund(house, office.slip("KB-7", 300_000, "2027-01-19"))
    assert office.planned(house).refunded == 500_000
    assert proofs(house) == {}


SLIPS: list[tuple[tuple[str, int, str], type[Exception], str]] = [
    (("S", 500_001, "2027-01-05"), Refused, r"vượt mức được phép 500\.000"),
    (("S", 0, "2027-01-05"), InputError, "lớn hơn 0"),
    (("S", -5, "2027-01-05"), InputError, "lớn hơn 0"),
    (("S", 10**15 + 1, "2027-01-05"), InputError, "Số tiền"),
    (("S", 5, "2027-01-07"), InputError, "đến hôm nay"),
    (("S", 5, "2025-12-31"), InputError, "phải từ 01/01/2026"),
    *(
        ((number, 5, "2027-01-05"), InputError, "không dùng được")
        for number in ("", " ", "%", "KB_1", "KB ", "S" * 41, "S\n1")
    ),
]


@pytest.mark.stage(of=all_handed_back)
def test_slips_that_cannot_be(house: House) -> None:
    for slip, error, words in SLIPS:
        with pytest.raises(error, match=words):
            office.refund(house, office.slip(*slip))
    assert house.count(treasury_refund) == 0


@pytest.mark.stage(of=all_handed_back)
def test_the_banks_statement_shows_the_refund_again(house: House) -> None:
    """The debit that names the slip posts nothing; one that does not is parked, as ever."""
    office.refund(house, office.slip("KB-8", 100_000, "2027-01-05", AT_BANK))
    assert balances(house, AT_BANK, "bank", "treasury") == (-400_000, 200_000)
    line = booked("", -100_000, "2027-01-05", bank_reference="FT1", remittance="Nop NSNN KB-8")
    twice = booked("", -100_000, "2027-01-05", bank_reference="FT2", remittance="Nop NSNN KB-8")
    account = house.account(BANK)
    told = report(ReportKind.STATEMENT, account, line, opening=500_000, closing=400_000)
    house.receives(BANK, told)
    assert house.verdicts()[-1] == "noted"
    assert balances(house, AT_BANK, "bank", "unexplained") == (-400_000, 0)
    house.receives(BANK, report(ReportKind.ADVICE, account, twice))
    assert house.verdicts()[-1] == "debit_unknown"


@pytest.mark.stage(of=all_handed_back)
def test_a_debit_that_nobody_explained_comes_first(house: House) -> None:
    """The statement was here before the slip: it may be the same money."""
    line = booked("", -300_000, "2027-01-05", remittance="Nop NSNN")
    account = house.account(BANK)
    told = report(ReportKind.STATEMENT, account, line, opening=500_000, closing=200_000)
    house.receives(BANK, told)
    with pytest.raises(Refused, match="có thể chính là tiền này"):
        office.refund(house, office.slip("KB-8", 300_000, "2027-01-05", AT_BANK))


# ------------------------------------------------------------------ settling and closing
@pytest.mark.stage(of=autumn_paid)
def test_what_is_in_the_way_is_told(house: House) -> None:
    def told() -> str:
        with house.work() as session:
            found = obstacles(session, 2026, house.clock.now())
            return preview_text(2026, office.preview(session, 2026), found)

    assert "Năm ngân sách 2026 chưa hết." in told()
    house.on("2027-01-05")
    assert "4 tháng chưa khoá: 09/2026, 10/2026, 11/2026, 12/2026." in told()
    with pytest.raises(Refused, match="tháng chưa khoá"):
        office.settle(house)
    for period in ("09", "10", "11", "12"):
        close_month(house.runtime, f"2026-{period}")
    assert "500.000\u00a0₫ chưa nộp trả và không có quyết định chuyển nguồn" in told()
    with pytest.raises(Refused, match="chưa nộp trả"):
        office.settle(house)
    assert house.count(year_closing) == 0


@pytest.mark.stage(of=all_handed_back)
def test_money_of_unknown_origin_is_in_the_way(house: House) -> None:
    """A credit of December that the bank tells in January, after December was closed."""
    line = booked("", 70_000, "2026-12-31", remittance="ai do")
    account = house.account(BANK)
    told = report(ReportKind.STATEMENT, account, line, opening=500_000, closing=570_000)
    house.receives(BANK, told)
    with pytest.raises(Refused, match=r"ngày 31/12/2026 lệch 0\s₫, so với sao kê lệch 70\.000"):
        office.settle(house)


@pytest.mark.stage(of=all_handed_back)
def test_the_year_is_settled_and_closed_for_ever(house: House) -> None:
    house.on("2027-01-28")
    preview = office.shown(house)
    for names in (("finance.two", "finance.two"), TWO[:1]):
        with pytest.raises(Refused, match="hai người khác nhau"):
            office.settle(house, names)
    with pytest.raises(Conflict, match="số liệu hiện nay"):
        office.settle(house, digest="f" * 64)
    done = office.settle(house)
    assert (done.cells, done.total, done.is_new) == (2, 1_000_000, True)
    assert balances(house, AT_BANK, "funding", "treasury", "bank") == (200_000, 300_000, -500_000)
    assert balances(house, AT_POST, "funding", "treasury", "advance") == (0, 500_000, -500_000)
    with house.work() as session:
        written, opening = written_down(session, 2026), opening_balances(session, 2027)
    assert written == {one.path: one.balance for one in opening} == preview.leaves
    assert written["expense/local/pension/01273"] == -1_000_000  # owed and not paid: next year's
    assert written["payable/local/pension"] == 1_000_000
    assert office.settle(house, (), "x").is_new is False
    assert proofs(house) == {}
    text = opening_text(2027, opening_rows(opening), True)
    assert "bằng số cuối năm 2026 đã khoá" in text
    assert text.endswith(f"{'2.000.000':>18} {'2.000.000':>18}")


@pytest.mark.stage(of=all_handed_back)
def test_after_january_the_settlement_still_belongs_to_the_year(house: House) -> None:
    """Dated on the last day of adjustment; what is handed back from then on is the new year's."""
    house.on("2027-02-03")
    office.settle(house)
    rows = house.rows("select fiscal_year, effective_on from entry where kind = 'settle_year'")
    assert [(row[0], str(row[1])) for row in rows] == [(2026, "2027-01-31")] * 2
    office.refund(house, office.slip("KB-1", 500_000, "2027-02-03"))
    (year,) = house.rows("select fiscal_year from entry where kind = 'refund_advance'")
    assert year == (2027,)
    with house.work() as session:
        assert prove_years(session).ok


@pytest.mark.stage(of=year_over)
def test_what_is_accepted_after_january_counts_for_the_old_year(house: House) -> None:
    house.on("2027-02-02")
    assert office.hand_back(house).total == 1_000_000
    assert house.rows("select distinct fiscal_year, budget_year from treasury_due") == [
        (2027, 2026)
    ]
    plan = office.planned(house)
    assert (plan.total("to_return"), plan.total("due_later")) == (0, 1_000_000)
    office.settle(house)
    with house.work() as session:
        left = {one.path: one.balance for one in opening_balances(session, 2027)}
    assert left["funding/local/pension/01273/postoffice"] == 500_000
    assert balances(house, AT_POST, "funding", "treasury") == (0, 500_000)


@pytest.mark.stage(of=all_handed_back)
def test_a_closed_year_takes_nothing_more(house: House) -> None:
    office.settle(house)
    with pytest.raises(Refused, match="đã khoá"):
        office.carry(house, 1)
    for day, year in ((date(2026, 3, 1), None), (date(2027, 1, 6), 2026)):
        draft = EntryDraft(f"late:{day}", "fund_bank", AT_BANK, day, house.clock.now(), "test",
                           fiscal_year=year)  # fmt: skip
        with pytest.raises(LedgerError), house.work() as session:
            post(session, draft, 1)
    with house.work() as session:
        assert obstacles(session, 2026, house.clock.now()) == []
        assert "Năm 2026 đã khoá" in str(obstacles(session, 2025, house.clock.now())[0])


@pytest.mark.stage(of=all_handed_back)
def test_a_closed_year_that_changed_is_found(house: House) -> None:
    """An entry of a year before the first, and written balances changed by the owner."""
    office.settle(house)
    draft = EntryDraft("old", "fund_bank", AT_BANK, date(2024, 5, 5), house.clock.now(), "test")
    with house.work() as session:
        post(session, draft, 7)
    wrong = proofs(house)["closed_years"]
    assert wrong["first"] == [
        "2026 bank/local/pension/01273/banka",
        "2026 funding/local/pension/01273/banka",
    ]
    for statement in ("update year_closing set balance = 1", "delete from year_closing"):
        with pytest.raises(DBAPIError):
            house.tamper(statement)


@pytest.mark.stage(of=all_handed_back)
def test_signatures_over_other_figures_are_found(house: House) -> None:
    """The owner drops the rules and raises what was accepted: the acts say otherwise."""
    office.settle(house)
    for table, change in (
        ("treasury_due", "amount = amount + 1"),
        ("carry_over", "amount = amount + 1"),
        ("year_closing", "balance = balance * 2"),
    ):
        assert proofs(house) == {}
        name = f"{table}_no_update" if house.database.is_sqlite else f"{table}_append_only"
        tail = "" if house.database.is_sqlite else f" on {table}"
        back = change.replace("+ 1", "- 1").replace("* 2", "/ 2")
        house.tamper(f"drop trigger {name}{tail}")
        house.tamper(f"update {table} set {change}")
        assert "acts = what officers confirmed" in proofs(house), table
        house.tamper(f"update {table} set {back}")


@pytest.mark.stage(of=all_handed_back)
def test_the_next_year_hands_back_what_a_settled_year_had_spent(house: House) -> None:
    """Person 1's September money comes back in March 2027 and is not paid again that year."""
    office.settle(house)
    house.on("2027-03-03")
    one = house.reference(1, "2026-09")
    line = booked(one, 500_000, "2027-03-02", is_return=True)
    account = house.account(BANK)
    told = report(ReportKind.STATEMENT, account, line, opening=500_000, closing=1_000_000)
    house.receives(BANK, told)
    with house.work() as session:
        cell = office.plan(session, 2027, house.clock.now()).cells[AT_BANK]
    assert (cell.spent, cell.to_return, cell.recovered) == (-500_000, 700_000, 500_000)
    house.on("2028-01-04")
    with house.work() as session:
        digest = office.plan(session, 2027, house.clock.now()).digest
    two = office.signers(house)
    with house.work() as session:
        done = accept(session, house.keyring, two, digest, 2027, house.clock.now())
    assert sorted((one.recipe, one.amount) for one in done.lines) == [
        (RECOVERED, 500_000),
        (OWE, 200_000),
    ]
    assert balances(house, AT_BANK, "funding", "treasury") == (0, 1_000_000)
