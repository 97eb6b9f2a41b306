"""The HTTPS door: TLS and HTTP around `Api`, and the ways in which a connection fails."""

from __future__ import annotations

import select
import socket
import ssl
import struct
import sys
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

from .answers import Answer, Reset, Timeout, say
from .api import BASE

MAX_BODY = 256 << 20
LINGER_NOT = struct.pack("ii", 1, 0)  # closing sends a reset instead of the polite end


class Served(Protocol):
    """What stands behind the door: `Api`, or another bank that answers requests."""

    @property
    def hang_seconds(self) -> float:
        """How long a request that gets no answer is kept waiting."""

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer one request; raises Timeout and Reset."""


class PayoutServer(ThreadingHTTPServer):
    """Listens on a loopback port of the system's choice."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, api: Served, context: ssl.SSLContext, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.api = api
        self._context = context

    @property
    def url(self) -> str:
        """Where clients find the API."""
        return f"https://127.0.0.1:{self.server_port}{BASE}"

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Greet in the connection's own thread, so that a silent client blocks nobody."""
        request.settimeout(60)
        with self._context.wrap_socket(request, server_side=True) as tls:
            Handler(tls, client_address, self)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is ordinary; anything else belongs in the bank's log."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """One connection; the institution does the work."""

    server: PayoutServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Statuses and reports."""
        self._serve()

    def do_POST(self) -> None:
        """Payments, files, names, reports that are done."""
        self._serve()

    def _serve(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > MAX_BODY or "chunked" in self._coding():
            self.close_connection = True
            return self._send(say(411, {"error": "state a Content-Length within the limit"}))
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.close_connection = True  # cut off on the way: this is no request
            return None
        try:
            answer = self.server.api.handle(self.command, self.path, dict(self.headers), body)
        except Timeout:
            return self._hang()
        except Reset:
            return self._break()
        return self._send(answer)

    def _coding(self) -> str:
        return self.headers.get("Transfer-Encoding", "").lower()

    def _send(self, answer: Answer) -> None:
        if answer.wait:
            time.sleep(answer.wait)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def _hang(self) -> None:
        """Say nothing until the client gives up, or the bank does."""
        self.close_connection = True
        select.select([self.connection], [], [], self.server.api.hang_seconds)

    def _break(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:
        """The book is the log."""
