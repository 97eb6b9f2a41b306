"""A budget year's end on its pages: decision, two who hand back, slip, settling, opening."""

from __future__ import annotations

import re

import pytest

from app.disbursement.year_end.tables import carry_over, treasury_due, treasury_refund
from reconciliation.tables import year_closing
from tests.app.disbursement.year_end_office import AT_POST, balances, year_over
from tests.app.web.serving import Browser, finance_one, of_house, signed_in, text_of
from tests.app.web.test_settling_pages import both, digest_on
from tests.factories import BANK, COMMUNE, PENSION, POST, House

pytestmark = pytest.mark.stage(of=year_over)
application = of_house
one = finance_one
YEAR = "?year=2026"
AT_BANK = {"unit": COMMUNE, "programme": PENSION, "provider": BANK}
DECISION = {**AT_BANK, "paper": "12/QĐ-UBND", "on": "31/12/2026", "amount": "200.000"}


def test_a_year_is_handed_back_and_closed(house: House, one: Browser) -> None:
    plan = text_of(one, f"/year-end{YEAR}")
    assert "Phải nộp trả Kho bạc 1.000.000 ₫" in plan
    assert "500.000 ₫ chưa nộp trả và không có quyết định chuyển nguồn" in plan
    assert "--" not in plan
    stale = digest_on(one, f"/year-end/return{YEAR}")
    carry = f"/year-end/carry{YEAR}"
    odd = one.send(carry, **{**DECISION, "amount": "trăm"}, code=house.code())
    assert (odd.status_code, '<a href="#amount">' in odd.get_data(True)) == (422, True)
    nobody = one.send(carry, **{**DECISION, "unit": "99999"}, code=house.code())
    assert (nobody.status_code, house.count(carry_over)) == (422, 0)
    house.later()
    told = one.told(one.send(carry, **DECISION, code=house.code())).replace("\xa0", " ")
    assert "Đã ghi quyết định 12/QĐ-UBND: 200.000 ₫." in told
    house.later()
    assert "từ trước" in one.told(one.send(carry, **DECISION, code=house.code()))
    # What goes back: by two persons, and only as they read it.
    back = f"/year-end/return{YEAR}"
    assert "Duyệt phải nộp trả 800.000 ₫, 2 dòng" in text_of(one, back)
    assert one.send(back, digest=stale, **both(house)).status_code == 409
    digest = digest_on(one, back)
    alone = one.send(back, digest=digest, **{**both(house), "user_two": "finance.one"})
    assert (alone.status_code, house.count(treasury_due)) == (409, 0)
    told = one.told(one.send(back, digest=digest, **both(house))).replace("\xa0", " ")
    assert "Đã ghi phải nộp trả 800.000 ₫, 2 dòng." in told
    assert "Không còn khoản nào" in text_of(one, back)
    # It went: the form is filled in from the place's line.
    link = re.search(r'href="(/year-end/refund\?[^"]*postoffice[^"]*)"', page(one))
    assert link is not None
    here = link[1].replace("&amp;", "&")
    assert f'value="{POST}" selected' in one.get(here).get_data(True)
    slip = {**AT_BANK, "provider": POST, "paper": "KB-7", "on": "05/01/2027"}
    above = one.send(here, **slip, amount="500.001", **both(house))
    assert (above.status_code, house.count(treasury_refund)) == (409, 0)
    told = one.told(one.send(here, **slip, amount="500.000", **both(house)))
    assert "theo chứng từ KB-7" in told
    assert balances(house, AT_POST, "treasury", "advance") == (0, 0)
    _settled(house, one)


def page(browser: Browser) -> str:
    return browser.get(f"/year-end{YEAR}").get_data(as_text=True)


def _settled(house: House, one: Browser) -> None:
    here = f"/year-end/settle{YEAR}"
    assert "Quyết toán 1.000.000 ₫ và khóa năm 2026 vĩnh viễn" in text_of(one, here)
    assert "Tạm tính: năm 2026 chưa khóa." in text_of(one, "/year-end/opening?year=2027")
    digest = digest_on(one, here)
    assert one.send(here, digest="0" * 64, **both(house)).status_code == 409
    assert house.count(year_closing) == 0
    told = one.told(one.send(here, digest=digest, **both(house))).replace("\xa0", " ")
    assert "Đã quyết toán 1.000.000 ₫ và khóa năm 2026." in told
    assert "Bằng số cuối năm 2026 đã khóa." in told
    sums = re.search(r"Cộng: Nợ ([\d.]+) ₫, Có ([\d.]+) ₫", told)
    assert sums is not None
    assert sums[1] == sums[2] != "0"
    assert "đã khóa từ trước" in text_of(one, here)


def test_what_a_year_refuses(house: House, one: Browser) -> None:
    """Not yet settled while money is left; an auditor reads; no year is none."""
    here = f"/year-end/settle{YEAR}"
    assert "Quyết toán 1.000.000" not in text_of(one, here)
    refused = one.send(here, digest="0" * 64, **both(house))
    assert (refused.status_code, house.count(year_closing)) == (409, 0)
    assert one.get("/year-end/settle?year=1000").status_code == 404
    auditor = signed_in(one.application, "auditor")
    assert "Việc cuối năm" not in text_of(auditor, f"/year-end{YEAR}")
    assert auditor.get(f"/year-end/return{YEAR}").status_code == 403
