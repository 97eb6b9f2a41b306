"""A budget year settled and closed: what is in the way, what it leaves, and that it stays so."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.exc import DBAPIError

from app.disbursement.year_end.figures import figures
from app.disbursement.year_end.handing_back import OWE, RECOVERED, accept
from app.disbursement.year_end.obstacles import obstacles
from app.disbursement.year_end.settling import settlements
from app.disbursement.year_end.text import opening_rows, opening_text, preview_text
from app.errors import Conflict, Refused
from app.jobs.month_end import close_month
from bank_adapters.contract import ReportKind
from ledger.errors import LedgerError
from ledger.journal import EntryDraft, post
from ledger.years import opening_balances
from reconciliation.tables import year_closing
from reconciliation.years import prove_years, written_down
from tests.app.disbursement import year_end_office as office
from tests.app.disbursement.year_end_office import (
    AT_BANK,
    AT_POST,
    TWO,
    all_handed_back,
    autumn_paid,
    balances,
    broken,
    year_over,
)
from tests.factories import BANK, START, House, booked, report


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
    assert broken(house) == {}
    text = opening_text(2027, opening_rows(opening), True)
    assert "bằng số cuối năm 2026 đã khoá" in text
    assert text.endswith(f"{'2.000.000':>18} {'2.000.000':>18}")


def test_fees_are_settled_as_fees(house: House) -> None:
    """30 of fees in a unit whose cells spent 20 (bank, its own fee) and 400 (post office)."""
    steps = (
        ("fund_bank", AT_BANK, 1_000),
        ("pay_fee", AT_BANK, 20),
        ("fund_advance", AT_POST, 500),
        ("open_expense", AT_POST, 400),  # stands for what was paid: leaves the opening open
        ("return_charge", AT_POST, 10),
    )
    with house.work() as session:
        for number, (recipe, cell, amount) in enumerate(steps):
            draft = EntryDraft(f"f:{number}", recipe, cell, date(2026, 8, 20), START, "test")
            item = {"credit_item": 1} if recipe == "return_charge" else {}
            post(session, draft, amount, **item)
    with house.work() as session:
        found = figures(session, 2026)
        lines = settlements(session, 2026, found)
    assert (found[AT_BANK].spent, found[AT_POST].spent) == (20, 400)
    assert [(one.cell.provider, one.recipe, one.amount) for one in lines] == [
        ("banka", "settle_year_fee", 20),
        ("postoffice", "settle_year", 390),
        ("postoffice", "settle_year_fee", 10),
    ]


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
    wrong = broken(house)["closed_years"]
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
        assert broken(house) == {}
        name = f"{table}_no_update" if house.database.is_sqlite else f"{table}_append_only"
        tail = "" if house.database.is_sqlite else f" on {table}"
        back = change.replace("+ 1", "- 1").replace("* 2", "/ 2")
        house.tamper(f"drop trigger {name}{tail}")
        house.tamper(f"update {table} set {change}")
        assert "acts = what officers confirmed" in broken(house), table
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
        cell = office.plan(session, 2027, house.clock.now(), figures(session, 2027)).cells[AT_BANK]
    assert (cell.spent, cell.to_return, cell.recovered) == (-500_000, 700_000, 500_000)
    house.on("2028-01-04")
    with house.work() as session:
        digest = office.plan(session, 2027, house.clock.now(), figures(session, 2027)).digest
    two = office.signers(house)
    with house.work() as session:
        done = accept(session, house.keyring, two, digest, 2027, house.clock.now())
    assert sorted((one.recipe, one.amount) for one in done.lines) == [
        (RECOVERED, 500_000),
        (OWE, 200_000),
    ]
    assert balances(house, AT_BANK, "funding", "treasury") == (0, 1_000_000)
