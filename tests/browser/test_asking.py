"""An officer asks on a phone, in both languages, with scripts and without: answers, no barrier."""

from __future__ import annotations

import pytest

from tests.app.web.test_matrix import two_communes
from tests.browser.budgets import broken
from tests.browser.site import NARROW, Site

pytestmark = pytest.mark.stage(of=two_communes)
# What is seen, and whether the answer has parts that those before it had not.
ASKED = {
    "vi": {"bao nhieu lo cho duyet chuyen": (("Duyệt chuyển 3 lô", "Chọn các lô, bấm"), True),
           "toi con viec gi": (("Việc của bạn", "Duyệt chuyển 3 lô"), False),
           "khi nao chot danh sach": (("hết ngày 24/09/2026", "Hạn của mỗi tháng"), False),
           "lo la gi": (("Các lệnh chi gửi một nơi chi trả",), True),
           "gia vang bao nhieu": (("Chưa có câu trả lời", "Cán bộ 10"), True)},
    "en": {"How many batches wait for release?": (("Release 3 batches", "Mark the batches"), True),
           "What waits for me?": (("Your work", "Release 3 batches"), False),
           "When is the list locked?": (("end of 24/09/2026", "The days of each month"), False),
           "What is a batch?": (("The instructions that go to one provider",), False),
           "Who won the football?": (("No answer to this", "Cán bộ 10"), True)},
}  # fmt: skip
WORDS = {"vi": ("Hỏi", "Ghi câu hỏi", "Đọc trong bản hướng dẫn"),
         "en": ("Ask", "Type a question", "Read it in the guide")}  # fmt: skip


@pytest.mark.parametrize(("language", "script"), [("vi", False), ("en", True)])
def test_a_question_is_answered(site: Site, script: bool, language: str) -> None:
    ask, empty, source = WORDS[language]
    finance = site.officer("finance.one", script=script, width=NARROW)
    lang = "" if language == "vi" else "?lang=en"
    finance.open("/work")  # from here on the browser has kept the files of all pages
    finance.open(f"/ask{lang}")
    assert broken(finance, language) == []
    assert finance.press(ask, ask="") == 422
    finance.sees(empty)
    assert broken(finance, language) == []
    for question, (told, is_new) in ASKED[language].items():
        assert finance.press(ask, ask=question) == 200
        finance.sees(*told)
        assert not is_new or broken(finance, language) == []
    assert finance.press(ask, ask=next(iter(ASKED[language]))) == 200
    finance.follow(source)
    assert finance.path.startswith("/guides/finance")
    finance.open(f"/guides/words{lang}")
    assert broken(finance, language) == []
