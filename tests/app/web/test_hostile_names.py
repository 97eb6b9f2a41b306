"""Names that try to be something else: in PDF, SMS, HTML, workbooks and CSV they stay a name.

A workbook's name is refused by its signs; these come by another way, an older system's or a hand
in the database, and everything that is made for people holds against them too.
"""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from sqlalchemy import update

from app.answers.answering import answer_for
from app.answers.wording import listed, sentences, sms
from app.beneficiaries.tables import person
from app.cashless.list_writer import write_list
from app.cashless.profile import profiles
from app.clock import TIME_ZONE
from app.complaints.opening import open_complaint
from app.complaints.sampling import draw, publish
from app.messaging.gsm import LENGTH_MAX, plain_name
from app.messaging.words import Facts, write
from app.printing.spreadsheet import SheetColumn, SheetWriter, open_workbook
from app.statements.commune_papers import write_commune_statements
from app.statements.loudspeaker import loudspeaker_text
from app.statements.person_statement import Paper, write_statement
from tests.app.complaints.test_samples import collected, paid
from tests.app.printing.reading import read_pdf
from tests.app.web.serving import ClientAs, of_house
from tests.factories import SEPTEMBER, House
from tests.support.province import COMMUNE

application = of_house
MARKUP = '<script>alert(1)</script><b>x</b>&amp;"onload=1'
HOSTILE = (
    MARKUP,
    '=HYPERLINK("http://evil.vn";"x")',
    "\u202eIÁĐ\u2066 {amount} %s {{7*7}} {% raw %}\u200b\ufeff",
    "@SUM(1+1)|cmd' /C calc'!A0\t\r\n\x07\x1b[31m",
    "<para><font size=99>]]>(\\) http://evil.vn/x ngan-hang.com " + "Ắ" * 5_000,
    "+84912345678 -1+1",
)
SHEET = "/complaints/samples/1/sheet"
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def three(house: House) -> None:
    """September is paid to three people; a complaint and a sample tell of them."""
    paid(house)
    collected(house)
    checker = house.officer(f"checker.{COMMUNE}")
    with house.work() as session:
        open_complaint(session, house.keyring, "page", 1, "page", "not_received", MARKUP, None,
                       house.later())  # fmt: skip
        number = publish(session, checker, SEPTEMBER, COMMUNE, house.later())
        draw(session, checker, number, house.later())


pytestmark = pytest.mark.stage(of=three)


def named(house: House, name: str) -> None:
    """Everybody has this name, lives in a hamlet of this name."""
    with house.owner.engine.begin() as connection:
        connection.execute(update(person).values(name=name, hamlet=name, search_key=name[:60]))


def printed(house: House, person_id: int = 0) -> str:
    """The statement of a person, or those of the whole commune in one file."""
    out = io.BytesIO()
    paper = Paper(house.keyring, True, "https://verify.example")
    with house.database.view() as session:
        if person_id:
            write_statement(session, person_id, SEPTEMBER, paper, out)
        else:
            write_commune_statements(session, COMMUNE, SEPTEMBER, paper, out, lambda _: None)
    read = read_pdf(out.getvalue())
    assert len(read.pages) == (1 if person_id else 3)
    return read.text


def test_on_paper_in_messages_and_on_pages(house: House, client_as: ClientAs) -> None:
    maker = client_as(f"maker.{COMMUNE}")
    places = ("/people", "/people/1", "/people/1/complaint", "/complaints", "/complaints/1",
              "/complaints/1/evidence", "/complaints/samples/1", SHEET,
              "/complaints/samples/1/rows/1", "/accounts/people", "/doubles")  # fmt: skip
    for name in HOSTILE:
        named(house, name)
        for text in (printed(house, 1), printed(house)):
            assert not UNSEEN.search(text.replace("\n", " ").replace("\t", " "))
            assert "<b>x</b>" in text or name != MARKUP, "drawn as it is"
        with house.database.view() as session:
            told = answer_for(session, 1, "has_come", date(2026, 9, 14))
            spoken = loudspeaker_text(session, COMMUNE, SEPTEMBER)
        assert name[:12] not in spoken
        assert sentences(told, "1900 0000")
        both, _ = listed([(name, "Thang 09/2026: da linh")] * 2, "1900 0000", 2)
        facts = Facts("UBND xa", name, 500_000, "1234", date(2026, 9, 10), "2026-09")
        for text in (sms(told, "1900 0000"), both, write("paid", facts, "1900 0000")):
            assert len(text) <= LENGTH_MAX
            assert text.isascii()
            assert text.isprintable()
            assert not re.search(r"[a-z]\.[a-z]|//|<|=", text, re.I), text
        assert re.fullmatch(r"[A-Za-z0-9' -]*", plain_name(name))
        for place in places:
            page = maker.get(place)
            html = page.get_data(as_text=True)
            assert page.status_code == 200, place
            assert "<script>alert" not in html, place
            assert "<para>" not in html, place
            # What stands in the evidence and in cases was frozen before.
            if name == MARKUP and place in ("/people/1", "/complaints/1", SHEET):
                assert "&amp;amp;" in html, place


def test_in_workbooks_and_lists() -> None:
    """No cell is a formula, none holds a sign that nobody sees, the longest is cut, not lost."""
    out, now = io.BytesIO(), datetime(2026, 9, 10, tzinfo=TIME_ZONE)
    long = "x" * 40_000
    book = open_workbook(out, "t", now, streaming=True)
    sheet = SheetWriter(book, "s", [SheetColumn("Họ tên", 20, wrap=True)], title="t")
    for name in (*HOSTILE, long):
        sheet.row([name])
    book.close()
    cells: list[Any] = [row[0] for row in openpyxl.load_workbook(out)["s"].iter_rows(min_row=5)]
    assert len(cells) == len(HOSTILE) + 1
    for cell in cells:
        assert cell.data_type == "s"
        assert cell.hyperlink is None
        assert not UNSEEN.search(cell.value)
    assert len(cells[-1].value) == 32_767
    profile = next(one for one in profiles().values() if one.format == "csv")
    for name in HOSTILE:
        listing = io.BytesIO()
        row = dict.fromkeys((one.field for one in profile.columns), name)
        write_list(listing, profile, [row], now, synthetic=True)
        text = listing.getvalue().decode("utf-8-sig")
        first = list(csv.reader(io.StringIO(text), delimiter=";"))[1][0]
        assert first[0] not in "=+-@\t\r"
