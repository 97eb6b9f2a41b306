"""A commune of 300 people with 12 changes: from the sign-in to a submitted payroll, without a
script, in at most 15 pages; and what stands in a maker's way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.access.passwords import hash_of, set_password
from app.jobs.asked import run_one
from app.payroll.approval_tables import payroll_exclusion
from app.tasks.tables import web_task
from tests.app.web.serving import Browser, of_house, signed_in, visitor, words
from tests.factories import COMMUNE, OTHER_COMMUNE, SEPTEMBER, House, in_cash, row

MAKER = f"maker.{COMMUNE}"
AUGUST = "2026-08"
PEOPLE, PAGES_MAX = 300, 15
PASSWORD = "mật khẩu dài của cán bộ"


def august_submitted(house: House) -> None:
    """August of 300 people is submitted; September's workbook came with 12 changes: four left, four
    are new, four receive elsewhere."""
    people = [row(number) if number % 5 else in_cash(number) for number in range(1, PEOPLE + 1)]
    house.register(AUGUST, *people)
    house.submit(house.list_month(AUGUST))
    gone = {"event": "death", "event_date": date(2026, 8, 3)}
    left = [row(number, **gone) for number in range(1, 5)]
    moved = [in_cash(number) for number in range(6, 10)]
    new = [row(PEOPLE + number, start_period=SEPTEMBER) for number in range(1, 5)]
    house.register(SEPTEMBER, *left, *moved, *people[4:5], *people[9:], *new)


pytestmark = pytest.mark.stage(of=august_submitted)


application = of_house


@dataclass
class Walk:
    """A person with a browser: follows links and presses buttons, and counts the pages."""

    browser: Browser
    pages: int = 0
    text: str = ""

    def to(self, address: str) -> str:
        """Open a page, and those that it leads on to."""
        return self._read(self.browser.get(address))

    def press(self, words_on_it: str, **typed: str) -> str:
        """Fill in the form with this button, and press it."""
        forms = re.findall(r"<form[^>]*method=\"post\".*?</form>", self.text, re.DOTALL)
        (form,) = [one for one in forms if words_on_it in re.sub(r"\s+", " ", one)]
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
        address = re.search(r'action="([^"]*)"', form)
        assert address is not None
        return self._read(self.browser.post(address[1], data={**hidden, **typed}))

    def follow(self, words_of_it: str) -> str:
        """Open the link with these words."""
        found = re.search(rf'<a[^>]*href="([^"]+)"[^>]*>[^<]*{words_of_it}', self.text)
        assert found is not None, words_of_it
        return self.to(found[1].replace("&amp;", "&"))

    def _read(self, answer: TestResponse) -> str:
        self.pages += 1
        while answer.status_code == 303:
            answer, self.pages = self.browser.get(answer.location), self.pages + 1
        assert answer.status_code == 200, words(answer)
        self.text = answer.get_data(as_text=True)
        return words(answer)


def test_from_the_sign_in_to_a_submitted_payroll(house: House, application: Flask) -> None:
    with house.work() as session:
        set_password(session, house.officer(MAKER), hash_of(PASSWORD), house.clock.now())
    walk = Walk(visitor(application))
    walk.to("/sign-in")
    walk.press("Tiếp tục", username=MAKER, password=PASSWORD)
    house.later()
    walk.press("Đăng nhập", code=house.code())
    walk.follow("Lập bảng tháng")
    told = walk.press("Lập bảng tháng 09/2026 từ tháng 08/2026")
    assert "Bạn có thể đóng trang này" in told
    assert run_one(house.runtime)
    walk.follow("Lập bảng tháng")
    told = walk.follow("UBND xã 01273")
    assert "Thêm mới" in told
    told = walk.follow("Trình bảng chi trả")
    assert "Không có lỗi chặn." in told
    house.later()
    told = walk.press("cho 300 người", code=house.code())
    assert "Đã trình bảng chi trả. Danh sách đã khoá." in told
    assert "Người xác nhận tiếp theo: Cán bộ 1 hoặc Cán bộ 9" in told
    assert len(house.payrolls(SEPTEMBER, "submitted")) == 1
    assert walk.pages <= PAGES_MAX


def test_a_month_is_opened_in_its_time_and_once(house: House, application: Flask) -> None:
    maker = signed_in(application, MAKER)
    assert maker.send("/payrolls/open", period=AUGUST).status_code == 409
    answer = maker.send("/payrolls/open", period=SEPTEMBER)
    assert maker.send("/payrolls/open", period=SEPTEMBER).location == answer.location, "asked once"
    assert house.count(web_task) == 1
    assert run_one(house.runtime)
    late = words(maker.get("/payrolls/open"))
    assert "Danh sách kỳ 10/2026 lập từ 07:00 ngày 18/09/2026." in late
    assert "Bảng tháng 09/2026 của đơn vị bạn" in late
    assert maker.send("/payrolls/open", period="2026-10").status_code == 409
    assert house.count(web_task) == 1


def test_lines_are_looked_at_and_taken_off(house: House, application: Flask) -> None:
    (number,) = house.list_month(SEPTEMBER)
    maker = signed_in(application, MAKER)
    address = f"/payrolls/{number}/exclude"
    told = words(maker.get(f"{address}?line=2&line=3&lines=5, 999")).replace("\xa0", " ")
    assert "3 dòng sẽ bị loại, 1.500.000 ₫" in told
    assert "Bảng không có dòng 999." in told
    assert "Số dòng còn lại 297" in told
    house.later()
    without = maker.send(address, lines="2, 3, 5", code=house.code())
    assert (without.status_code, house.count(payroll_exclusion)) == (422, 0)
    answer = maker.send(address, lines="2, 3, 5", reason="chờ xác minh", code=house.code())
    assert "Đã loại 3 dòng. Bảng còn 297 dòng." in maker.told(answer)
    assert "Dòng đã loại khỏi bảng (3)" in words(maker.get(f"/payrolls/{number}"))
    assert words(maker.get(f"/payrolls/{number}?q=nguoi+004&lines=all")).count("Người 004") <= 2


def test_what_blocks_is_told_before_the_code(house: House, application: Flask) -> None:
    house.register(SEPTEMBER, row(401), row(402, bank_bin="970405"), commune=OTHER_COMMUNE)
    number = house.list_month(SEPTEMBER)[1]
    maker = signed_in(application, f"maker.{OTHER_COMMUNE}")
    told = words(maker.get(f"/payrolls/{number}/submit"))
    assert "Chưa trình được: còn 1 lỗi chặn" in told
    people = words(maker.get(f"/payrolls/{number}/flags/no_route"))
    assert "Nông Thị Người 402" in people
    assert "Người lập sửa hồ sơ của những người này" in people
