"""Stand-in registers over real HTTP on loopback: for tests and for a training installation.

It keeps our contract as the other side would: it knows its caller by a secret, refuses a field that
the contract does not have, answers the same idempotency key with the same bytes. On request it
misbehaves, as networks and registers do.
"""

from __future__ import annotations

import hmac
import json
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from marshmallow import ValidationError

from app.checks.client import signature
from app.checks.contracts import CONTRACTS
from app.checks.schemas import ASKED, Enquiry
from app.clock import Clock
from app.demo.registers import Registers

BODY_MAX = 16 << 20
SLOW_SECONDS = 1
FAULTS = (
    "slow",
    "busy",
    "redirect",
    "html",
    "broken",
    "half",
    "stranger",
    "other_request",
    "replay",
    "huge",
    "dropped",
)
Reply = tuple[int, str, bytes]


class StandIn(ThreadingHTTPServer):
    """Listens on a loopback port; `faults` are played one a request, from the left.

    `served` counts the requests that were worked on, not those answered from memory.
    """

    daemon_threads = True

    def __init__(self, registers: Registers, secret: str, clock: Clock, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.registers, self.secret, self.clock = registers, secret, clock
        self.faults: deque[str] = deque()
        self.answers: dict[str, bytes] = {}
        self.last = b"{}"
        self.served = 0

    def url(self, source: str) -> str:
        """Where one register listens."""
        return f"http://127.0.0.1:{self.server_address[1]}/{source}"

    def may(self, headers: Any, body: bytes) -> bool:
        """Whether the caller knows the secret, as a bearer or by a signature."""
        key, moment = headers.get("Idempotency-Key", ""), headers.get("X-AnSinh-Time", "")
        signed = signature(self.secret, moment, key, body)
        return hmac.compare_digest(
            headers.get("Authorization", ""), f"Bearer {self.secret}"
        ) or hmac.compare_digest(headers.get("X-AnSinh-Signature", ""), signed)

    def work(self, source: str, key: str, body: bytes) -> bytes:
        """The answer to a request; to a known key the same bytes again."""
        if key not in self.answers:
            said = Enquiry().load(json.loads(body))
            items = [ASKED[source].load(item) for item in said["items"]]
            now = self.clock.now()
            lines = [self.registers.answer(source, item, now) for item in items]
            reply = {"request_id": said["request_id"], "source": source, "items": lines}
            self.answers[key] = json.dumps(reply, ensure_ascii=False).encode()
            self.served += 1
        return self.answers[key]


@contextmanager
def running(server: StandIn) -> Iterator[StandIn]:
    """Serve in a thread of this process until the block ends."""
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: StandIn
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """One request to one register, by the path."""
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(min(size, BODY_MAX))
        reply = self._reply(self.path.strip("/"), body)
        fault = self.server.faults.popleft() if self.server.faults else ""
        if fault == "dropped":
            self.close_connection = True
            return
        status, kind, content = _FAULTS[fault](self.server, reply) if fault else reply
        if status == 200:
            self.server.last = content
        self._send(status, kind, content)

    def _reply(self, source: str, body: bytes) -> Reply:
        if source not in CONTRACTS:
            return 404, "application/json", b"{}"
        if not self.server.may(self.headers, body):
            return 401, "application/json", b"{}"
        try:
            content = self.server.work(source, self.headers.get("Idempotency-Key", ""), body)
        except (ValueError, ValidationError):
            return 422, "application/json", b"{}"
        return 200, "application/json", content

    def _send(self, status: int, kind: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the caller's log tells it, without the lines."""


# ---------------------------------------------------------------- misbehaviour


def _slow(_server: StandIn, reply: Reply) -> Reply:
    time.sleep(SLOW_SECONDS)
    return reply


def _changed(change: Callable[[dict[str, Any]], None]) -> Callable[[StandIn, Reply], Reply]:
    """A fault that changes what the answer says."""

    def fault(_server: StandIn, reply: Reply) -> Reply:
        said = json.loads(reply[2])
        change(said)
        return reply[0], reply[1], json.dumps(said, ensure_ascii=False).encode()

    return fault


def _half(said: dict[str, Any]) -> None:
    said["items"] = said["items"][: len(said["items"]) // 2]


def _stranger(said: dict[str, Any]) -> None:
    """The first line is about somebody we did not ask for."""
    line = said["items"][0]
    name = "account" if "account" in line else "citizen_id"
    line[name] = "9" * len(line[name])


def _other_request(said: dict[str, Any]) -> None:
    said["request_id"] += "x"


_FAULTS: dict[str, Callable[[StandIn, Reply], Reply]] = {
    "slow": _slow,
    "busy": lambda _server, _reply: (503, "application/json", b"{}"),
    "redirect": lambda _server, _reply: (302, "application/json", b"{}"),
    "html": lambda _server, reply: (200, "text/html", reply[2]),
    "broken": lambda _server, reply: (200, reply[1], reply[2][: len(reply[2]) // 2]),
    "half": _changed(_half),
    "stranger": _changed(_stranger),
    "other_request": _changed(_other_request),
    "replay": lambda server, reply: (200, reply[1], server.last),
    "huge": lambda _server, reply: (200, reply[1], b" " * (17 << 20)),
}
