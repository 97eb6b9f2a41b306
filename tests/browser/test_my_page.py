"""A person's own page and the kiosk, walked on the smallest phone, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.complaints.opening import open_complaint
from app.complaints.states import NOT_RECEIVED
from app.web.site import EXTENSION
from tests.app.web.test_my_page import PAGE_MAX, paid
from tests.browser.budgets import broken
from tests.browser.site import NARROW, Site
from tests.browser.window import Window
from tests.factories import row
from tests.support.messages import HELP, with_plan
from tests.support.own_page import last_code, outcomes
from tests.support.province import COMMUNE

SMALLEST = 320
LETTERS_MIN = 22
CONTRAST_MIN = 7
_CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
_LETTERS = "() => parseFloat(getComputedStyle(document.body).fontSize)"
_WEIGHT = """() => performance.getEntriesByType("resource").concat(
  performance.getEntriesByType("navigation")).reduce((sum, one) => sum + one.decodedBodySize, 0)"""
WORDS = {
    "vi": ("Gửi mã", "Xem tiền", "Tiền đã vào tài khoản ngày 10/09/2026.", "Vì sao", "12 tháng",
           "Hỏi về tiền", "Tiền về chưa?",
           "Báo chưa nhận được tiền", "Gửi: tôi chưa nhận được", "trả lời chậm nhất", "Thoát"),
    "en": ("Send a code", "See my money", "The money reached the account on 10/09/2026.",
           "Why this", "The last 12", "Ask about my money", "Has the money come?",
           "Tell that no money came", "Send: 500,000",
           "answers by", "Leave"),
}  # fmt: skip

pytestmark = pytest.mark.stage(of=paid)


def sends_messages(site: Site, *, kiosk: bool = False) -> None:
    """The served house has a plan for messages, and kiosks."""
    here = site.application.extensions[EXTENSION]
    plan = with_plan(site.house).settings.messages
    settings = replace(here.settings, messages=plan, kiosk=kiosk)
    site.application.extensions[EXTENSION] = replace(here, settings=settings)


def faint(window: Window) -> list[str]:
    """What stands out from its ground by less than 7:1."""
    found: list[str] = window.page.evaluate(_CONTRAST, CONTRAST_MIN)
    return found


def looks(window: Window, language: str) -> None:
    """The page on the screen has no barrier, large and dark letters, and weighs little."""
    assert broken(window, language) == []
    assert faint(window) == []
    assert window.page.evaluate(_LETTERS) >= LETTERS_MIN
    assert window.page.evaluate(_WEIGHT) < PAGE_MAX
    assert not window.page.locator("script").count()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_has_it_come_and_where(site: Site, script: bool, language: str) -> None:
    sends_messages(site)
    ask, see, came, why, months, question, asked, tell, send, until, leave = WORDS[language]
    window = site.visitor(script=script, width=SMALLEST)
    window.open("/my" if language == "vi" else "/my?lang=en")
    looks(window, language)
    window.press(ask, citizen_id=row(1).citizen_id)
    looks(window, language)
    outcomes(with_plan(site.house))
    window.press(see, code=last_code(site.house))
    window.sees("Nông Thị Người 001", came, "•••• 1000", HELP)
    looks(window, language)
    shown = window.path
    for link in (why, months):
        window.follow(link)
        looks(window, language)
        window.open(shown)
    window.follow(question)
    looks(window, language)
    window.press(asked)
    window.sees({"vi": "500.000", "en": "500,000"}[language])
    looks(window, language)
    window.open(shown)
    window.follow(tell)
    looks(window, language)
    window.press(send, words="Ra ngân hàng không thấy")
    window.sees(until)
    looks(window, language)
    window.leads(window.page.get_by_role("button", name=leave))
    window.page.go_back()
    assert "Nông Thị Người" not in window.text("body"), "nobody reads it by going back"
    assert site.house.rows("select ended_by from own_session") == [("left",)]


def test_the_evidence_of_what_a_person_told_fits_an_officers_phone(site: Site) -> None:
    """What was known of the payment has long lines; the steps name the page, and no inner word."""
    paid_by = site.house.ask("select min(id) from instruction")
    with site.house.work() as session:
        now, said = site.house.later(), ("page", 1, "page", NOT_RECEIVED, "Không thấy tiền")
        open_complaint(session, site.house.keyring, *said, paid_by, now)
    window = site.officer(f"checker.{COMMUNE}", width=NARROW)
    window.open("/complaints")
    window.follow("Phản ánh số 1")
    window.sees("(Trang của người dân): Không thấy tiền")
    assert broken(window) == []
    window.follow("Xem chứng cứ lúc nhận phản ánh")
    window.sees("Lần chi 1", "SHA-256")
    assert broken(window) == []


def test_what_is_faint_is_found(site: Site) -> None:
    """The ruler itself: grey on white is, black on white is not."""
    window = site.visitor(width=SMALLEST)
    window.open("/my")
    window.page.evaluate("() => document.querySelector('h1').style.color = 'rgb(118, 118, 118)'")
    assert [one[:3] for one in faint(window)] == ["4.5"]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_kiosk_types_asks_and_wipes(site: Site, language: str) -> None:
    """Keys type without a request; after a minute it asks, and then nothing is left."""
    sends_messages(site, kiosk=True)
    send, see = WORDS[language][:2]
    stay, amount, lang = {"vi": ("Còn, xem tiếp", "500.000", ""),
                          "en": ("Yes, go on", "500,000", "?lang=en")}[language]  # fmt: skip
    window = site.visitor(width=SMALLEST)
    window.open("/my/kiosk")
    window.open(f"/my/kiosk{lang}")
    assert broken(window, language) == []
    assert faint(window) == []
    for key in f"{row(1).citizen_id}7":  # one too many
        window.page.locator(f"button[name=key][value='{key}']").click()
    window.page.locator("button[name=key][value=back]").click()
    for key in row(1).citizen_id[11:]:
        window.page.locator(f"button[name=key][value='{key}']").click()
    assert window.value("citizen_id").startswith(row(1).citizen_id[:11])
    window.press(send, citizen_id=row(1).citizen_id)
    outcomes(with_plan(site.house))
    for key in last_code(site.house):
        window.page.locator(f"button[name=key][value='{key}']").click()
    window.press(see)
    window.sees("Nông Thị Người 001", amount)
    assert broken(window, language) == []
    assert faint(window) == []
    window.page.evaluate("() => Object.assign(document.body.dataset, {idle: '0.2', asks: '9'})")
    window.page.mouse.move(5, 5)
    window.page.mouse.down()
    window.page.mouse.up()
    asked = window.page.get_by_role("alertdialog")
    asked.wait_for()
    assert broken(window, language) == []
    assert faint(window) == []
    window.page.get_by_role("button", name=stay).click()
    asked.wait_for(state="hidden")
    window.page.evaluate("() => Object.assign(document.body.dataset, {idle: '0.1', asks: '0.2'})")
    window.page.mouse.down()
    window.page.mouse.up()
    window.page.wait_for_url(f"**/my/kiosk{lang}")
    assert "Nông Thị Người" not in window.text("body")
    window.page.go_back()
    window.page.wait_for_url(f"**/my/kiosk{lang}")
    assert "Nông Thị Người" not in window.text("body")
    assert site.house.rows("select place, ended_by from own_session") == [("kiosk", "left")]


def test_a_helper_goes_on_while_the_screen_is_touched(site: Site) -> None:
    """Nobody is put out who says that he is there; then the screen is wiped as at a counter."""
    sends_messages(site)
    window = site.officer("helper", width=SMALLEST)
    window.open("/my/beside")
    window.press("Bắt đầu giúp một người")
    window.press("Gửi mã", citizen_id=row(1).citizen_id)
    outcomes(with_plan(site.house))
    window.press("Xem tiền", code=last_code(site.house))
    window.sees("Nông Thị Người 001", "500.000")
    assert "Đang giúp người hưởng xem" in window.text("body")
    assert broken(window) == []
    assert faint(window) == []
    for _ in range(2):
        site.house.clock.advance(timedelta(seconds=80))
        window.page.evaluate("() => Object.assign(document.body.dataset, {tells: '0'})")
        with window.page.expect_response(lambda one: one.request.method == "HEAD"):
            window.page.mouse.move(5, 5)
            window.page.mouse.down()
            window.page.mouse.up()
    window.open("/my/1")
    window.sees("Nông Thị Người 001")
    window.page.evaluate("() => Object.assign(document.body.dataset, {idle: '0.1', asks: '0.2'})")
    window.page.mouse.down()
    window.page.mouse.up()
    window.page.wait_for_url("**/my")
    assert "Nông Thị Người" not in window.text("body")
    assert site.house.rows("select place, ended_by from own_session") == [("helped", "left")]
