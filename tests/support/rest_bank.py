"""A bank over HTTPS on loopback with a book of its own, which can be told to misbehave.

By itself it keeps the agreed wire honestly. `act` is asked first for every request: what it gives
is done instead, or, where it gives None, nothing out of the way.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

TOKEN = "token-that-nobody-may-see"


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        """The JSON object in the body."""
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def reference(self) -> str:
        """The payment that it is about, "" for none."""
        return str(self.told.get("reference", "")) if self.path == "/payments" else ""


class Handler(BaseHTTPRequestHandler):
    """One conversation; the bank stands in `self.server.bank`."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    bank: RestBank

    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads it."""

    def answer(self, status: int, told: Any = None, **headers: str) -> None:
        """An answer of plain bytes or of JSON."""
        body = told if isinstance(told, bytes) else json.dumps(told).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def raw(self, data: bytes) -> None:
        """These bytes and no others, and the line is dropped."""
        self.wfile.write(data)
        self.wfile.flush()
        self.close_connection = True

    def handle(self) -> None:
        """As the base class; a conversation that the other side drops is over, no more."""
        try:
            super().handle()
        except OSError:
            self.close_connection = True

    def _do(self) -> None:
        size = int(self.headers.get("Content-Length", 0))
        asked = Asked(self.command, self.path, dict(self.headers), self.rfile.read(size))
        if len(asked.body) == size:
            self.bank.serve(self, asked)

    do_GET = do_POST = _do


Act = Callable[[Handler, Asked], None]


@dataclass
class RestBank:
    """What the bank has taken (`taken`, by key), how often, what it was asked, what waits."""

    base: str = ""
    ca: Path = Path()
    fingerprint: str = ""
    act: Callable[[Asked], Act | None] = lambda asked: None
    asked: list[Asked] = field(default_factory=list)
    taken: dict[str, bytes] = field(default_factory=dict)
    reports: dict[str, bytes] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    word: str = "ACSP"
    lock: threading.Lock = field(default_factory=threading.Lock)

    def serve(self, handler: Handler, asked: Asked) -> None:
        """Take a request in, and misbehave as told or answer by the wire."""
        with self.lock:
            self.asked.append(asked)
        act = self.act(asked)
        if act is not None:
            act(handler, asked)
        elif asked.headers.get("Authorization") != f"Bearer {TOKEN}":
            handler.answer(401, {"error": "token"})
        else:
            self.honest(handler, asked)

    def honest(self, handler: Handler, asked: Asked) -> None:
        """The answer by the wire."""
        way = asked.path.split("/")[1]
        if asked.method == "POST" and asked.path == "/payments":
            status, told = self.take(asked)
            handler.answer(status, told)
        elif asked.method == "POST" and asked.path == "/batches":
            key = asked.headers["Idempotency-Key"]
            self.taken.setdefault(key, asked.body)
            handler.answer(202, {"message_id": key, "status": "ACTC"})
        elif asked.path == "/names":
            holder = self.names.get(asked.told["account"])
            handler.answer(200 if holder else 404, {"holder": holder} if holder else {})
        elif way == "reports":
            self._report(handler, asked)
        else:
            self._enquiry(handler, asked)

    def take(self, asked: Asked) -> tuple[int, dict[str, Any]]:
        """Execute one payment, once for each key."""
        key, told = asked.headers["Idempotency-Key"], asked.told
        with self.lock:
            before = self.taken.setdefault(key, asked.body)
            is_new = sum(one.headers.get("Idempotency-Key") == key for one in self.asked) == 1
        if before != asked.body:
            return 409, {"error": "key_reused"}
        said = {"reference": key, "status": self.word, "amount": told["amount"],
                "bank_reference": f"B{key[:6]}"}  # fmt: skip
        return (202, said) if is_new else (200, {**said, "repeated": True})

    def _report(self, handler: Handler, asked: Asked) -> None:
        parts = asked.path.split("/")
        if len(parts) == 2:
            rows = [
                {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
                for name, data in self.reports.items()
            ]
            handler.answer(200, {"reports": rows})
        elif asked.method == "POST":
            self.reports.pop(parts[2], None)
            handler.answer(204, b"")
        else:
            handler.answer(200, self.reports[parts[2]])

    def _enquiry(self, handler: Handler, asked: Asked) -> None:
        thing = asked.path.split("/")[2]
        if thing not in self.taken:
            handler.answer(404, {"reference": thing, "status": "NOTF"})
        elif asked.path.startswith("/batches"):
            rows = [self._told(json.loads(line)) for line in self.taken[thing].splitlines()[1:-1]]
            handler.answer(200, {"message_id": thing, "status": "ACTC", "payments": rows})
        else:
            handler.answer(200, self._told(json.loads(self.taken[thing])))

    def _told(self, payment: dict[str, Any]) -> dict[str, Any]:
        names = ("reference", "amount", "account")
        return {**{name: payment[name] for name in names}, "status": self.word, "reason": "",
                "bank_reference": "B1"}  # fmt: skip

    def posted(self, reference: str) -> int:
        """How often a payment was asked for."""
        return sum(one.method == "POST" and one.reference == reference for one in self.asked)


def certificate(host: str = "127.0.0.1") -> tuple[bytes, bytes, str]:
    """(key and certificate in PEM, certificate in PEM, SHA-256 in hex), signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Ngân hàng mẫu")])
    day = datetime(2026, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(day)
        .not_valid_after(day + timedelta(days=36_500))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    shown = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return secret + shown, shown, made.fingerprint(hashes.SHA256()).hex()


_certificate = cache(certificate)


@contextmanager
def rest_bank(folder: Path) -> Iterator[RestBank]:
    """A bank that listens until the end of the block; its certificate lies in `folder`."""
    both, shown, fingerprint = _certificate()
    (folder / "bank.pem").write_bytes(both)
    (folder / "ca.pem").write_bytes(shown)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "bank.pem")
    bank = RestBank(ca=folder / "ca.pem", fingerprint=fingerprint)
    server = _Server(("127.0.0.1", 0), type("_Handler", (Handler,), {"bank": bank}))
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    bank.base = f"https://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield bank
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up, or that refuses our certificate, is what is tried here."""
