"""A standing hold is told on every page, with its reason and since when; nothing in it runs."""

from __future__ import annotations

from html import escape

import pytest
from flask import Flask

from app.disbursement.holds import GLOBAL, set_hold
from app.jobs.month_end import nightly_proofs
from tests.app.web.serving import ClientAs, failing, of_house, signed_in
from tests.app.web.test_pages import faults, walk
from tests.factories import BANK, COMMUNE, House, september_sent

pytestmark = pytest.mark.stage(of=september_sent)
REASON = "Nghi <script>alert(1)</script> & tệp “lạ”"


application = of_house


def every_page(application: Flask, start: str) -> dict[str, str]:
    """Every page by address, those of errors included."""
    client = signed_in(application, "checker.all")
    pages, asked = walk(client, start), start.partition("?")[2]
    for url in ("/nothing", "/batches/99", failing(application), "/people/1%00"):
        pages[url] = client.get(f"{url}?{asked}").get_data(as_text=True)
    pages["post"] = client.send(f"/people?{asked}").get_data(as_text=True)
    return pages


VIETNAMESE = ["ĐANG DỪNG CHI TOÀN BỘ", f"ĐANG DỪNG CHI qua đơn vị chi trả {BANK}",
              "từ 10/09/2026", "do auditor đặt"]  # fmt: skip
ENGLISH = ["ALL PAYMENTS ARE ON HOLD", f"PAYMENTS ON HOLD at provider {BANK}",
           "since 10/09/2026", "set by auditor"]  # fmt: skip


# The English words are the same on both databases: one of them is enough.
@pytest.mark.parametrize(
    ("house", "start", "words"),
    [
        ("sqlite", "/", VIETNAMESE),
        pytest.param("postgresql", "/", VIETNAMESE, marks=pytest.mark.postgres),
        ("sqlite", "/?lang=en", ENGLISH),
    ],
    indirect=["house"],
)
def test_no_page_lacks_it(house: House, application: Flask, start: str, words: list[str]) -> None:
    with house.work() as session:
        for scope, key in ((GLOBAL, ""), ("provider", BANK)):
            set_hold(session, scope, key, REASON, "auditor", house.later())
    pages = every_page(application, start)
    assert len(pages) > 15
    language = "en" if "en" in start else "vi"
    for url, text in pages.items():
        assert [one for one in (*words, escape(REASON, quote=False)) if one not in text] == [], url
        assert faults(url, text, language) == []


def test_holds_on_single_persons_are_counted(house: House, client_as: ClientAs) -> None:
    with house.work() as session:
        for scope, key in (("person", "1"), ("instruction", "2"), ("area", COMMUNE)):
            set_hold(session, scope, key, REASON, "auditor", house.later())
    page = client_as("checker.all").get("/").get_data(as_text=True)
    assert "Có 2 lệnh dừng chi cho từng người hoặc từng lệnh chi." in page
    assert f"ĐANG DỪNG CHI ở xã, phường {COMMUNE}</strong>" in page


def test_without_a_hold_nothing_is_said(client_as: ClientAs) -> None:
    client = client_as("checker.all")
    assert [url for url, text in walk(client, "/").items() if "DỪNG CHI" in text] == []


def test_a_night_that_fails_is_told_on_every_page(house: House, application: Flask) -> None:
    """On both databases: a changed amount, the nightly job, the pages."""
    name = "posting_no_update" if house.database.is_sqlite else "posting_append_only on posting"
    house.tamper(f"drop trigger {name}")
    house.tamper("update posting set debit = debit + 1 where debit > 0 and line = 1")
    nightly_proofs(house.runtime)
    pages = every_page(application, "/")
    told = "ĐANG DỪNG CHI TOÀN BỘ</strong> – Kiểm chứng sổ sách không đạt: "
    assert [url for url, text in pages.items() if told not in text] == []
    assert application.test_client().get("/healthz").get_json()["holds"] == 1


def test_a_database_that_is_away_is_still_said(house: House, application: Flask) -> None:
    """The page of the error comes though the holds cannot be read."""
    house.tamper("alter table hold rename to elsewhere")
    answer = application.test_client().get("/health")
    assert answer.status_code == 500
    assert "Máy chủ gặp lỗi" in answer.get_data(as_text=True)
