"""What rooms refuse has its English on English pages; of some rooms every sentence has."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.errors import _COMMAND, Refused
from app.web.refusals import in_english, sentences, told
from tests.app.web.serving import of_house, signed_in, words
from tests.factories import House, september_sent

APP = Path(__file__).resolve().parents[3] / "app"
KINDS = {"InputError", "Refused", "Conflict", "Forbidden", "NotFound", "Held", "Remembered"}
COMPLETE = ("access", "complaints", "disbursement/workbench", "disbursement/year_end")
ELSEWHERE = {"issuer.py", "seed_files.py"}
"""Said on the way to another's page, and by the command line alone."""
application = of_house


def raised(folder: Path) -> Iterator[str]:
    """Every sentence with which a room raises an error: `{}` where something is filled in."""
    for file in sorted(folder.rglob("*.py")):
        if file.name not in ELSEWHERE:
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in KINDS:
                    yield from (one for part in node.args[:2] for one in _written(part))


def _written(part: ast.expr) -> list[str]:
    if isinstance(part, ast.IfExp):
        return [*_written(part.body), *_written(part.orelse)]
    if isinstance(part, ast.Constant) and isinstance(part.value, str):
        return [part.value]
    if isinstance(part, ast.JoinedStr):
        parts = (str(one.value) if isinstance(one, ast.Constant) else "{}" for one in part.values)
        return ["".join(parts)]
    return []


def test_every_sentence_of_these_rooms_has_its_english() -> None:
    """But advice that names a command, which no page shows."""
    said = {one for room in COMPLETE for one in raised(APP / room) if one}
    shown = {one for one in said if not _COMMAND.search(one) and one.strip("{} (.)")}
    assert sorted(shown - set(sentences())) == []
    anywhere = set(raised(APP))
    assert sorted(set(sentences()) - anywhere) == [], "sentences that nobody raises any more"


def test_the_english_fills_in_as_much() -> None:
    for vietnamese, english in sentences().items():
        places = vietnamese.count("{}")
        named = {int(one) for one in re.findall(r"{(\d)}", english)}
        assert english.count("{}") == places or named == set(range(places)), vietnamese
        assert english.endswith((".", "}")), english


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
