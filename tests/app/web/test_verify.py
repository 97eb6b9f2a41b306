"""The page that verifies a paper: for everyone, about no person, and not a way to guess codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from app.access.tables import officer
from app.db import Database
from app.signing.codes import shown
from app.signing.making import Order, write_numbered
from app.signing.tables import verify_asked
from app.signing.visits import ALL_MAX, ONE_MAX, SPAN, allowed, bucket_of
from app.web.pages.verify import FILE_BYTES_MAX
from app.web.site import EXTENSION
from tests.app.signing.paper import Dice
from tests.app.signing.pki import NOW
from tests.app.web.month import NAMES, SCRIPT
from tests.app.web.test_pages import faults

PAYROLL = 2


@pytest.fixture
def database(application: object) -> Database:
    """The served database."""
    found: Database = application.extensions[EXTENSION].database  # type: ignore[attr-defined]
    return found


@pytest.fixture
def paper(database: Database) -> tuple[str, bytes]:
    """A printed list of October: its code and its bytes."""
    out = BytesIO()
    with database.unit_of_work() as session:
        who = session.scalar(select(officer.c.id).where(officer.c.username == "maker"))
        order = Order(PAYROLL, int(who or 0), "", True, NOW)
        made = write_numbered(session, order, Dice(), out)
    return made.code, out.getvalue()


@pytest.fixture(autouse=True)
def _nobody_asked(database: Database) -> Iterator[None]:
    """Each test begins with nothing asked."""
    yield
    with database.unit_of_work() as session:
        session.execute(verify_asked.delete())


def sent(client: FlaskClient, content: bytes, address: str = "/verify/file") -> tuple[int, str]:
    """The answer to a file."""
    answer = client.post(address, data={"file": (BytesIO(content), "x.pdf")})
    return answer.status_code, answer.get_data(as_text=True).replace("\xa0", " ")


@pytest.mark.parametrize(
    ("language", "words"),
    [("vi", ["Còn hiệu lực", "Danh sách chi trả trợ cấp", "10/2026", "/DS-UBND", "29",
             "Chưa có bản"]),
     ("en", ["In force", "Payroll list", "10/2026", "/DS-UBND", "29", "No signed file"])],
)  # fmt: skip
def test_a_paper_of_ours(
    client: FlaskClient, paper: tuple[str, bytes], language: str, words: list[str]
) -> None:
    code, content = paper
    texts = {}
    for url in (f"/verify/{code}?lang={language}", f"/verify?code={shown(code)}&lang={language}",
                f"/verify/{code.lower()}?lang={language}"):  # fmt: skip
        answer = client.get(url)
        assert answer.status_code == 200
        texts[url] = answer.get_data(as_text=True)
    status, texts["file"] = sent(client, content, f"/verify/file?lang={language}")
    assert status == 200
    for url, text in texts.items():
        assert [word for word in words if word not in text] == [], url
        assert faults(url, text, language) == []
        assert not [name for name in NAMES if name in text], "nothing about a person"
        assert SCRIPT not in text
        assert len(re.findall("<script", text)) == len(re.findall('<script src="/static/', text))
        assert '<nav class="menu"' not in text, "a holder of a paper is no officer"
    assert ("từng byte" if language == "vi" else "Byte for byte") in texts["file"]


def test_a_code_that_is_none_has_one_answer(client: FlaskClient, database: Database) -> None:
    """Well formed or not: the same page, status and statements; only what was typed differs."""
    seen: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
    answers = set()
    for code in ("0" * 16, "ABCD-EFGH-JKMN-PQRS", "x", "<b>x</b>", "A" * 15, "'; drop table"):
        seen.clear()
        answer = client.get("/verify", query_string={"code": code})
        text = answer.get_data(as_text=True)
        field = text[text.index('<input id="code"') :].partition(">")[0]
        language = text[text.index('<a class="language"') :].partition(">")[0]
        kept = text.replace(field, "").replace(language, "")
        answers.add((answer.status_code, kept, tuple(seen)))
        assert "<b>x" not in text
        assert faults("/verify", text, "vi") == []
    assert len(answers) == 1
    assert next(iter(answers))[0] == 404


def test_a_file_that_is_none(client: FlaskClient, paper: tuple[str, bytes]) -> None:
    status, text = sent(client, paper[1] + b" ")
    assert (status, "không phải tệp đã phát hành" in text) == (404, True)
    assert client.post("/verify/file").status_code == 200
    assert client.get("/verify/file").status_code == 200


def test_a_large_file_is_not_taken(client: FlaskClient) -> None:
    status, text = sent(client, bytes(FILE_BYTES_MAX + 100_000))
    assert (status, "đến 20 MB" in text) == (413, True)
    assert faults("/verify/file", text, "vi") == []


def test_who_asks_too_often_waits(client: FlaskClient, paper: tuple[str, bytes]) -> None:
    code, content = paper
    for number in range(ONE_MAX):
        url = f"/verify/{code}" if number % 2 else "/verify/0000000000000000"
        assert client.get(url).status_code in (200, 404)
    for answer in (client.get(f"/verify/{code}"), client.get(f"/verify?code={code}")):
        assert answer.status_code == 429
        assert "Hãy đợi một phút" in answer.get_data(as_text=True)
    assert sent(client, content)[0] == 429
    assert client.get("/verify").status_code == 200, "the form itself is no question"
    elsewhere = client.get(f"/verify/{code}", environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert elsewhere.status_code == 200


def test_a_minute_later_it_may_be_asked_again(database: Database) -> None:
    with database.unit_of_work() as session:
        assert all(allowed(session, 5, NOW) for _ in range(ONE_MAX))
        assert not allowed(session, 5, NOW)
        assert not allowed(session, 5, NOW + SPAN / 2)
        assert allowed(session, 5, NOW + SPAN)
        others = (allowed(session, 6 + number % 1000, NOW + SPAN) for number in range(ALL_MAX))
        assert list(others).count(False) == 1, "one limit for all together"


def test_an_address_names_nobody() -> None:
    buckets = {bucket_of(f"10.0.{one // 256}.{one % 256}") for one in range(5_000)}
    assert buckets <= set(range(65_536))
    assert len(buckets) > 4_500
    assert bucket_of("2001:db8::1") == bucket_of("2001:db8::ffff:1")
    assert bucket_of("2001:db8::1") != bucket_of("2001:db8:0:1::1")
    assert bucket_of("") == bucket_of("")
