"""A call at 320 px in both languages: find, ask, tell, send again, complain, call back."""

from __future__ import annotations

import pytest

from tests.browser.budgets import broken
from tests.browser.site import Site
from tests.browser.test_my_page import SMALLEST, sends_messages
from tests.factories import row
from tests.support.messages import phone
from tests.support.on_the_phone import id_tail, on_the_line, right

pytestmark = pytest.mark.stage(of=on_the_line)
WORDS = {
    "vi": ("Tìm người gọi", "Cần ít nhất 4 số cuối", "Hỏi ba câu về", "Đối chiếu ba câu",
           "chưa vào được tài khoản", "Gửi lại tin ngày", "Đã gửi lại tin đến số có đuôi 002",
           "Hẹn gọi lại số", "Đã hẹn gọi lại", "Mở phiếu phản ánh", "Ghi nhận phản ánh qua",
           "Đã ghi nhận phản ánh số 1", "Lấy số có đuôi", "Ghi kết quả gọi lần 1", "Đã ghi"),
    "en": ("Look up", "At least the last 4 digits", "Ask three questions about", "Compare the",
           "500,000", "Send the notice of", "goes again to the number ending in 002",
           "Promise to call", "It is promised", "Open a complaint", "Open a complaint by",
           "Complaint 1 was opened", "Fetch the number", "Keep the result of attempt 1", "is kept"),
}  # fmt: skip


@pytest.mark.parametrize(("language", "script"), [("vi", False), ("en", True)])
def test_a_call_from_the_first_word_to_the_call_back(
    site: Site, script: bool, language: str
) -> None:
    sends_messages(site)
    (find, few, pick, check, told, again, resent, call, promised, complain, write, written, fetch,
     keep, kept) = WORDS[language]  # fmt: skip
    desk = site.officer("desk", script=script, width=SMALLEST)
    lang = "" if language == "vi" else "?lang=en"

    def looks() -> None:
        assert broken(desk, language) == []

    desk.open("/work")  # from here on the browser has kept the files of all pages
    desk.open(f"/hotline{lang}")
    looks()
    assert desk.press(find, digits="12") == 422
    desk.sees(few)
    looks()
    assert desk.press(find, digits=id_tail(2), name="nong thi", reason="returned") == 200
    assert row(2).name not in desk.text()
    looks()
    assert desk.press(pick) == 200
    looks()
    lookup = int(desk.path.split("/")[2])
    assert desk.press(check, **right(site.house, lookup)) == 200
    desk.sees(row(2).name, told)
    looks()
    assert desk.press(again) == 200
    desk.sees(resent)
    assert desk.press(call, term="soon") == 200
    desk.sees(promised)
    looks()
    desk.follow(complain)
    looks()
    assert desk.press(write, kind="not_received", words="Tôi chưa thấy tiền") == 200
    desk.sees(written)
    desk.open(f"/hotline/calls{lang}")
    looks()
    desk.follow(row(2).name)
    assert phone(2) not in desk.text()
    looks()
    assert desk.press(fetch) == 200
    desk.sees(phone(2))
    looks()
    assert desk.press(keep, result="talked") == 200
    desk.sees(kept)
    looks()
    desk.open(f"/guides/desk{lang}")
    looks()
