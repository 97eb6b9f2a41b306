"""The control port: JSON over HTTP on loopback, for whoever plays the month.

It is no part of what a bank offers its clients; it opens accounts, puts Treasury money on
them, turns the clock on and shows the book. Every JSON call needs the token.
"""

from __future__ import annotations

import hmac
import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from . import agenda, inquiry, page
from .bankdays import moment
from .clockwork import Institution
from .payout import Institution as Payout
from .payout import control as payout_control
from .settings import PROVIDERS

TOKEN_HEADER = "X-Sandbox-Token"  # noqa: S105 - the name of a header
MAX_BODY = 64 << 20
TREASURY = "KHO BAC NHA NUOC (GIA LAP)"


class Refusal(Exception):
    """A call that cannot be served: HTTP status and what to do."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class ControlServer(ThreadingHTTPServer):
    """Listens on a loopback port of the system's choice."""

    daemon_threads = True

    def __init__(self, institution: Institution, payout: Payout) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.institution = institution
        self.payout = payout


class Handler(BaseHTTPRequestHandler):
    """One call; the server's institution does the work."""

    server: ControlServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else every answer waits 40 ms for the client's word

    def do_GET(self) -> None:
        """Health and the page are open to this machine; the rest needs the token."""
        self._answer("GET")

    def do_POST(self) -> None:
        """Everything that changes something."""
        self._answer("POST")

    def _answer(self, method: str) -> None:
        parts = urlsplit(self.path)
        try:
            body = self._body()
            self._check_host()
            if method == "GET" and parts.path == "/":
                shown = page.render(self.server.institution.book, self.server.payout)
                return self._send(200, shown, "text/html")
            answer = self._serve(method, parts.path, parse_qs(parts.query), body)
            self._send_json(200, answer)
        except Refusal as error:
            self._send_json(error.status, {"error": str(error)})
        except (LookupError, TypeError, ValueError) as error:
            self._send_json(400, {"error": f"{type(error).__name__}: {error}"})

    def _serve(self, method: str, path: str, query: dict[str, list[str]], body: bytes) -> Any:
        institution = self.server.institution
        if (method, path) == ("GET", "/health"):
            home = str(institution.places.home)
            return {"ok": True, "synthetic": True, "pid": os.getpid(), "home": home}
        self._check_token()
        if (method, path) == ("GET", "/book"):
            return inquiry.whole_book(institution.book)
        if (method, path) == ("GET", "/book/executed"):
            return inquiry.executions(institution.book, query["reference"][0])
        if (method, path) == ("POST", "/accounts"):
            return open_accounts(institution, json.loads(body))
        if (method, path) == ("POST", "/credits"):
            return plan_credits(institution, json.loads(body))
        if (method, path) == ("POST", "/advance"):
            return institution.advance(moment(json.loads(body)["now"]))
        if path == "/books" or path.startswith("/payout/"):
            return payout_control.serve(self.server.payout, method, path, query, body)
        raise Refusal(404, f"{method} {path} is not served here")

    def _check_token(self) -> None:
        given = self.headers.get(TOKEN_HEADER, "")
        wanted = self.server.institution.settings.token
        if not hmac.compare_digest(given.encode(), wanted.encode()):
            raise Refusal(401, f"the header {TOKEN_HEADER} does not hold the configured token")

    def _check_host(self) -> None:
        """A web page of another site must not reach this port under its own name."""
        host = self.headers.get("Host", "").rpartition(":")[0]
        if host not in ("127.0.0.1", "localhost"):
            raise Refusal(403, "call this port as 127.0.0.1 or localhost")

    def _body(self) -> bytes:
        length = int(self.headers.get("Content-Length") or 0)
        if length > MAX_BODY:
            self.close_connection = True
            raise Refusal(413, f"at most {MAX_BODY} bytes a call")
        return self.rfile.read(length)

    def _send_json(self, status: int, content: Any) -> None:
        text = json.dumps(content, ensure_ascii=False)
        self._send(status, text, "application/json")

    def _send(self, status: int, text: str, kind: str) -> None:
        content = text.encode("utf-8")
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """The book is the log."""


def open_accounts(institution: Institution, items: list[dict[str, Any]]) -> dict[str, int]:
    """Open accounts [{provider, number, name}]; those open already stay as they are."""
    opened = 0
    with institution.book.transaction() as sql:
        for item in items:
            if item["provider"] not in PROVIDERS:
                raise Refusal(400, f"provider must be one of {', '.join(PROVIDERS)}")
            opened += sql.execute(
                "INSERT OR IGNORE INTO account(provider, number, name) VALUES (?, ?, ?)",
                (item["provider"], str(item["number"]), str(item["name"])),
            ).rowcount
        sql.execute("UPDATE event SET state = 'due' WHERE kind = 'credit' AND state = 'waiting'")
    return {"opened": opened, "known": len(items) - opened}


def plan_credits(institution: Institution, items: list[dict[str, Any]]) -> dict[str, int]:
    """Money from the Treasury [{provider, account, amount, reference, remittance, at}].

    Idempotent by reference: the same again is harmless, other content is refused (409).
    It is booked at `at`, or at once (by the bank's clock) when that lies behind the clock.
    """
    planned = 0
    with institution.book.transaction():
        for item in items:
            planned += _plan_credit(institution, item)
    clock = institution.book.clock
    if planned and clock is not None:
        institution.settle_due(clock)
    return {"planned": planned, "known": len(items) - planned}


def _plan_credit(institution: Institution, item: dict[str, Any]) -> bool:
    book, reference = institution.book, str(item["reference"])
    if not isinstance(item["amount"], int) or item["amount"] <= 0 or not reference:
        raise Refusal(400, "amount must be whole đồng above 0, reference must not be empty")
    if book.account(item["provider"], str(item["account"])) is None:
        raise Refusal(404, f"account {item['account']} is not open; POST /accounts first")
    content = {
        "provider": item["provider"],
        "account": str(item["account"]),
        "amount": item["amount"],
        "name": str(item.get("name") or TREASURY),
        "reference": reference,
        "remittance": str(item.get("remittance", "")),
    }
    if agenda.plan(book, "credit", moment(item["at"]), f"treasury:{reference}", 0, **content):
        return True
    known = book.row("SELECT content FROM event WHERE key = ?", f"credit:treasury:{reference}")
    if known is None or json.loads(known["content"]) != content:
        raise Refusal(409, f"reference {reference} was used for another credit")
    return False
