"""The books on pages: every figure is the sum of what it links to, down to single postings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from flask import Flask

from app.web.site import EXTENSION
from ledger import browsing
from ledger.balances import trial_balance
from ledger.browsing import Wanted
from ledger.chain import head, seal_all
from tests.app.web.serving import ClientAs, serve, words
from tests.factories import COMMUNE, House
from tests.support.stages import september_closed

pytestmark = pytest.mark.stage(of=september_closed)
FINANCE = "finance.one"
ALL = 1_000
LINK = re.compile(r'href="(/trial-balance/accounts\?[^"]+)">([\d.]+)<')


@pytest.fixture
def application(house: House) -> Iterator[Flask]:
    """The service of the tiny province, its entries numbered and sealed."""
    with house.work() as session:
        seal_all(session)
    served = serve(house)
    yield served
    served.extensions[EXTENSION].database.close()


def test_a_line_is_its_accounts_and_an_account_its_entries(
    house: House, application: Flask
) -> None:
    with house.database.view() as session:
        position = head(session).position
        lines = trial_balance(session)
        assert len(lines) > 4
        for line in lines:
            wanted = Wanted(kind=line.kind, programme=line.programme, upto=position)
            rows = browsing.accounts(session, wanted)
            assert sum(one.balance for one in rows) == line.credit - line.debit, line
            for one in rows:
                mine = Wanted(account_id=one.account_id, upto=position)
                assert browsing.sums(session, mine)[1:] == (one.debit, one.credit)
                listed = browsing.entries(session, mine, ALL, 0)
                moved = sum(row.total * (row.is_credit - row.is_debit) for row in listed)
                assert (len(listed), moved) == (one.entries, one.balance)


def test_an_entry_is_its_postings_on_both_sides(house: House, application: Flask) -> None:
    with house.database.view() as session:
        listed = browsing.entries(session, Wanted(), ALL, 0)
        total = browsing.sums(session, Wanted())
        assert total.debit == total.credit == sum(row.total for row in listed)
        for row in listed:
            found = browsing.postings_of(session, row.id, ALL, 0)
            sides = (sum(one.debit for one in found), sum(one.credit for one in found))
            assert sides == (row.total, row.total)
            accounts = {one.account_id for one in found if one.debit}
            assert accounts == {row.debited}, "one account on each side"


def test_each_figure_on_the_page_is_that_of_the_page_it_links_to(client_as: ClientAs) -> None:
    browser = client_as(FINANCE)
    text = browser.get("/trial-balance").get_data(as_text=True)
    links = LINK.findall(text)
    assert len(links) >= 2
    assert "Nợ = Có" in text
    for address, figure in links:
        there = words(browser.get(unescape(address)))
        assert f"Số dư {figure} ₫" in there, address


def test_the_journal_is_narrowed_and_leads_to_the_source(client_as: ClientAs) -> None:
    browser = client_as("auditor")
    every = words(browser.get("/journal"))
    narrowed = words(browser.get(f"/journal?kind=bank&unit={COMMUNE}&from=2026-09&to=2026-09"))
    counted = [int(re.search(r"(\d+) bút toán, mới nhất", text)[1]) for text in (every, narrowed)]  # type: ignore[index]
    assert counted[0] > counted[1] > 0
    assert "Không có dòng nào khớp" in words(browser.get("/journal?from=2031-01"))
    assert 'href="/batches/' in browser.get(f"/journal/{_sent(browser)}").get_data(as_text=True)


def _sent(browser: object) -> int:
    """The number of the entry with which a batch was handed over."""
    text = browser.get("/journal?kind=transit").get_data(as_text=True)  # type: ignore[attr-defined]
    rows = text.split("<tr>")
    (row, *_) = [one for one in rows if "Giao lệnh chi" in one]
    return int(re.search(r"/journal/(\d+)", row)[1])  # type: ignore[index]


def test_the_codes_of_nobody_are_no_fault(client_as: ClientAs) -> None:
    browser = client_as(FINANCE)
    for address in ("/journal?account=99999", "/journal/99999"):
        assert browser.get(address).status_code == 404
    for address in ("/journal?from=x&to=13&upto=x&kind=none", "/trial-balance?on=x"):
        assert browser.get(address).status_code == 200
    assert browser.get("/trial-balance/accounts").status_code == 303


@pytest.mark.parametrize("page", ["/payrolls/1", "/batches/1"])
def test_a_total_leads_to_entries_of_the_same_sum(client_as: ClientAs, page: str) -> None:
    told = client_as(FINANCE).get(page).get_data(as_text=True)
    found = re.search(r'href="(/journal\?[^"]+)">[^<]*?([\d.]{7,})', told)
    assert found is not None
    journal = words(client_as(FINANCE).get(unescape(found[1])))
    assert f"Nợ {found[2]}" in journal
    assert f"Có {found[2]}" in journal
    assert "/journal" not in client_as(f"maker.{COMMUNE}").get(page).get_data(as_text=True)
