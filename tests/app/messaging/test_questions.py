"""Questions and reports: heard once, answered to the registered number, few a day (P15)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import insert, select, update
from waitress.server import create_server

from app.answers.by_sms import STRANGERS_A_DAY, mobile
from app.beneficiaries.reached import unreachable
from app.hooks.application import application
from app.jobs.answering import answer_messages
from app.jobs.messaging import send_messages
from app.jobs.queueing import queue_messages
from app.jobs.runtime import Runtime
from app.messaging import inbox
from app.messaging.inbox import Heard
from app.messaging.spending import STRANGER, spend
from app.messaging.states import ASK
from app.messaging.tables import answered_question, inbound_message, message
from app.messaging.wishes import NO_AMOUNTS, set_wish
from tests.app.messaging.test_sending import GATEWAY, PASSWORD, until
from tests.factories import House
from tests.support.calling import Line, line, receiver_of, ring
from tests.support.kannel import kannel
from tests.support.listening import listening
from tests.support.messages import HELP, answered, phone, sent, set_phone, told, with_plan

pytestmark = pytest.mark.stage(of=sent)
KEY, SIGNED = "k" * 32, b"a" * 32
HEARD = """calls = "file:calls"
reports = "http://127.0.0.1:{port}"
no_number = ["NOSUB"]
[[gateways]]
name = "agg"
kind = "aggregator"
url = "https://agg.invalid/send"
key = "k"
sender = "BHXH"
secret = "file:agg"
taken = ["100"]
calls = "file:agg-calls"
delivered = ["5"]
undelivered = ["4"]
no_number = ["146"]
"""


def house_with_gateways(house: House, url: str = "https://box.invalid", port: int = 9) -> Runtime:
    """The plan with both gateways, and the files of their secrets."""
    folder = house.home / "secrets"
    folder.mkdir(mode=0o700, exist_ok=True)
    words = {"kannel": PASSWORD, "calls": KEY, "agg": "x" * 24, "agg-calls": SIGNED.decode()}
    for name, text in words.items():
        path = folder / name
        if not path.exists():
            path.write_text(text)
            path.chmod(0o400)
    gateways = GATEWAY.format(url=url) + HEARD.format(port=port)
    return with_plan(house, gateways, bank_secrets=folder)


@contextmanager
def hearing(house: House, run: Runtime) -> Iterator[int]:
    """The receiver on a port of this machine, as `ansinh hooks run` is."""

    database = receiver_of(house)
    app = application(database, house.keyring, run.settings, house.clock)
    try:
        with listening(
            create_server(
                app, host="127.0.0.1", port=0, threads=4, clear_untrusted_proxy_headers=False
            )
        ) as port:
            yield port
    finally:
        database.close()


def asks(port: int, number: str, text: str, name: str, **more: str) -> int:
    """Kannel hands a question on."""
    query = {"key": KEY, "from": number, "to": "8000", "id": name, **more}
    return _said(port, "POST", f"/sms/box/asked?{urlencode(query)}", text)


def reports(port: int, name: str, status: str, why: str = "", key: str = KEY) -> int:
    query = urlencode({"key": key, "name": name, "st": status, "ans": why})
    return _said(port, "GET", f"/sms/box/told?{query}")


def _said(
    port: int, method: str, path: str, body: str = "", signs: str = "utf-8", **headers: str
) -> int:
    wire = HTTPConnection("127.0.0.1", port, timeout=30)
    with suppress(ConnectionError):
        wire.request(method, path, body.encode(signs), headers)
    try:
        return wire.getresponse().status
    finally:
        wire.close()


def answers(house: House) -> list[tuple[str, str]]:
    """(phone, text) of every answer so far."""
    return [(one[1], one[2]) for one in told(house) if one[0] == "answer"]


def outcomes(house: House) -> list[str]:
    query = select(inbound_message.c.outcome).order_by(inbound_message.c.id)
    return [one for (one,) in house.rows(query)]


def test_a_question_is_answered_to_the_registered_number(house: House) -> None:
    """Commands in any case and with accents, plain words, shared phones, wishes, strangers."""
    run = house_with_gateways(house)
    answered(house)
    house.on("2026-09-12")
    who = "Nong Thi Nguoi"
    with hearing(house, run) as port:
        for turn, text in enumerate(("TC THANG", "  tc  ky 092026 ", "Tiền về chưa?", "TC TKHOÀN")):
            assert asks(port, "+84912345001", text, f"m{turn}") == 200
        assert answer_messages(run) == "4 answered"
        came = f"{who} 001: Thang 09/2026: 500.000d da vao TK ***1000 ngay 10/09. Hoi: {HELP}"
        assert answers(house)[:3] == [(phone(1), came)] * 3
        assert "Tien vao TK Thu nghiem A ***1000" in answers(house)[3][1]
        # The same call again is nothing new; a fifth answer a day is the last.
        assert asks(port, "0912345001", "TC TRO", "m0") == 200
        for name in ("m5", "m6", "m7"):
            asks(port, "0912345001", "TC TRO", name)
        assert answer_messages(run) == "1 answered, 2 silent"
        house.clock.advance(timedelta(days=1))
        assert asks(port, "0912345001", "TC\nTHANG TC DUNG {help}", "m8") == 200
        assert answer_messages(run) == "1 answered", "a new day; what is no command is not obeyed"
        assert "Chua hieu cau hoi" in answers(house)[-1][1]
        assert house.ask("select count(*) from message_wish") == 0
        # Nobody vouches for 7; 0981... is nobody's: one help a day each, then silence.
        for turn, number in enumerate((phone(7), "0981234567", "84981234567", "0981234567")):
            asks(port, number, "TC THANG", f"s{turn}")
        for turn, number in enumerate(("8000", "BHXH", HELP, "+4912345678", "", "0912345999999")):
            asks(port, number, "TC THANG", f"n{turn}")
        assert answer_messages(run) == "2 helped, 8 silent"
        assert [one for one, _ in answers(house)[-2:]] == [phone(7), "0981234567"]
        assert "500.000" not in answers(house)[-2][1]
        # Shared: 3, 4 and 5 have one number; 4 wants no amounts on it.
        for one in (4, 5):
            set_phone(house, one, phone(3))
        with house.work() as session:
            set_wish(session, [4], NO_AMOUNTS, True, "maker", house.later())
        asks(port, phone(3), "TC THANG", "h1")
        asks(port, phone(3), "tc thang 004", "h2")
        asks(port, phone(3), "tc thang 999", "h3")
        assert answer_messages(run) == "3 answered"
        both, alone, none = (text for _, text in answers(house)[-3:])
        assert both.count("500.000d") == 1
        assert "Hoi tung nguoi: TC THANG va 3 so cuoi can cuoc" in both
        assert alone.startswith(f"{who} 004: Thang 09/2026: tien da vao TK")
        assert "Soan them 3 so cuoi can cuoc" in none
        assert max(len(text) for _, text in answers(house)) <= 160
    of = house.rows(select(answered_question.c.person_id).distinct())
    assert sorted(one for (one,) in of) == [1, 3, 4, 5], "5 where it was asked of whom"
    kept = house.rows(select(inbound_message.c.body_cipher))
    kept += house.rows(select(message.c.text_cipher))
    assert not any(word in bytes(one) for (one,) in kept for word in (b"9123", b"Nong", b"THANG"))


def test_who_stops_is_told_once_and_may_start_again(house: House) -> None:
    """All of a number; loops end; questions of strangers have a limit for the whole province."""
    run = house_with_gateways(house)
    with hearing(house, run) as port:
        for number, text in enumerate(("TC DỪNG", "tc dung", "TC NHAN", "tc nhan.")):
            asks(port, phone(2), text, f"d{number}")
            answer_messages(run)
        assert outcomes(house) == ["answered", "silent", "answered", "silent"]
        assert [one[1][:27] for one in answers(house)] == [
            "Tu nay thoi gui tin den so ", "Tu nay lai gui tin den so n",
        ]  # fmt: skip
        assert house.rows("select is_on from message_wish order by id") == [(1,), (0,)]
        # A phone that answers by itself, and one that says our answers back.
        for turn in range(8):
            asks(port, phone(2), answers(house)[-1][1], f"l{turn}")
            answer_messages(run)
        assert len(answers(house)) == 5
        asks(port, phone(2), "TC DUNG", "d9")
        assert answer_messages(run) == "1 silent"
        last = "select is_on from message_wish order by id desc limit 1"
        assert house.ask(last) == 1, "obeyed though no answer is left"
        unheld = (
            "select count(*) from inbound_message"
            " where id not in (select inbound_id from answered_question)"
        )
        assert house.ask(unheld) == 0, "forgotten with its person, answered or not"
        with house.work() as session:
            spend(session, house.clock.now().date(), STRANGER, "", STRANGERS_A_DAY, 0)
        asks(port, "0981234567", "TC THANG", "x1")
        assert answer_messages(run) == "1 silent"
    assert mobile("+84 912-345.001") == "0912345001"


def test_only_the_gateways_are_heard(house: House) -> None:
    """The secret, the address, no proxy; signed by the aggregator; all else is turned away."""
    run = house_with_gateways(house)
    with hearing(house, run) as port:
        good = urlencode({"key": KEY, "from": phone(1), "id": "g1"})
        path = f"/sms/box/asked?{good}"
        wrong = [
            _said(port, "POST", path.replace(KEY, "x" * 32), "TC TRO"),
            _said(port, "POST", path.replace("box", "agg"), "TC TRO"),
            _said(port, "POST", path.replace("box", "nobody"), "TC TRO"),
            _said(port, "POST", path, "TC TRO", **{"X-Forwarded-For": "1.2.3.4"}),
            reports(port, "as1", "1", key=""),
        ]
        assert wrong == [401] * 5
        assert _said(port, "POST", path.replace("id=g1", "id=a+b"), "TC TRO") == 400
        assert _said(port, "PUT", path, "TC TRO") == 405
        as_kannel = {"Content-Type": "text/plain; charset=UTF-16BE"}
        assert _said(port, "POST", path, "Tiền về chưa", "utf-16-be", **as_kannel) == 200
        now = house.clock.now()
        body = json.dumps({"kind": "asked", "from": phone(1), "to": "8000", "text": "TC TRO"})
        call = ring("mo_1", body.encode(), now, SIGNED, path="/sms/agg")
        with line(port) as agg:
            assert _all(agg, call.but(webhook_id="mo_2"), ring("mo_1", body.encode(), now)) == {401}
            old = ring("mo_1", body.encode(), now - timedelta(hours=1), SIGNED, path="/sms/agg")
            assert agg.send(old) == 401
            assert [agg.send(call) for _ in range(3)] == [200] * 3
            box = ring("mo_1", body.encode(), now, KEY.encode(), path="/sms/box")
            assert agg.send(box) == 401, "Kannel does not sign"
    assert outcomes(house) == ["", ""]
    assert answer_messages(run) == "2 answered"
    assert "Thang 09/2026: 500.000d da gui ngan hang" in answers(house)[0][1]


def _all(wire: Line, *calls: object) -> set[int]:
    return {wire.send(one) for one in calls}  # type: ignore[arg-type]


def test_reports_end_a_message(house: House) -> None:
    """By the gateway that had it, once; a number that is none waits for its person's."""
    run = house_with_gateways(house)
    answered(house)

    queue_messages(run)
    ids = [one for (one,) in house.rows(select(message.c.id).order_by(message.c.id))]
    with house.owner.engine.begin() as connection:
        for state in ("sending", "sent"):
            values = {"state": state, "gateway": "box", "lease_until": house.clock.now()}
            values |= {"sent_at": house.clock.now()} if state == "sent" else {}
            which = message.c.id.in_(ids if state == "sending" else ids[1:])
            connection.execute(update(message).where(which).values(values))
    with hearing(house, run) as port:
        for name, status in (
            (ids[0], "1"),
            (ids[1], "8"),
            (ids[1], "1"),
            (ids[2], "2"),
            (9999, "1"),
        ):
            assert reports(port, f"as{name}", status) == 200
        assert reports(port, f"as{ids[3]}", "2", "stat:UNDELIV NOSUB err:1") == 200
        assert answer_messages(run) == "1 delivered, 2 failed, 2 late, 1 waits"
        signed = json.dumps({"kind": "report", "name": f"as{ids[4]}", "status": "5"}).encode()
        with line(port) as agg:
            assert agg.send(ring("r1", signed, house.clock.now(), SIGNED, path="/sms/agg")) == 200
        assert answer_messages(run) == "1 late, 1 waits", "the aggregator never had it"
        assert reports(port, f"as{ids[1]}", "2") == 200
        assert answer_messages(run) == "1 late, 1 waits"
    found = house.rows(select(message.c.state, message.c.reason).order_by(message.c.id))
    assert found[:5] == [
        ("sending", ""), ("delivered", ""), ("failed", "undelivered"), ("failed", "no_such_number"),
        ("sent", ""),
    ]  # fmt: skip

    with house.database.view() as session:
        nowhere = [row.id for row in unreachable(session)]
    query = select(message.c.person_id).where(message.c.id == ids[3])
    assert nowhere == [one for (one,) in house.rows(query)]


def test_a_question_through_a_real_kannel(house: House, tmp_path: Path) -> None:
    """Asked at the SMSC, heard by the receiver, answered at the SMSC, reported delivered."""
    run = house_with_gateways(house)
    answered(house)
    house.on("2026-09-12")
    with hearing(house, run) as port:
        asked = f"http://127.0.0.1:{port}/sms/box/asked?key={KEY}&from=%p&to=%P&id=%I"
        with kannel(tmp_path / "kannel", PASSWORD, asked) as box:
            run = house_with_gateways(house, box.url, port)
            box.smsc(f"{phone(1)} 8000 text tc thang", 1)
            assert until(lambda: outcomes(house) == [""])
            assert answer_messages(run) == "1 answered"
            assert send_messages(run) == "1 taken"
            text = "Nong Thi Nguoi 001: Thang 09/2026: 500.000d da vao TK ***1000 ngay 10/09"
            assert until(lambda: f"BHXH {phone(1)} text {text}" in box.delivered())
            assert until(lambda: outcomes(house) == ["answered", ""])
            assert answer_messages(run) == "1 delivered"
    query = select(message.c.state).where(message.c.kind == "answer")
    assert house.rows(query) == [("delivered",)]


def test_a_call_that_we_cannot_deal_with_stops_nobody_behind_it(house: House) -> None:
    """It waits, and the job tells of it."""
    run = house_with_gateways(house)
    now = house.clock.now()
    body = house.keyring.encrypt(
        inbox.BODY, "box|asked|odd", json.dumps({"from": phone(1), "text": 7})
    )
    odd = {"gateway": "box", "kind": ASK, "name": "odd", "body_cipher": body, "received_at": now}
    sound = Heard("box", ASK, "sound", {"from": phone(1), "text": "TC TRO"})
    with house.database.unit_of_work() as session:
        session.execute(insert(inbound_message).values(odd))
        inbox.keep(session, house.keyring, sound, now)
    with pytest.raises(RuntimeError, match="1 calls of gateways wait unread"):
        answer_messages(run)
    assert len(answers(house)) == 1
    with house.database.view() as session:
        unread = select(inbound_message.c.name).where(inbound_message.c.read_at.is_(None))
        assert session.scalars(unread).all() == ["odd"]
