"""What people ask and are told leaves no ID, phone, account or code in clear: not in the log, in
no table, in no file that was made on the way."""

from __future__ import annotations

import hashlib
import logging
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.jobs.answering import answer_messages
from app.jobs.asked import run_one
from app.jobs.messaging import send_messages
from app.jobs.queueing import queue_messages
from app.messaging.inbox import Heard, keep
from app.messaging.states import ASK
from app.web.csrf import FIELD, token_of
from ledger.schema import metadata
from tests.app.web.serving import Browser, signed_in, visitor
from tests.app.web.test_my_page import application as of_people
from tests.app.web.test_my_page import own_id
from tests.factories import SEPTEMBER, House, row
from tests.flows.test_at_rest import hits, rest
from tests.support.messages import phone, with_plan
from tests.support.on_the_phone import on_the_line
from tests.support.own_page import last_code, outcomes
from tests.support.province import COMMUNE

application = of_people
pytestmark = pytest.mark.stage(of=on_the_line)
GATEWAY = """
[[gateways]]
name = "box"
kind = "kannel"
url = "http://127.0.0.1:9/cgi-bin/sendsms"
user = "svc"
sender = "BHXH"
secret = "file:kannel"
"""
PEOPLE = range(1, 9)
TYPED = f"Gọi tôi số {phone(1)}, tài khoản {row(1).account}, căn cước {row(1).citizen_id}"


def numbers() -> list[str]:
    """What must lie nowhere, as it is typed and as gateways write it."""
    each = [(row(one).citizen_id, row(one).account, phone(one)) for one in PEOPLE]
    return [*(one for three in each for one in three), *(f"84{phone(one)[1:]}" for one in PEOPLE)]


def lived(house: House, application: Flask, run: Any) -> list[str]:
    """A person asks and complains on the page and by SMS, calls the hotline, is written to; gives
    the codes that were sent and typed."""
    queue_messages(run)
    browser = visitor(application)
    browser.post("/my/code", data={"citizen_id": row(1).citizen_id})
    outcomes(run)
    code = last_code(house)
    browser.post("/my/enter", data={"code": "000001"})
    browser.post("/my/enter", data={"code": code})
    assert browser.get("/my/1/statement").status_code == 200
    paid = house.ask("select i.id from instruction i join obligation o on o.id = i.obligation_id"
                     " where o.person_id = 1")  # fmt: skip
    form = {FIELD: token_of(own_id(browser)), "words": TYPED, "question": f"{phone(1)} co tien"}
    assert browser.post(f"/my/1/not-received/{paid}", data=form).status_code == 303
    assert browser.post("/my/1/ask", data=form).status_code == 200
    with house.work() as session:
        told = {"from": phone(1), "text": f"TC KN chua co tien, goi {phone(2)}"}
        keep(session, house.keyring, Heard("box", ASK, "one", told), house.clock.now())
    answer_messages(run)
    send_messages(run)
    _hotline(signed_in(application, "desk"))
    _papers(house, signed_in(application, f"maker.{COMMUNE}"))
    return [code, "000001"]


def _hotline(desk: Browser) -> None:
    keys = {"name": row(2).name, "reason": "has_come"}
    desk.send("/hotline", digits=row(2).citizen_id, **keys)
    desk.send("/hotline", digits=phone(2), **keys)


def _papers(house: House, maker: Browser) -> None:
    form = {"area": COMMUNE, "period": SEPTEMBER}
    maker.send("/papers", **form, kind="statements")
    maker.send("/papers", **form, kind="by_letter", case="returned")
    assert run_one(house.runtime)
    assert run_one(house.runtime)
    assert len(list((house.home / "tasks").glob("*.pdf"))) == 2


def cells(house: House) -> set[str]:
    """Every value of every table, as text."""
    return {str(one) for table in metadata.tables.values()
            for line in house.rows(select(table)) for one in line}  # fmt: skip


def test_what_people_ask_and_are_told_lies_nowhere_in_clear(
    house: House, application: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = house.home / "secrets"
    secrets.mkdir()
    (secrets / "kannel").write_text("not-a-secret")
    (secrets / "kannel").chmod(0o400)
    codes = lived(house, application, with_plan(house, GATEWAY, bank_secrets=secrets))
    assert house.ask("select count(*) from complaint") > 0
    assert house.ask("select count(*) from hotline_lookup") > 1
    assert house.ask("select count(*) from inbound_message where outcome <> ''") == 1
    found = rest(house)
    lies = {name: hits(content, numbers()) for name, content in found.items()}
    assert {name: one for name, one in lies.items() if one} == {}
    assert hits(caplog.text.encode(), numbers()) == []
    for code in codes:
        assert code not in caplog.text
        assert {code, hashlib.sha256(code.encode()).hexdigest()}.isdisjoint(cells(house))
