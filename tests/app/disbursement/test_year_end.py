"""The end of a budget year: planned, handed back, settled, closed, and still the same later."""

from __future__ import annotations

import pytest

from app.access.together import Signer
from app.disbursement.money import purse_of
from app.disbursement.year_end.deadlines import deadlines
from app.disbursement.year_end.handing_back import OWE, Due, accept
from app.disbursement.year_end.tables import treasury_due, treasury_refund
from app.disbursement.year_end.text import plan_text
from app.errors import Conflict, Forbidden, InputError, Refused
from bank_adapters.contract import ReportKind
from tests.app.disbursement import year_end_office as office
from tests.app.disbursement.year_end_office import (
    AT_BANK,
    AT_POST,
    all_handed_back,
    balances,
    broken,
    year_over,
)
from tests.factories import BANK, House, booked, report


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
    assert rows == [(2026, "Kinh phí thừa phải nộp trả (năm ngân sách 2026)", "joint-act:2")] * 2
    again = office.hand_back(house, digest="0" * 12)
    assert (again.joint_id, again.total, house.count(treasury_due)) == (None, 0, 2)
    assert broken(house) == {}


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
    assert broken(house) == {}


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
