"""Sending: budgets, quiet hours, doubts that are bounded; and one round through a real Kannel."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import select

from app.clock import local_date
from app.jobs.messaging import NO_GATEWAY, send_messages
from app.jobs.runtime import Runtime
from app.messaging import sending
from app.messaging.gateways.aggregator import Aggregator
from app.messaging.gateways.contract import Answer, Outgoing, Reply
from app.messaging.gateways.kannel import Kannel
from app.messaging.outbox import Notice, queue
from app.messaging.spending import ALL, spent
from app.messaging.states import ANSWER, CODE, NO_SUCH_NUMBER, PAID, REFUSED
from app.messaging.tables import message
from app.messaging.terms import read_plan
from app.messaging.words import Facts
from tests.factories import SEPTEMBER, House, in_cash
from tests.support.kannel import kannel
from tests.support.messages import phone, with_plan


def somebody(house: House) -> None:
    """Whose messages these are."""
    house.register(SEPTEMBER, in_cash(1))


pytestmark = pytest.mark.stage(of=somebody)
PASSWORD = "not-a-secret"
GATEWAY = """
[[gateways]]
name = "box"
kind = "kannel"
url = "{url}"
user = "svc"
sender = "BHXH"
secret = "file:kannel"
"""


def queued(house: House, run: Runtime, *numbers: int) -> None:
    """A message for each of these numbers."""
    plan = read_plan(run.settings.messages)
    assert plan is not None
    with house.work() as session:
        facts = Facts("UBND xã A", "Nông Văn B", 500_000, "1000", house.clock.now().date())
        notices = [Notice(PAID, one, 1, f"k{one}", phone(one), facts) for one in numbers]
        queue(session, house.keyring, plan, notices, house.clock.now())


def states(house: House) -> list[tuple[Any, ...]]:
    columns = message.c.state, message.c.attempts, message.c.doubts
    return house.rows(select(*columns).order_by(message.c.id))


def claimed(house: House, run: Runtime, most: int = 50) -> list[int]:
    """What a worker may send now."""
    plan = read_plan(run.settings.messages)
    assert plan is not None
    now = house.clock.now()
    with house.work() as session:
        sending.tidy(session, now)
        rows = sending.claim(session, "w", plan.of(local_date(now)), now, most)
    return [row.id for row in rows]


def recorded(house: House, number: int, answer: Answer) -> bool:
    with house.work() as session:
        return sending.record(session, number, "w", "box", Reply(answer), house.clock.now())


def test_a_doubt_is_repeated_once_and_no_more(house: House) -> None:
    """A dead sender's message, and one whose gateway fell silent, get one more try, then wait."""
    house.on("2026-09-10")
    run = with_plan(house)
    queued(house, run, 1)
    (number,) = claimed(house, run)
    assert claimed(house, run) == [], "claimed once"
    house.clock.advance(sending.LEASE + timedelta(seconds=1))
    assert claimed(house, run) == []
    assert states(house) == [("in_doubt", 1, 1)]
    assert not recorded(house, number, Answer.TAKEN), "the dead may not speak any more"
    house.clock.advance(sending.DOUBT_WAITS)
    assert claimed(house, run) == [number]
    assert recorded(house, number, Answer.DOUBT)
    house.clock.advance(timedelta(hours=8))
    assert claimed(house, run) == []
    assert states(house) == [("in_doubt", 2, 2)]
    house.clock.advance(timedelta(hours=72))
    claimed(house, run)
    assert house.rows(select(message.c.state, message.c.reason)) == [("failed", "unknown")]


def test_night_budget_and_prefix_stop_what_is_too_much(house: House) -> None:
    house.on("2026-09-10")
    run = with_plan(house)
    path = run.settings.messages
    assert path is not None
    text = path.read_text("utf-8")
    queued(house, run, 1, 2, 3, 4)
    path.write_text(text.replace("prefix_limit = 100", "prefix_limit = 3"), "utf-8")
    assert len(claimed(house, run, 2)) == 2
    assert len(claimed(house, run)) == 1, "a fourth to 091 is too much"
    path.write_text(text.replace("day_budget = 1_000_000", "day_budget = 1399"), "utf-8")
    assert claimed(house, run) == [], "1.050 of 1.399 đồng are spent"
    with house.database.view() as session:
        assert spent(session, local_date(house.clock.now()), ALL) == (3, 1050)
    path.write_text(text, "utf-8")
    for one in (1, 2, 3):
        assert recorded(house, one, Answer.TAKEN)
    house.on("2026-09-10", "21:30")
    assert claimed(house, run) == []
    with house.work() as session:
        asked = Notice(CODE, 1, 1, "k1", phone(1), Facts("", "", code="042731"))
        answer = Notice(ANSWER, 1, None, "k9", "0981234567", text="Soan TC TRO")
        plan = read_plan(path)
        assert plan is not None
        queue(session, house.keyring, plan, [asked, answer], house.clock.now())
    path.write_text(text.replace("day_budget = 1_000_000", "day_budget = 1399"), "utf-8")
    assert claimed(house, run) == [], "the budget holds for a code too"
    path.write_text(text, "utf-8")
    assert claimed(house, run) == [5, 6], "who waits for a code waits by night too"
    house.on("2026-09-11", "07:00")
    assert claimed(house, run) == [4]


def until(true: Callable[[], bool]) -> bool:
    """Whether it comes true within some seconds."""
    end = time.monotonic() + 10
    while not true() and time.monotonic() < end:
        time.sleep(0.05)
    return true()


def test_through_a_real_kannel(house: House, tmp_path: Path) -> None:
    """To the SMSC and back; spooled while the SMSC is away; not lost while Kannel is."""
    house.on("2026-09-10")
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "kannel").write_text(PASSWORD)
    (secrets / "kannel").chmod(0o400)
    nobody = "http://127.0.0.1:9"
    with kannel(tmp_path / "kannel", PASSWORD, nobody) as box:
        run = with_plan(house, GATEWAY.format(url=box.url), bank_secrets=secrets)
        box.smsc()
        queued(house, run, 1, 2)
        assert send_messages(run) == "2 taken"
        text = "UBND xa A: Ong/Ba Nong Van B duoc chuyen 500.000d vao TK ***1000 ngay 10/09."
        assert until(lambda: box.delivered().count(text) == 2)
        assert f"BHXH {phone(1)} text {text}" in box.delivered()
        box.stop("smsc")
        queued(house, run, 3)
        assert send_messages(run) == "1 taken"
        box.smsc()
        assert until(lambda: f"BHXH {phone(3)} text" in box.delivered())
        box.stop("smsbox")
        queued(house, run, 4)
        assert send_messages(run) == "1 not_taken"
    assert [state for state, *_ in states(house)] == ["sent", "sent", "sent", "queued"]
    assert send_messages(with_plan(house)) == NO_GATEWAY


def test_a_gateway_that_stops_talking_is_a_doubt() -> None:
    """Silence after the question may mean anything; where no connection came about nothing left;
    an answer that is none is a doubt too, and a redirect is not followed."""
    one = Outgoing(phone(1), "x", "as1")
    answers = (b"", b"HTTP/1.1 500 no\r\n\r\n", b"HTTP/1.1 302 no\r\nLocation: http://a/\r\n\r\n")
    for said in answers:
        with answering(said) as port:
            gateway = Kannel("box", f"http://127.0.0.1:{port}/", "u", "B", "p")
            assert gateway.send(one).answer is Answer.DOUBT, said
    assert (
        Kannel("box", f"http://127.0.0.1:{port}/", "u", "B", "p").send(one).answer
        is Answer.NOT_TAKEN
    )
    assert "p=" not in repr(gateway)


@pytest.mark.parametrize(
    ("code", "wanted"),
    [("100", Reply(Answer.TAKEN, "77")), ("124", Reply(Answer.TAKEN, "77")),
     ("146", Reply(Answer.REFUSED, reason=REFUSED)),
     ("404", Reply(Answer.REFUSED, reason=NO_SUCH_NUMBER)), ("99", Reply(Answer.DOUBT))],
)  # fmt: skip
def test_an_aggregator_is_read_by_the_codes_of_its_contract(code: str, wanted: Reply) -> None:
    body = f'{{"CodeResult": "{code}", "SMSID": "77"}}'
    said = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
    with answering(said) as port:
        gateway = Aggregator(
            "a", f"http://127.0.0.1:{port}/", "key", "B", "p",
            taken=("100", "124"), refused=("146",), no_number=("404",),
        )  # fmt: skip
        assert gateway.send(Outgoing(phone(1), "x", "as1")) == wanted


@contextmanager
def answering(said: bytes) -> Iterator[int]:
    """A server that answers one call with these bytes and hangs up; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            caller, _ = server.accept()
            with caller:
                caller.recv(65536)
                caller.sendall(said)

        thread = Thread(target=answer, daemon=True)
        thread.start()
        yield int(server.getsockname()[1])
        thread.join(5)
