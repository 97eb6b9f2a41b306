"""What waits for an officer after the sign-in: each line counts what stands behind it."""

from __future__ import annotations

import re
from datetime import date

import pytest

from app.events.deaths import enter_death
from app.web.reading.todo import due_of
from tests.app.web.serving import ClientAs, of_house, words
from tests.factories import COMMUNE, SEPTEMBER, House, in_cash, row

MAKER, CHECKER = f"maker.{COMMUNE}", f"checker.{COMMUNE}"


def some_wait(house: House) -> None:
    """Three on September's open list, one of them on cash; a death was reported by the maker."""
    house.register(SEPTEMBER, row(1), row(2), in_cash(3))
    house.list_month(SEPTEMBER)
    with house.work() as session:
        enter_death(session, 1, date(2026, 8, 19), house.officer(MAKER), house.later())


pytestmark = pytest.mark.stage(of=some_wait)


application = of_house


def test_each_line_leads_to_what_it_counts(client_as: ClientAs) -> None:
    maker, checker = client_as(MAKER), client_as(CHECKER)
    text = maker.get("/work").get_data(as_text=True)
    assert "Trình 1 bảng chi trả tháng 09/2026" in text
    assert "hạn 24/08/2026" in text
    assert "Hỏi 1 người vì sao còn nhận tiền mặt" in text
    assert "Không có ai bị trả lại tiền" in text
    addresses = re.findall(r'<li><a href="([^"]+)"', text[text.index('class="tasks"') :])
    pages = [words(maker.get(one.replace("&amp;", "&"))) for one in addresses]
    assert any("Người 1–1 trong 1" in one and "Nông Thị Người 003" in one for one in pages)
    told = words(checker.get("/work"))
    assert "Quyết định 1 đề xuất biến động" in told
    assert "Trình 1 bảng" not in told
    assert "Đề xuất 1–1 trong 1" in words(checker.get("/events"))


def test_who_has_nothing_to_do_is_told_so(client_as: ClientAs) -> None:
    told = words(client_as("admin.one").get("/work"))
    assert "Hiện không có việc nào chờ bạn" in told


def test_a_list_is_due_when_it_is_locked() -> None:
    assert due_of("2026-12") == date(2026, 11, 24)
    assert due_of("2027-01") == date(2026, 12, 24)
