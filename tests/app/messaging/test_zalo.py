"""Zalo before SMS: what it delivers goes once; what it refuses or does not report goes by SMS."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from app.errors import SettingsError
from app.jobs.messaging import send_messages
from app.jobs.runtime import Runtime
from app.messaging import sending
from app.messaging.outbox import Notice, queue
from app.messaging.states import CODE
from app.messaging.tables import message
from app.messaging.terms import read_plan
from app.messaging.words import Facts
from tests.app.messaging.test_sending import PASSWORD, claimed, queued, somebody, states
from tests.factories import House
from tests.support.messages import phone, with_plan

pytestmark = pytest.mark.stage(of=somebody)
BY_SMS = """
[[gateways]]
name = "box"
kind = "kannel"
url = "http://127.0.0.1:{port}/sendsms"
user = "svc"
sender = "BHXH"
secret = "file:kannel"
"""
BY_ZALO = """
[[gateways]]
name = "zalo"
kind = "zalo"
url = "http://127.0.0.1:{port}"
sender = "An Sinh"
secret = "file:zalo"
report_within = 30
templates = {{ paid = "304455" }}
"""


@dataclass
class Both:
    """Zalo and a box of SMS on one port: what each was told, and what Zalo knows."""

    port: int = 0
    zalo: list[dict[str, Any]] = field(default_factory=list)
    sms: list[str] = field(default_factory=list)
    delivered: set[str] = field(default_factory=set)
    strangers: set[str] = field(default_factory=set)
    token: str = "t1"

    def post(self, path: str, headers: Any, body: bytes) -> tuple[int, dict[str, Any]]:
        if path == "/sendsms":
            self.sms.append(headers["X-Kannel-To"])
            return 202, {}
        if headers["access_token"] != self.token:
            return 200, {"error": -124, "message": "Access token invalid"}
        told = json.loads(body)
        if told["phone"] in self.strangers:
            return 200, {"error": -118, "message": "Zalo account not existed"}
        self.zalo.append(told)
        return 200, {"error": 0, "data": {"msg_id": f"z-{told['phone']}"}}

    def status(self, number: str) -> dict[str, Any]:
        return {"error": 0, "data": {"status": int(number in self.delivered)}}


@contextmanager
def playing() -> Iterator[Both]:
    both = Both()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self._answer(*both.post(self.path, self.headers, body))

        def do_GET(self) -> None:
            (number,) = parse_qs(urlsplit(self.path).query)["message_id"]
            self._answer(200, both.status(number))

        def _answer(self, code: int, told: dict[str, Any]) -> None:
            said = json.dumps(told).encode()
            self.send_response(code)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: Any) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    both.port = server.server_port
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield both
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def ready(house: House, both: Both, gateways: str = BY_ZALO + BY_SMS) -> Runtime:
    folder = house.home / "secrets"
    folder.mkdir(exist_ok=True)
    for name, text in (("kannel", PASSWORD), ("zalo", "t1")):
        if not (path := folder / name).exists():
            path.write_text(text)
            path.chmod(0o400)
    return with_plan(house, gateways.format(port=both.port), bank_secrets=folder)


def test_zalo_first_and_sms_where_it_fails(house: House) -> None:
    house.on("2026-09-10")
    with playing() as both:
        run = ready(house, both)
        both.strangers, both.delivered = {"84912345002"}, {"z-84912345001"}
        queued(house, run, 1, 2, 3)
        plan = read_plan(run.settings.messages)
        assert plan is not None
        with house.work() as session:
            code = Notice(CODE, 1, 1, "k1", phone(1), Facts("", "", code="042731"))
            queue(session, house.keyring, plan, [code], house.clock.now())
        assert send_messages(run) == "2 taken, 2 handed"
        assert both.sms == [phone(1), phone(2)], "a code never goes by Zalo, nor whom it knows not"
        assert [(one["phone"], one["template_id"]) for one in both.zalo] == [
            ("84912345001", "304455"), ("84912345003", "304455"),
        ]  # fmt: skip
        data = both.zalo[0]["template_data"]
        assert (data["amount"], data["tail"], data["day"]) == ("500.000", "1000", "10/09")
        assert data["name"] == "Nong Van B"
        assert send_messages(run) == "nothing due", "it has half an hour to say that they arrived"
        house.clock.advance(timedelta(minutes=31))
        assert send_messages(run) == "2 taken"
        assert both.sms == [phone(1), phone(2), phone(3)], (
            "one was delivered, the other goes by SMS"
        )
        assert len(both.zalo) == 2, "told once"
        kept = select(message.c.gateway, message.c.state).order_by(message.c.id)
        assert house.rows(kept) == [("zalo", "sent"), *[("box", "sent")] * 3]
        # Its token is over: everything goes by SMS meanwhile.
        both.token = "t2"
        queued(house, run, 4)
        assert send_messages(run) == "1 taken"
        assert both.sms[-1] == phone(4)
        # Whoever sent it died: nobody knows which gateway he asked, and it goes once more.
        queued(house, run, 5)
        assert len(claimed(house, run)) == 1
        house.clock.advance(sending.LEASE + timedelta(seconds=1))
        assert send_messages(run) == "nothing due; 1 of a dead sender"
        house.clock.advance(sending.DOUBT_WAITS)
        assert send_messages(run) == "1 taken"
        assert states(house)[-1] == ("sent", 2, 1)
        with pytest.raises(SettingsError, match="SMS"):
            send_messages(ready(house, both, BY_SMS + BY_ZALO))
        with pytest.raises(SettingsError, match=r"templates\.code"):
            send_messages(ready(house, both, BY_ZALO.replace("paid =", "code =") + BY_SMS))
