"""Calls over real HTTP: signed ones are kept once, all others change nothing (P19)."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app import schema
from app.channels.inbound import Call, keep
from app.channels.inbound_tables import inbound_event
from app.db import Database, check_login
from app.errors import SettingsError
from app.rights import hook_rights_on
from tests.factories import BANK, POST, SEPTEMBER, House, september_sent
from tests.support.calling import (
    OLD_SECRET,
    SECRET,
    Line,
    Ring,
    judged,
    line,
    may_call,
    receiver_of,
    receiving,
    ring,
    said,
)
from tests.support.stages import tables_filled

pytestmark = pytest.mark.stage(of=september_sent)


@pytest.fixture
def port(house: House) -> Iterator[int]:
    may_call(house)
    with receiving(house) as found:
        yield found


@pytest.fixture
def bank(port: int) -> Iterator[Line]:
    with line(port) as one:
        yield one


def credited(house: House, event_id: str = "evt_1", *secrets: bytes) -> Ring:
    body = said(house.reference(1, SEPTEMBER), "ACCC")
    return ring(event_id, body, house.clock.now(), *secrets)


def test_a_call_has_one_effect_however_often_it_comes(house: House, bank: Line) -> None:
    """P19: a hundred times, ten minutes later, an hour off, and with one byte changed."""
    call = credited(house)
    assert {bank.send(call) for _ in range(100)} == {200}
    assert house.count(inbound_event) == 1
    house.clock.advance(timedelta(minutes=10))
    assert bank.send(call) == 401
    now = house.clock.now()
    for off in (timedelta(hours=1), timedelta(hours=-1), timedelta(minutes=5, seconds=1)):
        assert bank.send(ring("evt_2", call.body, now - off)) == 401
    again = ring("evt_1", call.body, now)  # the bank tries again later, and signs again
    for place in range(0, len(again.body), 7):
        changed = bytearray(again.body)
        changed[place] ^= 1
        assert bank.send(Ring(again.headers, bytes(changed))) == 401
    assert bank.send(again) == 200
    assert house.count(inbound_event) == 1
    assert judged(house) == "credited 1"
    assert (judged(house), house.state(house.reference(1, SEPTEMBER))) == ("", "settled")
    assert house.ask("select count(*) from outcome") == 1


def test_five_minutes_off_is_still_now(house: House, bank: Line) -> None:
    for off in (timedelta(minutes=-5), timedelta(minutes=5)):
        body = said("R", "ACCP")
        assert bank.send(ring(f"evt_{off.days}", body, house.clock.now() + off)) == 200


def test_a_secret_may_be_changed(house: House, bank: Line) -> None:
    for number, secrets in enumerate(((OLD_SECRET,), (SECRET, OLD_SECRET), (b"x" * 32, SECRET))):
        assert bank.send(credited(house, f"evt_{number}", *secrets)) == 200


def test_what_is_no_signed_call_is_turned_away(house: House, bank: Line) -> None:
    good = credited(house)
    signature = good.headers["webhook-signature"]
    wrong = [
        Ring({}, good.body),
        credited(house, "evt_1", b"x" * 32),
        credited(house, "a.b"),
        credited(house, "x" * 129),
        good.but(webhook_id="evt_2"),
        good.but(webhook_timestamp=""),
        good.but(webhook_timestamp="now"),
        good.but(webhook_timestamp=good.headers["webhook-timestamp"] + ".0"),
        good.but(webhook_timestamp="9" * 40),
        good.but(webhook_signature=signature[3:]),
        good.but(webhook_signature=signature.replace("v1,", "v2,")),
        good.but(webhook_signature=signature[:-1]),
        good.but(webhook_signature=signature + "\xe9"),
        good.but(webhook_signature=" ".join(["v1,AAAA"] * 9)),
        good.but(webhook_signature="v1," + "A" * 20_000),
    ]
    paths = ("/", "/nobody", f"/{POST}", f"/{BANK}/", f"/{BANK}/x", f"/{BANK.upper()}x", "/%00")
    elsewhere = [Ring(good.headers, good.body, path) for path in paths]
    assert [bank.send(one) for one in (*wrong, *elsewhere)] == [401] * (len(wrong) + len(elsewhere))
    for method in ("GET", "PUT", "DELETE", "OPTIONS", "PATCH"):
        assert bank.send(good, method) == 405
    assert house.count(inbound_event) == 0
    assert bank.send(good) == 200


def test_the_same_id_with_other_words_is_a_second_event(house: House, bank: Line) -> None:
    now = house.clock.now()
    one, two = house.reference(1, SEPTEMBER), house.reference(2, SEPTEMBER)
    for body in (said(one, "ACCC"), said(two, "ACCC")):
        assert bank.send(ring("evt_1", body, now)) == 200
    assert judged(house) == "credited 2"
    assert house.count(inbound_event) == 2


def raw(port: int, text: bytes) -> bytes:
    with closing(socket.create_connection(("127.0.0.1", port), timeout=20)) as wire:
        wire.sendall(text)
        wire.shutdown(socket.SHUT_WR)
        found = b""
        with suppress(ConnectionError):  # a server that has heard enough hangs up
            while piece := wire.recv(4096):
                found += piece
    return found


def test_a_megabyte_is_the_most(house: House, port: int) -> None:
    """Said beforehand, in chunks, and with a length that is not true."""
    head = f"POST /{BANK} HTTP/1.1\r\nHost: x\r\n".encode()
    assert raw(port, head + b"Content-Length: 1000001\r\n\r\n").startswith(b"HTTP/1.1 413")
    long = b"F4241\r\n" + b"x" * 1_000_001 + b"\r\n"
    found = raw(port, head + b"Transfer-Encoding: chunked\r\n\r\n" + long + b"0\r\n\r\n")
    assert found == b"" or found.startswith(b"HTTP/1.1 413")
    assert raw(port, head + b"Content-Length: 50\r\n\r\nshort") == b""  # it never was a call
    call = credited(house)
    rest = "".join(f"{name}: {value}\r\n" for name, value in call.headers.items()).encode()
    short = head + rest + b"Content-Length: 10\r\n\r\n" + call.body
    assert raw(port, short).startswith(b"HTTP/1.1 401")
    assert house.count(inbound_event) == 0
    size = hex(len(call.body))[2:].encode()
    pieces = head + rest + b"Transfer-Encoding: chunked\r\n\r\n" + size + b"\r\n" + call.body
    assert raw(port, pieces + b"\r\n0\r\n\r\n").startswith(b"HTTP/1.1 200")


def test_a_busy_database_says_come_again(house: House, bank: Line) -> None:
    """Another writer holds the pen: 503 within the patience, nothing written, then 200."""
    call = credited(house)
    with house.owner.engine.begin() as connection:
        if not house.owner.is_sqlite:
            connection.exec_driver_sql("lock table inbound_event in exclusive mode")
        assert bank.send(call) == 503
    assert bank.send(call) == 200
    assert house.count(inbound_event) == 1


def test_a_channel_that_is_no_longer_what_two_confirmed_takes_nothing(
    house: House, bank: Line
) -> None:
    call = credited(house)
    tamper = "update channel set profile = profile || '#'"
    with house.owner.engine.begin() as connection:
        schema.drop_rules(connection)
        connection.exec_driver_sql(tamper)
    house.clock.advance(timedelta(seconds=11))
    assert bank.send(call) == 503
    assert house.count(inbound_event) == 0


def test_a_secret_that_others_may_read_counts_for_nothing(house: House, bank: Line) -> None:
    for name in ("call.new", "call.old"):
        (house.home / "secrets" / name).chmod(0o644)
    assert bank.send(credited(house)) == 401


WRONG = (
    "update inbound_event set body = 'x'",
    "update inbound_event set event_id = 'other'",
    "delete from inbound_event",
    "update inbound_event set packed_in = (select min(id) from inbound_file)",
    "insert into inbound_event (provider, event_id, body_digest, body, received_at, packed_in)"
    " select provider, 'evt_9', body_digest, body, received_at,"
    " (select min(id) from inbound_file) from inbound_event",
)


@pytest.mark.stage(of=tables_filled)
def test_a_call_is_never_changed(house: House) -> None:
    for wrong in WRONG:
        with pytest.raises(DBAPIError, match=r"inbound_event|append-only"):
            house.tamper(wrong)


def test_the_receiver_may_add_calls_and_nothing_else(house: House) -> None:
    """Its login on PostgreSQL, its connection on SQLite."""
    with closing(receiver_of(house)) as database:
        check_login(database)
        call = Call(BANK, "evt_1", "1", "s", b"{}")
        for new in (True, False):
            with database.unit_of_work() as session:
                assert keep(session, house.keyring, call, house.clock.now()) is new
        forbidden = ["update inbound_event set packed_in = 1", "delete from inbound_event",
                     "update provider set name = ''", "update instruction set state = 'settled'",
                     "insert into fund values ('x', 'x')"]  # fmt: skip
        if not database.is_sqlite:
            forbidden += ["select * from inbound_event", "select * from person",
                          "select * from instruction", "select * from bank_line"]  # fmt: skip
        for wrong in forbidden:
            with pytest.raises(DBAPIError), database.unit_of_work() as session:
                session.execute(text(wrong))
        url = house.database.url.render_as_string(hide_password=False)
        with closing(Database(url, rights=hook_rights_on)) as service:
            if not service.is_sqlite:  # the application's own login may do more
                with pytest.raises(SettingsError):
                    check_login(service)
