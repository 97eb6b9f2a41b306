"""Settlements, days, months and losses on their pages: what is missing is said, two sign."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.disbursement.settling.tables import month_close, provider_loss, provider_settlement
from app.jobs.asked import run_one
from reconciliation.closed_days import bank_day
from tests.app.disbursement.test_closing_days import september_stated
from tests.app.web.serving import Browser, finance_one, of_house, signed_in, text_of
from tests.factories import COMMUNE, PENSION, POST, House

pytestmark = pytest.mark.stage(of=september_stated)
MONTH = "period=2026-09"


application = of_house
one = finance_one


def digest_on(browser: Browser, address: str) -> str:
    found = re.search(r'name="digest" value="([0-9a-f]+)"', browser.get(address).get_data(True))
    assert found is not None
    return found[1]


def both(house: House) -> dict[str, str]:
    """The fields of two officers who sign."""
    house.later()
    return {"code": house.code(), "user_two": "finance.two", "code_two": house.code()}


def day_closed(house: House, browser: Browser, day: str = "11/09/2026") -> str:
    house.later()
    return browser.told(browser.send("/closing-days", day=day, code=house.code()))


def test_a_day_says_what_is_ready_and_one_closes_it(house: House, one: Browser) -> None:
    page = text_of(one, "/closing-days?day=11/09/2026")
    assert "1 tài khoản khóa được, 0 tài khoản chưa khóa được" in page
    assert "Khóa ngày 11/09/2026 cho 1 tài khoản, số dư 500.000 ₫" in page
    assert "Đã khóa ngày 11/09/2026 cho 1 tài khoản" in day_closed(house, one)
    assert house.count(bank_day) == 1
    again = one.send("/closing-days", day="11/09/2026", code=house.code())
    assert again.status_code in (403, 404, 409)
    assert "chưa tới" in text_of(one, "/closing-days?day=11/09/2027")
    wrong = one.send("/closing-days", day="hôm qua", code="123456")
    assert (wrong.status_code, '<a href="#day">' in wrong.get_data(as_text=True)) == (422, True)


def test_two_accept_a_settlement_and_get_its_report(house: House, one: Browser) -> None:
    """The post's figures stand on the page as on its own page; the report is asked for."""
    here = f"/settlements?{MONTH}&provider={POST}"
    page = text_of(one, here)
    assert "Chấp nhận 1 quyết toán, đã trả 500.000 ₫" in page
    own = text_of(one, f"/settlements/{COMMUNE}/{PENSION}/{POST}?{MONTH}")
    assert "Chênh lệch (phải = 0) 0 0" in own
    assert "Danh sách đã giao 2 1.000.000" in own
    digest = digest_on(one, here)
    fields = {"period": "2026-09", "provider": POST, "digest": digest}
    empty = one.send(here, **fields)
    assert (empty.status_code, empty.get_data(as_text=True).count('href="#user_two"')) == (422, 1)
    alone = one.send(here, **fields, **{**both(house), "user_two": "finance.one"})
    assert (alone.status_code, house.count(provider_settlement)) == (409, 0)
    told = one.told(one.send(here, **fields, **both(house)))
    assert "Đã chấp nhận 1 quyết toán" in told
    assert house.count(provider_settlement) == 1
    answer = one.send("/settlements/report", period="2026-09", form="xlsx")
    assert answer.status_code == 303
    assert run_one(house.runtime)
    assert "Tải tệp về" in text_of(one, answer.location)


def test_the_unpaid_are_listed_with_their_sum_and_next_act(one: Browser) -> None:
    page = text_of(one, f"/unpaid?provider={POST}")
    assert "1 khoản còn nợ người hưởng, cộng 500.000 ₫" in page
    assert "đưa vào danh sách tháng sau" in page


def test_a_loss_is_recorded_by_two_and_made_good(house: House, one: Browser) -> None:
    place = {"unit": COMMUNE, "programme": PENSION, "provider": POST}
    paper = {"paper": "BB-01", "on": "18/09/2026", "amount": "100.000"}
    odd = one.send("/losses/new", **place, **{**paper, "amount": "trăm nghìn"}, **both(house))
    assert (odd.status_code, house.count(provider_loss)) == (422, 0)
    told = one.told(one.send("/losses/new", **place, **paper, **both(house)))
    assert "Đã ghi theo chứng từ BB-01" in told
    assert "còn phải bồi hoàn" in text_of(one, "/losses").lower()
    half = {"paper": "GN-1", "on": "18/09/2026", "amount": "40.000"}
    one.send("/losses/1/paid", **half, **both(house))
    assert "100.000 40.000 60.000" in text_of(one, "/losses")


def test_a_month_says_what_is_in_its_way_and_two_close_it(house: House, one: Browser) -> None:
    page = f"/closing-month?{MONTH}"
    before = text_of(one, page)
    assert "tháng chưa hết" in before
    assert "Chưa khóa được" in before
    house.on("2026-09-30", "19:00")
    one = signed_in(one.application, "finance.one")
    day_closed(house, one)
    settled = f"/settlements?{MONTH}"
    fields = {"period": "2026-09", "digest": digest_on(one, settled)}
    assert "Đã chấp nhận 2 quyết toán" in one.told(one.send(settled, **fields, **both(house)))
    ready = text_of(one, page)
    assert "Không còn gì cản" in ready
    assert "Khóa tháng 09/2026 cho 2 ô" in ready
    stale = {"period": "2026-09", "digest": "0" * 64}
    assert one.send(page, **stale, **both(house)).status_code == 409
    done = {"period": "2026-09", "digest": digest_on(one, page)}
    assert "Đã khóa tháng 09/2026: 2 ô" in one.told(one.send(page, **done, **both(house)))
    assert house.count(month_close) == 1
    assert "Đã khóa" in text_of(one, page)


def test_the_year_shows_its_dates_and_obstacles(one: Browser, application: Flask) -> None:
    page = text_of(one, "/year-end?year=2026")
    assert "Năm ngân sách 2026" in page
    assert "Ngày phải nhớ" in page
    assert one.get("/year-end?year=1000").status_code == 404
    assert signed_in(application, f"maker.{COMMUNE}").get("/settlements").status_code == 403
