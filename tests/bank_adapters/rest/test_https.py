"""Requests over HTTPS: what is certain, what is a doubt, and what is never done."""

from __future__ import annotations

import io
import logging
import socket
import struct
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bank_adapters.errors import BankError, InDoubt, Refused, Stranger, Unavailable
from bank_adapters.transports.https import Answered, HttpsLine, HttpsTarget
from tests.support.ports import free_port
from tests.support.rest_bank import TOKEN, Act, Asked, Handler, RestBank, certificate

BODY = b'{"account":"0011223344556"}'


def target(bank: RestBank, **changes: Any) -> HttpsTarget:
    made = HttpsTarget(bank.base, TOKEN, ca=bank.ca, connect_seconds=2, read_seconds=0.3,
                       total_seconds=0.8, answer_max=50_000)  # fmt: skip
    return replace(made, **changes)


def call(told: HttpsTarget, method: str = "POST", path: str = "/any") -> Answered:
    line = HttpsLine(told)
    try:
        return line.call(method, path, BODY)
    finally:
        line.close()


def always(bank: RestBank, act: Act) -> None:
    bank.act = lambda asked: act


def test_an_answer_is_given_as_it_came(bank: RestBank) -> None:
    always(bank, lambda handler, asked: handler.answer(429, {"taken": False}, Retry_After="7"))
    assert call(target(bank)) == Answered(429, b'{"taken": false}', 7)
    (asked,) = bank.asked
    assert asked.headers["Authorization"] == f"Bearer {TOKEN}"
    assert asked.body == BODY


def test_one_line_is_used_for_many_requests(bank: RestBank) -> None:
    seen = set()
    bank.act = lambda asked: lambda handler, asked: (
        seen.add(handler.client_address), handler.answer(200, {}))[1]  # fmt: skip
    line = HttpsLine(target(bank))
    for _ in range(5):
        assert line.call("GET", "/any").status == 200
    line.close()
    assert len(seen) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(bank: RestBank, status: int) -> None:
    always(bank, lambda handler, asked: handler.answer(status, {}, Location="/elsewhere"))
    assert call(target(bank)).status == status
    assert [one.path for one in bank.asked] == ["/any"]


@pytest.mark.parametrize("status", [103, 500, 503])
def test_nothing_is_tried_twice(bank: RestBank, status: int) -> None:
    said = f"HTTP/1.1 {status} X\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n".encode()
    always(bank, lambda handler, asked: handler.raw(said))
    assert call(target(bank)).status == status
    assert len(bank.asked) == 1


def _reset(handler: Handler, asked: Asked) -> None:
    """Drop the line in the middle of an answer."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
    handler.wfile.flush()
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True


def _drip(start: bytes, piece: bytes) -> Act:
    """Never silent, never done."""

    def act(handler: Handler, asked: Asked) -> None:
        handler.wfile.write(start)
        try:
            for _ in range(100):
                handler.wfile.write(piece)
                handler.wfile.flush()
                time.sleep(0.1)
        except OSError:
            handler.close_connection = True

    return act


OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
DOUBTS: dict[str, Act] = {
    "silence after accepting": lambda handler, asked: time.sleep(0.5),
    "hung up without a word": lambda handler, asked: handler.raw(b""),
    "no HTTP": lambda handler, asked: handler.raw(b"hello\r\n\r\n"),
    "reset in the middle": _reset,
    "half an answer": lambda handler, asked: handler.raw(OK + b"Content-Length: 9\r\n\r\n{}"),
    "a huge answer": lambda handler, asked: handler.answer(200, b"x" * 60_000),
    "a huge answer of no length": lambda handler, asked: handler.raw(OK + b"\r\n" + b"x" * 60_000),
    "chunks without end": _drip(CHUNKED, b"1\r\nx\r\n"),
    "headers without end": _drip(OK, b"X-A: b\r\n"),
    "bad chunks": lambda handler, asked: handler.raw(CHUNKED + b"zz\r\n{}\r\n"),
    "packed": lambda handler, asked: handler.answer(200, b"\x1f\x8b", Content_Encoding="gzip"),
    "one endless header": lambda handler, asked: handler.raw(OK + b"X: " + b"y" * 100_000),
}


@pytest.mark.parametrize("case", DOUBTS)
def test_after_the_first_byte_everything_unclear_is_a_doubt(bank: RestBank, case: str) -> None:
    always(bank, DOUBTS[case])
    started = time.monotonic()
    with pytest.raises(InDoubt) as told:
        call(target(bank))
    assert time.monotonic() - started < 2
    assert len(bank.asked) == 1
    assert TOKEN not in str(told.value)
    assert "0011223344556" not in str(told.value)


def test_a_certificate_is_pinned_by_its_authority_or_by_its_fingerprint(bank: RestBank) -> None:
    always(bank, lambda handler, asked: handler.answer(200, {}))
    for told in (
        target(bank),
        target(bank, ca=None, fingerprint=bank.fingerprint),
        target(bank, fingerprint=bank.fingerprint),
    ):
        assert call(told).status == 200


def test_a_stranger_is_told_nothing(bank: RestBank, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    other.write_bytes(certificate()[1])
    for told in (
        target(bank, ca=None),  # nobody whom this system knows has signed it
        target(bank, ca=other),
        target(bank, ca=None, fingerprint="0" * 64),
        target(bank, fingerprint="0" * 64),
        target(bank, base=bank.base.replace("127.0.0.1", "localhost")),
    ):
        with pytest.raises(Stranger):
            call(told)
    assert bank.asked == []


def test_what_fails_before_the_request_was_handed_over_to_nobody(bank: RestBank) -> None:
    for base in (f"https://127.0.0.1:{free_port()}", "https://no-such-host.invalid"):
        with pytest.raises(Unavailable) as told:
            call(target(bank, base=base))
        assert not isinstance(told.value, Stranger)


def test_a_listener_that_speaks_no_tls_was_told_nothing(bank: RestBank) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            one, _ = server.accept()
            one.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            one.close()

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(Unavailable):
            call(target(bank, base=f"https://127.0.0.1:{server.getsockname()[1]}"))
        thread.join()


def test_a_handshake_that_never_comes_was_told_nothing(bank: RestBank) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        base = f"https://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(Unavailable):
            call(target(bank, base=base, connect_seconds=0.3))


def test_no_proxy_password_file_or_cookie_of_the_machine_is_used(
    bank: RestBank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login x password y\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(netrc))
    always(bank, lambda handler, asked: handler.answer(200, {}, Set_Cookie="a=b"))
    line = HttpsLine(target(bank))
    for _ in range(2):
        assert line.call("GET", "/any").status == 200
    line.close()
    assert {one.headers["Authorization"] for one in bank.asked} == {f"Bearer {TOKEN}"}
    assert not any("Cookie" in one.headers for one in bank.asked)


def test_the_token_is_never_shown(bank: RestBank, caplog: pytest.LogCaptureFixture) -> None:
    told = target(bank)
    assert TOKEN not in repr(told)
    always(bank, lambda handler, asked: handler.raw(b""))
    with caplog.at_level(logging.DEBUG), pytest.raises(InDoubt):
        call(told)
    assert TOKEN not in caplog.text


@pytest.mark.parametrize(
    ("base", "hosts"),
    [
        ("http://bank.vn", ()),
        ("https://bank.vn/", ()),
        ("https://user@bank.vn", ()),
        ("https://bank.vn/v1?x=1", ()),
        ("https://", ()),
        ("https://bank.vn.example.com", ("bank.vn",)),
    ],
)
def test_an_address_that_is_none_of_the_banks_is_refused(base: str, hosts: tuple[str, ...]) -> None:
    with pytest.raises(Refused):
        HttpsLine(HttpsTarget(base, TOKEN, hosts=hosts))


def test_a_download_is_bounded_and_digested(bank: RestBank) -> None:
    always(bank, lambda handler, asked: handler.answer(200, b"y" * 100_000))
    line, out = HttpsLine(target(bank)), io.BytesIO()
    assert line.download("/reports/a", out, 100_000)[1] == 100_000
    with pytest.raises(InDoubt):
        line.download("/reports/a", io.BytesIO(), 99_999)
    always(bank, lambda handler, asked: handler.answer(500, {}))
    with pytest.raises(BankError, match="500"):
        line.download("/reports/a", io.BytesIO(), 10)
    line.close()


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"a":1,"a":2}', b'{"a":NaN}', b"\xff", b"[" * 100_000]
)
def test_a_body_that_is_no_plain_object_says_nothing(body: bytes) -> None:
    assert Answered(200, body).told() == {}
