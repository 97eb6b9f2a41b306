"""Complaints by SMS and Zalo: opened once for who has the number, told back, few a day."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from http.client import HTTPConnection

import pytest
from sqlalchemy import select, true, update

from app.answers.complaining import complaint_in
from app.complaints.moving import answer
from app.complaints.reading import evidence_of, of_person, steps_of
from app.complaints.tables import complaint
from app.jobs.answering import answer_messages
from app.jobs.queueing import queue_messages
from app.messaging.gateways.hearing import ARRIVED
from app.messaging.inbox import Heard, keep
from app.messaging.tables import message
from app.messaging.terms import read_plan
from app.messaging.wishes import NO_AMOUNTS, set_wish
from tests.app.messaging.test_questions import (
    HEARD,
    SIGNED,
    answers,
    hearing,
    house_with_gateways,
    outcomes,
)
from tests.factories import SEPTEMBER, House
from tests.support.calling import line, ring
from tests.support.messages import HELP, answered, phone, sent, set_phone, with_plan
from tests.support.province import COMMUNE

pytestmark = pytest.mark.stage(of=sent)
APP, OA_SECRET = "4123456789", b"z" * 32
ZALO = """
[[gateways]]
name = "zalo"
kind = "zalo"
url = "http://127.0.0.1:9"
sender = "An Sinh"
secret = "file:zalo"
calls = "file:zalo-calls"
app = "4123456789"
report_within = 30
templates = { paid = "304455" }
"""


@pytest.mark.parametrize(
    ("text", "kind", "month", "tail"),
    [
        ("Tôi chưa nhận được tiền tháng 9", "not_received", "2026-09", ""),
        ("sao chua nhan duoc tien", "not_received", "", ""),
        ("Tháng này bị thiếu tiền", "wrong_amount", "2026-10", ""),
        ("TC KN 004 cán bộ thôn đòi chia tiền", "asked_money", "", "004"),
        ("kn: trưởng thôn quát mắng tôi", "staff", "", ""),
        ("tc  KN bị bỏ sót, không có tên", "left_out", "", ""),
        ("KN sai tên", "wrong_data", "", ""),
        ("KN hoi viec khac", "question", "", ""),
        ("KN", "question", "", ""),
    ],
)
def test_what_complains(text: str, kind: str, month: str, tail: str) -> None:
    found = complaint_in(text, date(2026, 10, 12))
    assert found is not None
    assert (found[0].kind, found[0].month, found[1]) == (kind, month, tail)


@pytest.mark.parametrize(
    "text", ["Tiền về chưa", "nhan duoc chua", "sao thieu tien", "vì sao thiếu tiền", "knao co"]
)
def test_what_only_asks(text: str) -> None:
    assert complaint_in(text, date(2026, 10, 12)) is None


def said(house: House, number: int, text: str, **more: str) -> str:
    """What the last answer to a message of a person's phone is; '' where nothing was answered."""
    return said_from(house, phone(number), text, **more)


def said_from(house: House, number: str, text: str, **more: str) -> str:
    before, now = len(answers(house)), house.later()
    with house.work() as session:
        name = hashlib.sha256(f"{number}{text}{now}".encode()).hexdigest()[:16]
        keep(session, house.keyring, Heard("box", "asked", name,
             {"from": number, "to": "8000", "text": text, **more}), now)  # fmt: skip
    answer_messages(house_with_gateways(house))
    told = answers(house)
    return told[-1][1] if len(told) > before else ""


def opened(house: House) -> list[tuple[int, str, str, str]]:
    """(person, kind, channel, state) of every complaint."""
    mine = complaint.c
    query = select(mine.person_id, mine.kind, mine.channel, mine.state).order_by(mine.id)
    return [tuple(one) for one in house.rows(query)]


def test_a_complaint_by_message(house: House) -> None:
    """With the payment's evidence, its number and day told; one a matter; never for strangers."""
    answered(house)
    house.on("2026-09-14")
    told = said(house, 1, "Tôi chưa nhận được tiền tháng 9!")
    assert told.startswith("Nong Thi Nguoi 001: Phan anh so 1 da ghi, tra loi cham nhat ngay 21/09")
    assert "Thang 09/2026: 500.000d da vao TK ***1000 ngay 10/09" in told
    assert said(house, 1, "TC KN vẫn chưa nhận được").count("Phan anh so 1 da ghi") == 1
    assert "Phan anh so 2 da ghi" in said(house, 1, "KN tháng 9 nhận thiếu 50 nghìn")
    assert opened(house) == [
        (1, "not_received", "sms", "received"), (1, "wrong_amount", "sms", "received"),
    ]  # fmt: skip
    with house.database.view() as session:
        proof = evidence_of(session, house.keyring, 1)
        assert proof is not None
        (attempt,) = proof["obligations"][0]["attempts"]
        assert attempt["reference"] == house.reference(1, SEPTEMBER)
        steps = steps_of(session, house.keyring, 1)
        assert [(one.actor, one.words) for one in steps] == [
            ("sms", "Tôi chưa nhận được tiền tháng 9!"), ("sms", "vẫn chưa nhận được"),
        ]  # fmt: skip
    # Three a day: the fourth is told whom to call, and nothing is written.
    assert "Hom nay da ghi du phan anh" in said(house, 1, "KN sai tên")
    assert said(house, 1, "KN") != ""
    assert said(house, 1, "KN sai tên") == "", "five answers a day"
    assert len(opened(house)) == 2
    # A number that nobody vouches for, and one that nobody has.
    for number in (phone(7), "0981234567"):
        assert "chua dang ky" in said_from(house, number, "TC KN chua nhan duoc tien")
    assert len(opened(house)) == 2
    # A phone that sends our notice back complains of nothing.
    notice = f"duoc chuyen 500.000d vao TK. Chua thay tien hoac sai, goi {HELP}"
    assert "Phan anh so" not in said(house, 2, notice)
    # Before anything was sent it is a question; sent as a complaint it is one.
    assert "Thang 10/2026: chua co khoan nao" in said(house, 2, "kỳ 102026 chưa nhận được tiền")
    assert len(opened(house)) == 2
    assert "Phan anh so 3 da ghi" in said(house, 2, "TC KN kỳ 102026 chưa nhận được")
    # Said again after the answer it is open again, and the person is told of the answer by SMS.
    with house.work() as session:
        answer(session, house.keyring, house.officer(f"maker.{COMMUNE}"), 1, "Tiền về 10/9.",
               house.later())  # fmt: skip
    house.clock.advance(timedelta(days=1))
    run = house_with_gateways(house)
    queue_messages(run)
    assert house.ask("select count(*) from message where kind = 'case'") == 1
    assert "Phan anh so 1 da ghi, tra loi cham nhat ngay 22/09" in said(
        house, 1, "chua nhan duoc", channel="zalo"
    )
    assert opened(house)[0] == (1, "not_received", "sms", "reopened")
    assert "so 4" in said(house, 1, "KN cán bộ đòi chia tiền", channel="zalo")
    assert opened(house)[3] == (1, "asked_money", "zalo", "received")
    assert house.ask("select unit_code from complaint where id = 4") == "", "to the province"
    kept = house.rows(select(complaint.c.evidence_cipher)) + house.rows(
        "select words_cipher from complaint_step"
    )
    assert not any(b"Nong" in bytes(one) or b"nhan" in bytes(one) for (one,) in kept)


def test_on_a_shared_phone_it_is_clear_whose(house: House) -> None:
    """By the last digits or the whole name; else it is opened for nobody."""
    answered(house)
    house.on("2026-09-14")
    for one in (4, 5):
        set_phone(house, one, phone(3))
    with house.work() as session:
        set_wish(session, [4], NO_AMOUNTS, True, "maker", house.later())
    assert "3 so cuoi can cuoc" in said(house, 3, "chưa nhận được tiền")
    assert "3 so cuoi can cuoc" in said(house, 3, "KN 999 chưa nhận được tiền")
    assert opened(house) == []
    told = said(house, 3, "tc kn 004 chưa nhận được tiền")
    assert told.startswith("Nong Thi Nguoi 004: Phan anh so 1")
    assert "500.000" not in told
    assert "so 2" in said(house, 3, "bà Nông Thị Người 005 nhận thiếu")
    assert [one[0] for one in opened(house)] == [4, 5]
    with house.database.view() as session:
        assert [one.row.id for one in of_person(session, 3, true())] == []


def test_half_a_sign_stops_nobodys_answer(house: House) -> None:
    """An emoji that was cut in two between the parts of an SMS is JSON, and no text."""
    body = json.loads(r'{"from": "+84912345001", "text": "TC KN chưa nhận được tiền \ud83d"}')
    with house.work() as session:
        keep(session, house.keyring, Heard("agg", "asked", "half", body), house.clock.now())
    assert "Phan anh so" in said(house, 2, "TC KN chưa nhận được tiền")
    assert outcomes(house) == ["answered", "answered"]


def test_zalo_calls_that_a_message_arrived(house: House) -> None:
    """Signed with the account's secret, fresh, of its application; all else is turned away."""
    folder = house.home / "secrets"
    run = house_with_gateways(house)
    for name, text in (("zalo", "t" * 24), ("zalo-calls", OA_SECRET.decode())):
        (folder / name).write_text(text)
        (folder / name).chmod(0o400)
    run = with_plan(house, ZALO + HEARD.split("[[gateways]]", 1)[1].join(["[[gateways]]", ""]),
                    bank_secrets=folder)  # fmt: skip
    assert read_plan(run.settings.messages) is not None
    answered(house)
    queue_messages(run)
    first = house.ask("select min(id) from message")
    with house.owner.engine.begin() as connection:
        for state in ("sending", "sent"):
            values = {"state": state, "gateway": "zalo", "lease_until": house.clock.now(),
                      "sent_at": house.clock.now() if state == "sent" else None}  # fmt: skip
            connection.execute(update(message).where(message.c.id == first).values(values))
    stamp = str(int(house.clock.now().timestamp() * 1000))
    old = str(int(stamp) - 3_600_000)

    def body(event: str, at: str) -> bytes:
        told = {"app_id": APP, "event_name": event, "timestamp": at, "sender": {"id": "77"},
                "message": {"tracking_id": f"as{first}", "text": "KN"}}  # fmt: skip
        return json.dumps(told).encode()

    with hearing(house, run) as port:

        def call(raw: bytes, at: str, secret: bytes = OA_SECRET, gateway: str = "zalo") -> int:
            mac = hashlib.sha256(APP.encode() + raw + at.encode() + secret).hexdigest()
            wire = HTTPConnection("127.0.0.1", port, timeout=30)
            wire.request("POST", f"/sms/{gateway}", raw, {"X-ZEvent-Signature": f"mac={mac}"})
            status = wire.getresponse().status
            wire.close()
            return status

        good = body(ARRIVED, stamp)
        wrong = [call(good, stamp, b"x" * 32), call(good, stamp, gateway="agg"),
                 call(good, stamp, gateway="nobody"), call(body(ARRIVED, old), old)]  # fmt: skip
        assert wrong == [401] * 4
        assert call(body("user_send_text", stamp), stamp) == 200, "it names no number: not kept"
        assert [call(good, stamp) for _ in range(2)] == [200, 200]
        asks = {"kind": "asked", "from": phone(1), "to": "8000", "text": "TC KN tien thang 9 thieu",
                "channel": "zalo"}  # fmt: skip
        with line(port) as agg:
            told = json.dumps(asks).encode()
            assert agg.send(ring("zz", told, house.clock.now(), SIGNED, path="/sms/agg")) == 200
    assert answer_messages(run) == "1 answered, 1 delivered"
    assert outcomes(house) == ["delivered", "answered"]
    assert opened(house) == [(1, "question", "zalo", "received")]
    assert f"Hoi: {HELP}" in answers(house)[-1][1]
