"""The officers' assistant: understood or handed on, linked only where one may go, nothing kept."""

from __future__ import annotations

import base64
import csv
import logging
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.access.lending import LONGEST
from app.access.role_tables import ROLES
from app.schedule.locking import LOCK_DAY, LOCK_TIME, OPEN_DAY
from app.tasks.asking import ask
from app.text import fold
from app.web.assistant.subjects import CHORE, PART, WORD, subjects
from app.web.assistant.terms import known, words_of
from app.web.assistant.typed import LENGTH_MAX, shown
from app.web.assistant.understanding import understood
from app.web.guides import guide
from app.web.guides.glossary import glossary
from ledger.schema import metadata
from tests.app.web.serving import Browser, of_house, signed_in, visitor, words
from tests.app.web.test_matrix import OFFICERS, two_communes
from tests.factories import COMMUNE, House
from tests.support.source import ROOT

pytestmark = pytest.mark.stage(of=two_communes)
application = of_house
HERE = Path(__file__).parent
MAKER = f"maker.{COMMUNE}"
HOSTILE = (
    "<script>alert(1)</script>", "\u202e\u200b{{7*7}}{% raw %}\x07\x1b[31m",
    "%s {0} ' OR 1=1 --", "=HYPERLINK('x')", "Ắ" * LENGTH_MAX,
)  # fmt: skip
CANARIES = (
    "079203001234", "0912 345 678", "0912/345/678", "19034567890123", "123 456", "123456",
    "٠٧٩٢٠٣٠٠١٢٣٤", "0.7.9.2.0.3.0.0.1.2.3.4", "079\u200b203\u200b001234",
)  # fmt: skip


def questions() -> list[dict[str, str]]:
    """What officers ask, and what is understood: the best part of a guide, kind of chore, word."""
    with (HERE / "officer_questions.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def understanding_of(role: str, question: str) -> dict[str, str]:
    """What a question comes to, as the table writes it: of a meaning only the word."""
    read = understood(question, [role])
    parts = [f"{one.name} {one.number + 1}" for one in read.of(PART)]
    chores, terms = map(read.of, (CHORE, WORD))
    is_meaning = "=meaning" in read.wishes
    best = {"part": "" if is_meaning else "".join(parts[:1]),
            "chore": "" if is_meaning else "".join(one.name for one in chores[:1]),
            "word": "".join(one.named[0] for one in terms[:1]) if is_meaning else ""}  # fmt: skip
    wishes = " ".join(sorted(one.removeprefix("=") for one in read.wishes))
    return {"role": role, "question": question, "wishes": wishes, **best}


def test_what_officers_ask() -> None:
    asked = questions()
    assert len(asked) >= 40
    assert {one["role"] for one in asked} == set(ROLES)
    found = [understanding_of(one["role"], one["question"]) for one in asked]
    assert [(one, two) for one, two in zip(asked, found, strict=True) if one != two] == []


WRONG: dict[str, Callable[[str], str]] = {
    "gone": lambda one: one[:2] + one[3:],
    "twice": lambda one: one[:3] + one[2:],
    "another": lambda one: one[:2] + "z" + one[3:],
    "changed places": lambda one: one[:2] + one[3] + one[2] + one[4:],
}


@pytest.mark.parametrize("how", WRONG)
def test_a_letter_that_is_wrong_is_seen_through(how: str) -> None:
    """In the longest word of every question that has a long one; four of five at least."""
    told = []
    for row in questions():
        words_asked = words_of(row["question"])
        longest = max(words_asked, key=len, default="")
        if len(longest) >= 5 and row["part"]:
            wrong = [WRONG[how](one) if one == longest else one for one in words_asked]
            told.append(understanding_of(row["role"], " ".join(wrong))["part"] == row["part"])
    assert len(told) >= 25
    assert sum(told) >= 0.8 * len(told)


@settings(max_examples=50)
@given(st.text(max_size=300))
def test_anything_may_be_asked(question: str) -> None:
    read = understood(question, ["maker"])
    assert read == understood(question, ["maker"])
    assert {*read.of(PART), *read.of(CHORE), *read.of(WORD)} <= set(subjects())


@given(st.lists(st.sampled_from("0123456789"), min_size=7, max_size=20),
       st.sampled_from(("", " ", ".", "-", "/", "_", " / ", "\u200b", "\u00a0")),
       st.text(max_size=40))  # fmt: skip
def test_no_number_of_anybody_is_shown_again(digits: list[str], apart: str, before: str) -> None:
    told = shown(f"{before}{apart.join(digits)}")
    assert not re.search(r"\d{5}|(\d[\W_]*){7}", told)
    assert len(told) <= LENGTH_MAX
    assert told == "" or told.isprintable()


def test_a_month_may_be_shown_again() -> None:
    assert shown("bảng tháng 10/2026, hạn 24/9") == "bảng tháng 10/2026, hạn 24/9"


# ---------------------------------------------------------------- what is known
def test_what_is_known_is_written_as_it_is_looked_for() -> None:
    """Without accents, in small letters; each part of a guide and kind of chore says how people ask
    for it, and what it says finds it."""
    phrases = [" ".join(one) for one in known().same]
    assert [one for one in (*phrases, *known().quiet, *known().other) if fold(one) != one] == []
    for one in subjects():
        if one.kind == WORD:
            continue
        asks = one.named[2:]
        assert asks, (one.name, one.number)
        assert [text for text in asks if " ".join(words_of(text)) != text] == []
        mine = [text for text in asks if one in understood(text, one.roles).of(one.kind)]
        assert len(mine) >= len(asks) / 2, (one.name, one.number, set(asks) - set(mine))


def test_words_of_the_glossary_are_those_of_the_house() -> None:
    house = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    for one, other in zip(glossary("vi"), glossary("en"), strict=True):
        assert f"| {other.term} | {one.term} |" in house
        assert one.means != other.means


def test_the_days_of_the_guide_are_those_of_the_schedule() -> None:
    days = guide("everyone", "vi").parts[2]
    assert f"Ngày {OPEN_DAY} của tháng trước" in days.steps[0]
    assert f"trước {LOCK_TIME.hour} giờ ngày {LOCK_DAY}" in days.steps[1]
    assert guide("everyone", "vi").parts[3].steps[0].endswith(f"nhiều nhất {LONGEST.days} ngày.")


# ---------------------------------------------------------------- the page
def asked(browser: Browser, question: str, language: str = "") -> TestResponse:
    """The page that answers."""
    return browser.send(f"/ask{language and f'?lang={language}'}", ask=question)


def main_of(answer: TestResponse) -> str:
    """What stands between menu and foot, with its tags."""
    text = answer.get_data(as_text=True)
    return text[text.index("<main") : text.index("</main>")]


def test_work_and_guides_are_told_with_their_pages(application: Flask) -> None:
    finance = signed_in(application, "finance.one")
    told = asked(finance, "bao nhieu lo cho duyet chuyen")
    assert "Duyệt chuyển 3 lô" in words(told)
    assert "Chọn các lô, bấm" in words(told)
    assert 'href="/batches/release"' in main_of(told)
    assert 'href="/guides/finance#part-2"' in main_of(told)
    assert 'id="part-2"' in finance.get("/guides/finance").get_data(as_text=True)
    english = asked(finance, "How many batches wait for release?", "en")
    assert "Release 3 batches" in words(english)
    assert "Mark the batches and press" in words(english)
    assert 'href="/guides/finance?lang=en#part-2"' in main_of(english)
    every = words(asked(finance, "tôi còn việc gì"))
    assert "Duyệt chuyển 3 lô" in every
    assert "Không có dòng ngân hàng" not in every
    assert "Không có dòng ngân hàng nào chờ ghép" in words(asked(finance, "dong nao chua ghep"))


def test_long_work_that_runs_is_told(house: House, application: Flask) -> None:
    with house.work() as session:
        ask(session, "payroll_list", {"payroll_id": 1}, house.officer("auditor"), house.later())
    auditor = signed_in(application, "auditor")
    told = asked(auditor, "toi con viec gi")
    assert "Việc đang chạy" in words(told)
    assert 'href="/tasks/1"' in main_of(told)
    assert "Hiện không có việc nào chờ bạn" not in words(told)
    assert "Việc đang chạy" not in words(asked(auditor, "nhat ky o dau"))


def test_days_words_and_people_are_told(application: Flask) -> None:
    maker = signed_in(application, MAKER)
    days = words(asked(maker, "khi nao phai nop"))
    assert "Bảng chi tháng 10/2026: trình, kiểm tra và duyệt hết ngày 24/09/2026" in days
    meaning = asked(maker, "lô là gì")
    assert "Các lệnh chi gửi một nơi chi trả trong một tệp" in words(meaning)
    number = re.search(r"/guides/words#(word-\d+)", main_of(meaning))
    assert number
    assert f'id="{number[1]}"' in maker.get("/guides/words").get_data(as_text=True)
    assert "The instructions that go to one provider" in words(
        asked(maker, "what is a batch", "en")
    )
    assert "quản trị viên Cán bộ 10, Cán bộ 11" in words(asked(maker, "hỏi ai bây giờ"))
    admin = signed_in(application, "admin.one")
    assert "Hiện không có việc nào chờ bạn" in words(asked(admin, "tôi còn việc gì"))
    assert "Không có việc nào như thế chờ bạn" in words(asked(admin, "bang nao phai trinh"))


def test_what_is_not_known_is_said_and_who_can_be_asked(application: Flask) -> None:
    maker = signed_in(application, MAKER)
    told = asked(maker, "giá vàng bao nhiêu")
    assert "Chưa có câu trả lời" in words(told)
    assert "quản trị viên Cán bộ 10, Cán bộ 11" in words(told)
    assert "/guides/maker" not in main_of(told)
    others = words(asked(maker, "lam sao tra lai bang chi"))
    assert "Việc này của vai trò khác: Người kiểm tra, Người duyệt." in others
    assert "Việc này của vai trò khác" not in words(asked(maker, "lam sao trinh bang"))
    assert "No answer to this" in words(asked(maker, "who won the football", "en"))


def test_what_is_no_question_is_told_plainly(application: Flask) -> None:
    maker = signed_in(application, MAKER)
    for question in ("", "   ", "\0", "x" * 10_000, "?" * (LENGTH_MAX + 1)):
        told = asked(maker, question)
        assert told.status_code == 422
        assert "Lỗi:" in words(told)
        assert len(told.get_data()) < 20_000


def test_hostile_signs_stay_signs(application: Flask) -> None:
    maker = signed_in(application, MAKER)
    for question in HOSTILE:
        told = asked(maker, question)
        html = told.get_data(as_text=True)
        assert told.status_code == 200
        assert "Chưa có câu trả lời" in words(told)
        assert "<script>alert" not in html
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u200b\u202e]", html)
        assert ("7*7" in question) == ("{{7*7}}" in html)


@pytest.mark.long_on_postgresql
@pytest.mark.parametrize("role", OFFICERS)
def test_no_answer_links_to_what_is_closed(application: Flask, role: str) -> None:
    """Questions of every role, asked by one: each page that an answer leads to opens for him. Every
    question is asked by two roles or three."""
    browser, followed = signed_in(application, OFFICERS[role]), set()
    urls, wrong = application.url_map.bind("localhost"), []
    for row in questions()[ROLES.index(role) % 3 :: 3]:
        for link in re.findall(r'href="(/[^"#]*)', main_of(asked(browser, row["question"]))):
            address = unescape(link)
            endpoint, values = urls.match(urlsplit(address).path)
            if (endpoint, str(values)) not in followed:
                followed.add((endpoint, str(values)))
                status = browser.get(address).status_code
                wrong += [(row["question"], address, status)] if status not in (200, 303) else []
    assert wrong == []
    assert len(followed) >= 8


def data_of(house: House) -> str:
    """Every value in the database, as text."""
    with house.database.view() as session:
        rows = [row for table in metadata.tables.values() for row in session.execute(select(table))]
    return "\n".join(str(value) for row in rows for value in row)


def test_nothing_that_is_typed_is_kept(
    house: House, application: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in the database, not in the log, not on the page, not along the sign-in."""
    caplog.set_level(logging.DEBUG)
    maker, nobody = signed_in(application, MAKER), visitor(application)
    before = data_of(house)
    forms = ("ai la {} canarychim", "tra lai bang cho {} canarychim", "{} canarychim" + "x" * 300)
    for number, one in enumerate(CANARIES):
        question = forms[number % len(forms)].format(one)
        for answer in (asked(maker, question), asked(nobody, question)):
            html = unescape(answer.get_data(as_text=True))
            assert one not in html
            assert one not in "".join(map(unpacked, re.findall(r'value="([^".]{20,})\.', html)))
    assert data_of(house) == before
    assert [one for one in (*CANARIES, "canarychim") if one in caplog.text] == []


def unpacked(text: str) -> str:
    """What a form carries through a sign-in, as it was typed."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode(errors="replace")


def test_every_page_leads_to_it(application: Flask) -> None:
    for name in OFFICERS.values():
        browser = signed_in(application, name)
        for start in ("/work", "/guides", "/tasks/99"):
            assert 'href="/ask"' in browser.get(start).get_data(as_text=True), (name, start)
    assert visitor(application).get("/ask").status_code == 303
