"""The worked example: a maker submits and takes back through the pages; what is wrong is said."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.access.factor_tables import code_failure
from app.access.tables import act
from tests.app.web.serving import Browser, ClientAs, of_house, signed_in, words
from tests.factories import COMMUNE, OTHER_COMMUNE, SEPTEMBER, House, september_listed

pytestmark = pytest.mark.stage(of=september_listed)


application = of_house


@pytest.fixture
def maker(application: Flask) -> Browser:
    """The commune's maker."""
    return signed_in(application, f"maker.{COMMUNE}")


def seen_on(browser: Browser, address: str) -> str:
    """The code of the list as the form carries it."""
    found = re.search(r'name="seen" value="([^"]+)"', browser.get(address).get_data(as_text=True))
    assert found is not None
    return found[1]


def test_submitted_and_taken_back(house: House, maker: Browser) -> None:
    number = house.payrolls(SEPTEMBER, "draft")[0]
    page = f"/payrolls/{number}/submit"
    assert "Trình 1.500.000 ₫ cho 3 người" in words(maker.get(page)).replace("\xa0", " ")
    house.later()
    answer = maker.send(page, seen=seen_on(maker, page), code=house.code())
    assert (answer.status_code, answer.location) == (303, f"/payrolls/{number}")
    maker.get("/sessions", headers={"HX-Request": "true"})
    assert "Đã trình bảng chi trả" in maker.told(answer)
    assert "Đã trình bảng chi trả" not in words(maker.get(answer.location)), "told once"
    assert house.payrolls(SEPTEMBER, "submitted") == [number]
    house.later()
    back = maker.send(f"/payrolls/{number}/withdraw", reason="thiếu hai người", code=house.code())
    assert "Đã rút lại" in maker.told(back)
    assert house.payrolls(SEPTEMBER, "draft") == [number]


@pytest.mark.parametrize(
    ("fields", "status", "told"),
    [
        ({}, 422, "Nhập 6 chữ số trong ứng dụng mã xác thực"),
        ({"code": "000000"}, 403, "Mã xác thực không đúng."),
    ],
)
def test_what_is_wrong_stands_at_the_top_and_at_the_field(
    house: House, maker: Browser, fields: dict[str, str], status: int, told: str
) -> None:
    number = house.payrolls(SEPTEMBER, "draft")[0]
    page = f"/payrolls/{number}/submit"
    acts, wrong = house.count(act), house.count(code_failure)
    answer = maker.send(page, seen=seen_on(maker, page), **fields)
    text = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert "<title>Lỗi: Trình bảng chi trả" in text
    assert re.search(rf'<a href="#code">{told}', text)
    assert re.search(rf'id="code-fault".*{told}', text)
    assert house.payrolls(SEPTEMBER, "draft") == [number]
    assert (house.count(act) - acts, house.count(code_failure) - wrong) == (
        0,
        int("code" in fields),
    )


def test_what_was_typed_stays_but_for_the_code(house: House, maker: Browser) -> None:
    number = house.payrolls(SEPTEMBER, "draft")[0]
    house.submit([number])
    answer = maker.send(f"/payrolls/{number}/withdraw", reason="sai tên người", code="123456")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 403
    assert "sai tên người</textarea>" in text
    assert "123456" not in text.replace("ví dụ 123456", "")


def test_another_list_than_was_seen_is_not_submitted(house: House, maker: Browser) -> None:
    number = house.payrolls(SEPTEMBER, "draft")[0]
    house.later()
    answer = maker.send(f"/payrolls/{number}/submit", seen="AAAA-AAAA", code=house.code())
    assert answer.status_code == 409
    assert "không phải mã của danh sách này" in words(answer)
    assert house.payrolls(SEPTEMBER, "draft") == [number]


def test_the_same_act_twice_is_done_once(house: House, maker: Browser) -> None:
    number = house.payrolls(SEPTEMBER, "draft")[0]
    page = f"/payrolls/{number}/submit"
    seen = seen_on(maker, page)
    house.later()
    code = house.code()
    assert maker.send(page, seen=seen, code=code).status_code == 303
    assert maker.send(page, seen=seen, code=code).status_code == 409


def test_another_role_or_commune_finds_no_door(house: House, client_as: ClientAs) -> None:
    number = house.payrolls(SEPTEMBER, "draft")[0]
    page = f"/payrolls/{number}/submit"
    assert client_as(f"checker.{COMMUNE}").get(page).status_code == 403
    assert client_as(f"maker.{OTHER_COMMUNE}").get(page).status_code == 404
