"""The pages of finance in the made-up language hold no word that is not in the catalogue."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.app.disbursement.test_closing_days import september_stated
from tests.app.web.serving import of_house, signed_in
from tests.app.web.test_pseudo_locale import MADE_UP, data_of, left_over, made_up
from tests.factories import COMMUNE, PENSION, POST, House
from tests.reconciliation.desk import bare, came

__all__ = ["made_up"]
pytestmark = pytest.mark.stage(of=september_stated)
PAGES = (
    *("/recon", "/recon/statements", "/recon/rules", "/recon/proposals", "/closing-days"),
    *("/closing-month", "/settlements", "/unpaid", "/losses", "/losses/new", "/year-end"),
    f"/settlements/{COMMUNE}/{PENSION}/{POST}",
)


application = of_house


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_every_page_of_finance_speaks_by_the_catalogue(
    house: House, application: Flask, made_up: None
) -> None:
    line = came(house, bare(-11_000, remittance="PHI DUY TRI"))
    browser = signed_in(application, "finance.one")
    account = house.ask("select contract_id from batch order by id limit 1")
    lines = (f"/recon/lines/{line}", f"/recon/lines/{line}/place", f"/recon/lines/{line}/rule")
    tabs = [f"/recon/{account}?tab={tab}" for tab in ("waiting", "auto", "by_hand", "left_out")]
    wrong = {}
    for page in (*PAGES, *lines, *tabs):
        address = f"{page}{'&' if '?' in page else '?'}lang={MADE_UP}&period=2026-09"
        answer = browser.get(address)
        assert answer.status_code == 200, page
        data = data_of(house.database)
        if found := left_over(answer.get_data(as_text=True), data):
            wrong[page] = sorted(found)
    assert wrong == {}
