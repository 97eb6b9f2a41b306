"""Complaints by page and by command: written down, answered by who may, closed, counted."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli.main import cli
from app.complaints.states import CHANNELS
from app.errors import AnSinhError, Forbidden
from tests.app.web.serving import ClientAs, of_house, text_of, words
from tests.app.web.test_matrix import two_communes
from tests.factories import OTHER_COMMUNE, House
from tests.support.province import COMMUNE

pytestmark = pytest.mark.stage(of=two_communes)
application = of_house
MAKER, CHECKER = f"maker.{COMMUNE}", f"checker.{COMMUNE}"


def run(house: House, *asked: str) -> Result:
    url = house.database.url.render_as_string(hide_password=False)
    return CliRunner().invoke(cli, ["complaints", *asked, "--database", url])


def told(house: House, *asked: str) -> Any:
    result = run(house, *asked, "--json")
    assert result.exit_code == 0, result.exception
    return json.loads(result.output)


def test_from_the_counter_to_closure_by_page(house: House, client_as: ClientAs) -> None:
    """Only those see it who answer it; overdue is marked; the same again is the same."""
    maker, checker, other = (client_as(one) for one in (MAKER, CHECKER, f"maker.{OTHER_COMMUNE}"))
    form = "/people/1/complaint"
    assert "2026" in text_of(maker, form)
    assert other.get(form).status_code == 404
    assert other.send(form, kind="question", channel="counter", words="Có gì?").status_code == 404
    empty = maker.send(form)
    assert "Chọn người dân nói về việc gì" in words(empty)
    said = {"kind": "not_received", "channel": "hotline", "words": "<b>Chưa có tiền</b>"}
    paid = str(house.ask("select min(id) from instruction"))
    opened = maker.send(form, **said, payment=paid)
    assert opened.location.endswith("/complaints/1")
    assert maker.send(form, **said, payment=paid).location == opened.location
    assert "&lt;b&gt;Chưa có tiền" in maker.get(opened.location).get_data(as_text=True)
    evidence = text_of(checker, "/complaints/1/evidence")
    assert "SHA-256" in evidence
    assert "Lần chi 1" in evidence
    for page in ("/complaints/1", "/complaints/1/evidence"):
        assert other.get(page).status_code == 404
    assert other.send("/complaints/1/take").status_code == 404
    assert "Phản ánh số 1" not in text_of(other, "/complaints")
    assert "Bạn đang giải quyết" in maker.told(maker.send("/complaints/1/take"))
    house.on("2026-09-30")
    assert "Quá hạn" in text_of(client_as(CHECKER), "/complaints")
    checker = client_as(CHECKER)
    assert "Nhập câu trả lời" in words(checker.send("/complaints/1/answer"))
    done = checker.send("/complaints/1/answer", words="Lô chưa gửi, chiều nay sẽ gửi.")
    assert "Đã trả lời phản ánh số 1" in checker.told(done)
    assert "từ 1 đến 5" in words(checker.send("/complaints/1/close", satisfaction="9"))
    assert "Đã đóng" in checker.told(checker.send("/complaints/1/close", satisfaction="4"))
    assert checker.send("/complaints/1/close").status_code == 409
    assert "1 / 1" in text_of(checker, "/complaints/count?period=2026-09")
    assert "Closed of received" in text_of(checker, "/complaints/count?lang=en&period=2026-09")
    assert "Phản ánh số 1" in text_of(checker, "/complaints?show=closed&kind=not_received")
    assert "Quá hạn" not in text_of(checker, "/complaints?show=closed&after=nonsense")


def test_every_channel_is_written_down_and_counted(house: House, client_as: ClientAs) -> None:
    """What reaches an officer by any of them is one complaint of that channel, with its day."""
    maker, kinds = client_as(MAKER), ("question", "proposal", "thanks", "wrong_data", "left_out",
                                      "changed", "wrong_amount")  # fmt: skip
    for kind, channel in zip(kinds, CHANNELS, strict=True):
        written = maker.send("/people/1/complaint", kind=kind, channel=channel, words="Xem lại")
        assert written.status_code == 303, channel
    rows = house.rows("select channel, kind from complaint where due_on is not null order by id")
    assert rows == list(zip(CHANNELS, kinds, strict=True))
    assert {"hotline", "zalo", "page", "kiosk", "counter", "sms"} <= set(CHANNELS)
    assert f"0 / {len(kinds)}" in text_of(maker, "/complaints/count?period=2026-09")


def test_from_the_counter_to_closure_by_command(house: House) -> None:
    """The same by `ansinh complaints`, and who may not is refused."""
    asked = ("open", "AS-000001", "--kind", "staff", "--words", "Nói nặng lời")
    assert isinstance(run(house, *asked, "--officer", "auditor").exception, Forbidden)
    assert told(house, *asked, "--officer", MAKER)["complaint"] == 1
    assert "quyền" in str(run(house, "take", "1", "--officer", MAKER).exception)
    taken = run(house, "take", "1", "--officer", "checker.all").output
    assert "checker.all đang giải quyết" in taken
    assert told(house, "list", "--overdue")["complaints"] == []
    (row,) = told(house, "list", "--kind", "staff")["complaints"]
    assert (row["state"], row["unit_code"], row["overdue"]) == ("taken", "", False)
    answer = ("answer", "1", "--officer", "checker.all", "--words", "Đã nhắc cán bộ, xin lỗi bà.")
    assert told(house, *answer)["state"] == "answered"
    shown = run(house, "show", "1", "--officer", "checker.all", "--evidence").output
    assert "Đã nhắc cán bộ" in shown
    for name in (MAKER, f"maker.{OTHER_COMMUNE}"):
        assert isinstance(run(house, "show", "1", "--officer", name).exception, AnSinhError)
    close = ("close", "1", "--officer", "checker.all", "--satisfaction", "5")
    assert told(house, *close)["state"] == "closed"
    (counted,) = told(house, "count", "--period", row["opened_at"][:7])["areas"]
    assert (counted["closed"], counted["received"], counted["rating"]) == (1, 1, 5)
