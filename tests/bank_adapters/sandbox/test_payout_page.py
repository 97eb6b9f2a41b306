"""The page shows the payout bank's books, faults and behaviours in words people know."""

from __future__ import annotations

from bank_adapters.sandbox.payout import BEHAVIOURS, page
from bank_adapters.sandbox.payout.plan import FAULTS
from tests.bank_adapters.sandbox.payout_samples import ask, bank, payment


def test_every_fault_and_every_behaviour_has_its_words() -> None:
    assert set(page.FAULTS) == set(FAULTS)
    assert set(page.BEHAVIOURS) == set(BEHAVIOURS)


def test_the_page_shows_sums_faults_and_behaviours() -> None:
    one = bank(per_mille={"accept_then_timeout": 1_000}, behaviours=["wrong_balance"])
    for number in range(1_200):
        ask(one, payment(number))
    shown = page.render(one)
    assert "1.200 khoản, 600.719.400\u00a0₫" in shown
    assert "Đã nhận nhưng không trả lời" in shown
    assert "Số dư cuối sao kê bị sai" in shown
    assert "chi nhiều nhất 1 lần" in shown
    assert "Chi hai lần" not in shown


def test_the_page_says_loudly_what_must_not_be() -> None:
    twice = bank(dedupe="")
    ask(twice, payment(1))
    ask(twice, payment(1))
    assert "<p class=bad>Sổ khớp, nhưng có mã tham chiếu được chi 2 lần.</p>" in page.render(twice)
    twice.book.sql.execute("UPDATE account SET debits = debits + 1 WHERE number = '111'")
    assert "<p class=bad>Sổ KHÔNG khớp: account 111" in page.render(twice)


def test_names_on_the_page_are_text() -> None:
    one = bank(overdraft=False)
    one.open_account("111", "<script>")
    assert "<script>" not in page.render(one)
