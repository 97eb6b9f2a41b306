"""Every figure of money of a settlement and of a month's identity is the sum of the lines behind.

September with a bit of everything: paid, returned whole and less a charge, returned before it was
debited, taken back by two; money and fees that nobody knows of; cash, a loss, what was made good.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html import unescape

import pytest
from flask import Flask

from app.disbursement.paid import kept_in, paid_in, reported_balances
from app.disbursement.settling import losses
from app.disbursement.settling.losses import Loss, Repayment, Return
from app.web.pages.books import journal
from bank_adapters.contract import LineKind, ReportKind
from reconciliation import closing
from tests.app.disbursement.evidence_office import back, debit
from tests.app.disbursement.test_charges import agreed
from tests.app.disbursement.test_closing_days import ELEVENTH, close
from tests.app.disbursement.test_settling import settle
from tests.app.disbursement.year_end_office import AT_POST, signers
from tests.app.web.serving import Browser, of_house, signed_in
from tests.factories import (
    BANK,
    COMMUNE,
    PENSION,
    POST,
    SEPTEMBER,
    House,
    booked,
    in_cash,
    listed,
    report,
    row,
)
from tests.reconciliation.desk import NEXT, SENT, bare, match, newest, unmatch

KEPT, FEE, STRANGE, LOST, BACK = 3_300, 11_000, 70_000, 300_000, 200_000
MONTH = "period=2026-09"
FIGURE = re.compile(r'<th scope="row"[^>]*>(.*?)</th>(?:<td class="num">[^<]*</td>)??'
                    r'<td class="num">(?:<a href="([^"]+)">)?(-?[\d.]+)')  # fmt: skip
CARD = re.compile(r'<div class="card"><dt>[^<]*</dt><dd>([−-]?[\d.]+)')
LINE = re.compile(r'data-label="Số tiền[^"]*">([−-]?[\d.]+)</td>')
application = of_house


def everything(house: House) -> None:
    """The days of September's statement are over; nothing is closed yet."""
    people = [*map(row, range(1, 7)), *map(in_cash, range(7, 10))]
    house.register(SEPTEMBER, *people)
    house.on("2026-09-10")
    house.paid_out(SEPTEMBER)
    agreed(house, is_borne=True)
    _at_the_bank(house)
    _at_the_post(house)
    house.on("2026-09-30", "19:00")


def _at_the_bank(house: House) -> None:
    one, two, three, four, five, six = (house.reference(n, SEPTEMBER) for n in range(1, 7))
    first = [debit(one), debit(two), debit(three), bare(-SENT, "BY-HAND"),
             booked(five, SENT, "2026-09-10", is_return=True, reason="AC04")]  # fmt: skip
    _stated(house, 6 * SENT, *first)
    by_hand = int(house.ask("select id from bank_line where bank_reference = 'BY-HAND'"))
    match(house, by_hand, (four, 0))
    less = [replace(back(name, SENT - KEPT), charge=KEPT) for name in (two, three)]
    _stated(house, 3 * SENT, booked(five, -SENT, NEXT), booked(six, -SENT, NEXT), *less,
            booked("", -FEE, NEXT, bank_reference="FEE", remittance="PHI DICH VU"),
            bare(STRANGE, "STRANGE", NEXT), bare(SENT, "CAME-BACK", NEXT))  # fmt: skip
    unmatch(house, newest(house) - 3)
    match(house, newest(house), (six, 0))
    unmatch(house, newest(house))


def _stated(house: House, opening: int, *lines: object) -> None:
    closing_at = opening + sum(line.amount for line in lines)  # type: ignore[attr-defined]
    told = report(ReportKind.STATEMENT, house.account(BANK), *lines, opening=opening,  # type: ignore[arg-type]
                  closing=closing_at)  # fmt: skip
    house.receives(BANK, told)


def _at_the_post(house: House) -> None:
    seven, eight, nine = (house.reference(n, SEPTEMBER) for n in (7, 8, 9))
    paid = [
        listed(LineKind.PAID_CASH, one, SENT, "2026-09-12", voucher=one) for one in (seven, eight)
    ]
    unpaid = listed(LineKind.UNPAID, nine, SENT, "2026-09-18")
    house.receives(POST, report(ReportKind.SETTLEMENT, house.account(POST), *paid, unpaid))
    house.on("2026-09-19")
    two, loss = signers(house), Loss(AT_POST, "BB-01", date(2026, 9, 14), LOST)
    with house.work() as session:
        number = losses.lose(session, house.keyring, two, loss, house.clock.now()).number
    two, paper = signers(house), Repayment(number, "NT-1", date(2026, 9, 15), BACK)
    with house.work() as session:
        losses.make_good(session, house.keyring, two, paper, house.clock.now())
    two, slip = signers(house), Return(AT_POST, "KB-1", date(2026, 9, 19), BACK)
    with house.work() as session:
        losses.give_back(session, house.keyring, two, slip, house.clock.now())


def month_closed(house: House) -> None:
    with house.work() as session:
        paid, kept = paid_in(session, SEPTEMBER), kept_in(session, SEPTEMBER)
        reported = reported_balances(session, date(2026, 9, 30))
        cells = closing.compute(session, SEPTEMBER, paid, reported, kept)
        assert closing.close(session, SEPTEMBER, cells, house.clock.now()) == []


def figures(browser: Browser, address: str) -> dict[str, tuple[str, str]]:
    """(link, figure) by the name of each row of a page's identity."""
    page = browser.get(address).get_data(as_text=True)
    table = page[page.rindex('<table class="identity"') :]
    table = table[: table.index("</table>")]
    return {re.sub("<[^>]+>", "", name): (unescape(link), told)
            for name, link, told in FIGURE.findall(table)}  # fmt: skip


def whole(told: str) -> int:
    return int(told.replace(".", "").replace("−", "-"))


def lines_of(browser: Browser, address: str) -> list[int]:
    """The amounts on all pages of an answer; the card says their sum."""
    found: list[int] = []
    for number in range(1, 30):
        page = browser.get(f"{address}&page={number}").get_data(as_text=True)
        here = [whole(one) for one in LINE.findall(page)]
        found += here
        if f"page={number + 1}" not in page:
            break
    card = CARD.search(page)
    assert card is not None
    assert whole(card[1]) == sum(found)
    return found


pytestmark = pytest.mark.stage(of=everything)
PLACES = {name: f"/{COMMUNE}/{PENSION}/{name}" for name in (BANK, POST)}
THE_BANKS_WORD = "Số dư ngân hàng báo"


def drilled(browser: Browser, address: str) -> set[str]:
    """The figures of a page that lead to lines, which add up to them; the others are 0."""
    found = set()
    for name, (link, told) in figures(browser, address).items():
        if link:
            found.add(name)
            assert sum(lines_of(browser, link)) == whole(told) != 0, name
        else:
            assert whole(told) == 0 or name == THE_BANKS_WORD, name
    return found


@pytest.fixture
def finance(application: Flask, monkeypatch: pytest.MonkeyPatch) -> Browser:
    monkeypatch.setattr(journal, "SIZE", 3)  # an answer of several pages
    return signed_in(application, "finance.one")


def test_the_figures_of_a_settlement(house: House, finance: Browser) -> None:
    """As it waits and as it was accepted."""
    close(house, ELEVENTH)
    at_bank = drilled(finance, f"/settlements{PLACES[BANK]}?{MONTH}")
    at_post = drilled(finance, f"/settlements{PLACES[POST]}?{MONTH}")
    both = {"Kho bạc cấp", "Cộng tiền vào", "Cộng tiền ra", "Tiền còn ở nơi chi trả"}
    paid = {"Vào tài khoản người hưởng, trừ phần bị trả lại", "Tiền ra khác"}
    assert at_bank == both | paid | {"Tiền vào khác", "trong đó: chưa rõ nguồn"}
    lost = {"Nơi chi trả bồi hoàn", "Nơi chi trả làm mất"}
    assert at_post == both | lost | {"Trả tiền mặt", "Nộp trả Kho bạc"}
    settle(house)
    assert drilled(finance, f"/settlements{PLACES[POST]}?{MONTH}") == at_post


def test_the_identity_of_a_month(house: House, finance: Browser, application: Flask) -> None:
    """Open, closed, a cell, all cells together, and as the next month's opening."""
    page = finance.get(f"/closing-month?{MONTH}").get_data(as_text=True)
    leads = re.findall(r'<a href="(/journal[^"]+)">([-\d.]+)</a>', page)
    assert len(leads) == 6
    for link, told in leads:
        assert sum(lines_of(finance, unescape(link))) == whole(told), link
    month_closed(house)
    at_post = drilled(finance, f"/closings{PLACES[POST]}?{MONTH}")
    at_bank = drilled(finance, f"/closings{PLACES[BANK]}?{MONTH}")
    assert {"Đã chi tiền mặt", "Nộp trả Kho bạc"} <= at_post
    assert {"Đã chi vào tài khoản", "trong đó: chờ làm rõ"} <= at_bank
    assert drilled(finance, f"/closings?{MONTH}") == at_post | at_bank
    assert drilled(finance, f"/closings?{MONTH}&provider={POST}") == at_post
    house.on("2026-10-31", "19:00")
    finance = signed_in(application, "finance.one")
    page = finance.get("/closing-month?period=2026-10").get_data(as_text=True)
    link, told = re.findall(r'<a href="(/journal[^"]+came[^"]+)">([-\d.]+)</a>', page)[0]
    assert sum(lines_of(finance, unescape(link))) == whole(told)


def test_who_may_not_read_the_journal_is_shown_no_way_there(
    house: House, application: Flask
) -> None:
    month_closed(house)
    for name, is_finance in (
        ("auditor", True),
        ("checker.all", False),
        (f"maker.{COMMUNE}", False),
    ):
        page = signed_in(application, name).get(f"/closings{PLACES[BANK]}?{MONTH}")
        assert ("term=" in page.get_data(as_text=True)) is is_finance, name


def test_a_figure_that_is_none(finance: Browser) -> None:
    days = "since=2026-09-01&until=2026-09-30"
    for asked in (f"month.lost&{days}", "month.opening", f"year.came&{days}"):
        assert finance.get(f"/journal?term={asked}").status_code == 404, asked


def test_before_a_day_is_closed_the_page_says_so(finance: Browser) -> None:
    page = finance.get(f"/settlements{PLACES[BANK]}?{MONTH}").get_data(as_text=True)
    assert "Chưa khóa ngày nào của tài khoản này" in page
    assert "đến –" not in page
