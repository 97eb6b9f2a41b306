"""What rooms refuse has its English on English pages: every sentence that a page can come to."""

from __future__ import annotations

import re
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter

import pytest
from flask import Flask

from app.audit.words import dictionary
from app.errors import _COMMAND, Refused
from app.web.refusals import _files, in_english, parts, sentences, told
from bank_adapters.reasons import table
from tests.app.web.raising import raised, reached, sources, written
from tests.app.web.serving import of_house, signed_in, words
from tests.factories import House, september_sent

UNSAID = {"busy", "not the database that this service was started on"}
"""Why the service is away: the page says only that it is."""
FILLED = ("7", "AS-000123", "Nguyễn Văn A", "1.234.567 ₫", "09:00 05/10/2026", "a; b")
"""What may stand in a hole."""
HANGS_SECONDS = 5.0
application = of_house


def _shape(text: str) -> str:
    """A text with its holes alike, as it is looked up."""
    return re.sub(r"{[a-z_]*}", "{}", text).strip(" ,;\n")


def _filled(text: str, first: int) -> tuple[str, list[str]]:
    values = list(islice(cycle(FILLED[first:] + FILLED[:first]), text.count("{}")))
    parts = text.split("{}")
    # Of holes side by side only the first is told apart.
    values = [one if before or not place else "" for place, (before, one) in
              enumerate(zip(parts, values, strict=False))]  # fmt: skip
    return "".join(one + two for one, two in zip(parts, [*values, ""], strict=True)), values


def _is_of_pages(file: Path) -> bool:
    return "sandbox" not in file.parts and file.name != "scaffold.py"


def test_every_sentence_that_a_page_can_come_to_has_its_english() -> None:
    """But advice that names a command, which no page shows. What the command line alone loads
    needs none."""
    known = set(map(_shape, sentences()))
    said = {one for file in reached() for one in raised(file)} - UNSAID
    shown = {one for one in said if not _COMMAND.search(one) and re.search(r"\w", _shape(one))}
    assert len(shown) > 800
    assert sorted(one for one in shown if _shape(one) not in known) == []
    kept = {one for reason in table().values() for one in (reason.officer, reason.person)}
    kept |= set(dictionary().values())
    assert sorted(kept - set(sentences())) == [], "what stands in files of data"
    anywhere = set(map(_shape, written() | kept))
    of_data = set(_files()["parts_names.toml"])  # test_names_in_english.py
    gone = sorted(one for one in set(sentences()) - of_data if _shape(one) not in anywhere)
    assert gone == [], "sentences that nobody says any more"


def test_troubles_of_banks_and_their_files_have_their_english() -> None:
    """What couriers, readers and writers say stands in the error of a job, and behind the name of a
    file. The sandbox is a bank of its own; what makes a new adapter is of the command line."""
    known = set(map(_shape, sentences()))
    said = {one for file in sources("bank_adapters") if _is_of_pages(file) for one in raised(file)}
    assert len(said) > 200
    unsaid = {one for one in said if _shape(one) not in known and re.search(r"\w", _shape(one))}
    assert sorted(unsaid) == []
    told = in_english("sao-ke.xlsx: tệp Excel hỏng, không đọc được")
    assert told == "sao-ke.xlsx: the Excel file is broken and cannot be read"


def test_notes_on_a_file_have_their_english_down_to_the_place_in_it() -> None:
    told = in_english("ket-qua.xlsx: trang “DS”, ô B7 phải là số nguyên không âm: “-5”")
    assert told == "ket-qua.xlsx: sheet “DS”, cell B7 must be a whole number and not negative: “-5”"
    told = in_english("Hồ sơ danh sách chưa dùng được: có cột lạ; paths phải dạng /a/{id}")
    assert told == ("Profile of lists cannot be used yet: there is an unknown column; "
                    "paths must be of the form /a/{id}")  # fmt: skip
    told = in_english("SP-1: đây là trang 3, thiếu trang trước")
    assert told == "SP-1: this is page 3, the page before is missing"


def test_the_english_fills_in_as_much() -> None:
    for vietnamese, english in sentences().items():
        places = vietnamese.count("{}")
        named = {int(one) for one in re.findall(r"{(\d)}", english)}
        assert english.count("{}") == places or named == set(range(places)), vietnamese
        assert re.search(r"\w", _shape(vietnamese).replace("{}", "")), "it would be anything"


def test_no_sentence_is_taken_for_another() -> None:
    """Whatever stands in its holes; and none of the command line's is taken for one of them."""
    for vietnamese, english in sentences().items():
        for first in range(len(FILLED) if "{}" in vietnamese else 1):
            text, values = _filled(vietnamese, first)
            if vietnamese not in parts():
                assert in_english(text) == english.format(*values), text
    known = set(map(_shape, sentences()))
    others = {one for file in sources("app") for one in raised(file) if not _COMMAND.search(one)}
    strange = {_filled(one, 0)[0] for one in others if _shape(one) not in known}
    assert {one: said for one in strange if (said := in_english(one))} == {}


def test_nobody_types_what_hangs_it() -> None:
    begun = perf_counter()
    in_english("Dòng " + "a. b: c; d, " * 2_000 + "chờ.")
    assert perf_counter() - begun < HANGS_SECONDS


def test_what_is_filled_in_stays() -> None:
    many = Refused("Dòng 7 đang có đề nghị số 3 chờ.", "Xác nhận hoặc từ chối đề nghị đó trước.")
    assert told(many, "en") == ("Proposal 3 about line 7 waits. Confirm or reject that one first.",
                                "en")  # fmt: skip
    assert told(many, "vi") == (str(many), "vi")
    assert told(Refused("Không ai viết câu này.", ""), "en") == ("Không ai viết câu này.", "vi")
    assert in_english("Kỳ 10/2026 đã khóa, không bỏ ghép được nữa.").startswith("10/2026 is closed")
    advised = Refused("Kỳ 10/2026 còn mở.", "Dùng `ansinh recon unmatch 3`.")
    assert told(advised, "en") == ("10/2026 is still open.", "en")


@pytest.mark.stage(of=september_sent)
def test_an_english_page_refuses_in_english(house: House, application: Flask) -> None:
    finance = signed_in(application, "finance.one")
    house.on("2027-01-05")
    finance = signed_in(application, "finance.one")
    alone = {"code": house.code(), "user_two": "finance.one", "code_two": house.code()}
    slip = {"unit": "01273", "programme": "pension", "provider": "postoffice", "paper": "K1",
            "on": "05/01/2027", "amount": "5"}  # fmt: skip
    answer = finance.send("/year-end/refund?year=2026&lang=en", **slip, **alone)
    assert answer.status_code == 409
    assert "is more than may go back" in words(answer)
