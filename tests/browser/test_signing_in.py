"""Coming in, staying and going: the door, the link of two administrators, sessions that end."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from app.access.links import give_link
from app.access.officers import add_officer
from app.access.passwords import TRAINING_PASSWORD, hash_of, set_password
from tests.browser.site import Site
from tests.browser.window import Window
from tests.factories import COMMUNE, SEPTEMBER, House, september_listed
from tests.support.province import SECRET

MAKER, NEWCOMER, LINK = f"maker.{COMMUNE}", "newcomer", "l" * 43
HASH = hash_of(TRAINING_PASSWORD)
PASSWORD = "con trâu đi trước cái cày"
REASON = "thiếu <hai> người & một dòng"


def at_the_door(house: House) -> None:
    """September is submitted, its maker has a password; a newcomer has none, but a link."""
    september_listed(house)
    with house.work() as session:
        set_password(session, house.officer(MAKER), HASH, house.clock.now())
        add_officer(session, house.keyring, NEWCOMER, "Người mới đến", "001145000999", SECRET)
    house.submit(house.payrolls(SEPTEMBER, "draft"))
    now = house.later()
    with house.work() as session:
        give_link(session, house.keyring, house.officer(NEWCOMER), LINK, house.admins(), now)
    house.later()


pytestmark = pytest.mark.stage(of=at_the_door)


def enters(window: Window, username: str = MAKER, password: str = TRAINING_PASSWORD) -> None:
    """Name and password, then the code."""
    window.press("Tiếp tục", username=username, password=password)
    window.confirm("Đăng nhập")


def test_the_door_opens_to_password_and_code_and_leads_on(site: Site, script: bool) -> None:
    window = site.visitor(script=script)
    window.open("/payrolls?state=submitted")
    assert window.press(username=MAKER, password="một câu sai hoàn toàn") == 403
    window.sees("Có lỗi cần sửa")
    assert window.value("username") == MAKER, "what was typed stays"
    assert window.value("password") == ""
    assert window.page.title().startswith("Lỗi: ")
    if script:
        assert window.page.evaluate("document.activeElement.className") == "faults"
    window.press(username=MAKER, password=TRAINING_PASSWORD)
    assert window.press(code="000000") == 403
    window.follow("Mã xác thực không đúng")
    assert window.page.evaluate("document.activeElement.id") == "code"
    window.confirm()
    assert window.path == "/payrolls?state=submitted"
    window.page.locator("header button").click()
    window.page.wait_for_url("**/sign-in*")
    window.open("/work")
    assert window.path.startswith("/sign-in"), "gone is gone"


def test_a_link_is_used_once(site: Site, script: bool) -> None:
    window = site.visitor(script=script)
    window.open(f"/enrol/{LINK}")
    assert window.page.locator(".square svg").is_visible()
    window.sees(SECRET)
    assert window.confirm(password_new="ngắn", password_again="ngắn") == 422
    window.sees("từ 15 đến 128 ký tự")
    assert window.confirm(password_new=PASSWORD, password_again=PASSWORD) == 200
    assert len(re.findall(r"[0-9A-Z]{4,}-[0-9A-Z-]+", window.text(".codes"))) == 10
    assert window.open(f"/enrol/{LINK}") == 404
    window.open("/sign-in")
    enters(window, NEWCOMER, PASSWORD)
    assert window.path == "/work"


def test_what_was_typed_survives_the_end_of_a_session(site: Site, script: bool) -> None:
    window, house = site.officer(MAKER, script=script), site.house
    window.open("/payrolls/1/withdraw")
    window.fill(reason=REASON)
    house.clock.advance(timedelta(minutes=21))
    assert window.confirm() == 401
    window.sees("Phiên làm việc đã hết")
    enters(window)
    window.sees("Nội dung bạn đã nhập còn nguyên")
    window.press()
    assert window.path == "/payrolls/1/withdraw"
    assert window.value("reason") == REASON
    assert window.value("code") == ""
    assert house.payrolls(SEPTEMBER, "submitted") == [1], "nothing was done"
    window.confirm()
    assert house.payrolls(SEPTEMBER, "draft") == [1]


def test_what_was_typed_survives_a_cut_line(site: Site, script: bool) -> None:
    """With the script the page stays; without, the browser's own page sends again when reloaded."""
    window, house = site.officer(MAKER, script=script), site.house
    window.open("/payrolls/1/withdraw")
    window.fill(reason=REASON, code=window.code())
    line = window.page.context
    line.set_offline(True)
    window.button().click()
    if script:
        window.page.get_by_text("Mất kết nối").wait_for()
        assert window.value("reason") == REASON
        line.set_offline(False)
        window.faults.clear()  # the browser tells of the cut line itself
        window.leads(window.button())
    else:
        window.page.wait_for_url("chrome-error://**")
        line.set_offline(False)
        window.page.reload()
    assert house.payrolls(SEPTEMBER, "draft") == [1]


def test_sessions_are_listed_and_another_one_is_ended(site: Site, script: bool) -> None:
    here, there = (site.officer(MAKER, script=script) for _ in range(2))
    here.open("/sessions")
    rows = here.page.locator("main tbody tr")
    assert rows.count() == 2
    assert there.open("/work") == 200
    here.press()
    assert rows.count() == 1
    there.open("/work")
    assert there.path.startswith("/sign-in")
