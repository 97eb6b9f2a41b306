"""The payout bank as a living process: TLS, bearer token, hangs, callbacks, SIGKILL."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import signal
import ssl
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import requests

from bank_adapters.sandbox import launch
from tests.bank_adapters.sandbox.payout_samples import bulk_file, payment

PAYOUT = {
    "overdraft": True,
    "settle_seconds": 0,
    "hang_seconds": 1,
    "callback_retry_seconds": 0,
}


class Client:
    """A client that pins the bank's certificate."""

    def __init__(self, running: launch.Running) -> None:
        self.url = running.payout_url
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = str(running.payout_ca)
        self.session.headers["Authorization"] = f"Bearer {running.payout_token.read_text()}"

    def pay(self, body: dict[str, Any], seconds: float = 5) -> requests.Response:
        key = {"Idempotency-Key": body["reference"]}
        return self.session.post(f"{self.url}/payments", json=body, headers=key, timeout=seconds)

    def get(self, path: str) -> requests.Response:
        return self.session.get(f"{self.url}{path}", timeout=5)


class Hooks(ThreadingHTTPServer):
    """Our side of the callbacks: refuses the first ones, keeps what it heard."""

    daemon_threads = True

    def __init__(self, refusals: int) -> None:
        super().__init__(("127.0.0.1", 0), Hook)
        self.refusals = refusals
        self.heard: list[tuple[str, dict[str, str], bytes]] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Hook(BaseHTTPRequestHandler):
    server: Hooks
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.path, dict(self.headers), raw))
        self.server.refusals -= 1
        self.send_response(503 if self.server.refusals >= 0 else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""


@pytest.fixture(scope="module")
def hooks() -> Iterator[Hooks]:
    server = Hooks(refusals=2)
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, hooks: Hooks) -> Iterator[launch.Running]:
    url = f"http://127.0.0.1:{hooks.server_port}/bank"
    living = launch.start(
        tmp_path_factory.mktemp("payout"), {"payout": {**PAYOUT, "callback_url": url}}
    )
    yield living
    living.stop()


def test_the_certificate_is_pinned_and_the_token_wanted(running: launch.Running) -> None:
    client = Client(running)
    shown = ssl.PEM_cert_to_DER_cert(running.payout_ca.read_text())
    assert hashlib.sha256(shown).hexdigest() == running.payout_sha256
    for secret in (running.payout_token, running.payout_secret, running.home / "keys/payout.key"):
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(f"{client.url}/reports", timeout=5)
    client.session.headers["Authorization"] = "Bearer wrong"
    assert client.pay(payment(1)).status_code == 401
    assert running.control().payout_books()["requests"] == 0


def test_a_payment_its_status_its_callback_and_its_books(
    running: launch.Running, hooks: Hooks
) -> None:
    client = Client(running)
    body = payment(2)
    answer = client.pay(body)
    assert (answer.status_code, answer.json()["status"]) == (202, "ACSC")
    found = client.get(f"/payments/{body['reference']}").json()
    assert (found["status"], found["amount"]) == ("ACSC", body["amount"])
    path, headers, raw = wait_for(hooks, 3)[2]  # refused twice with 503 before
    assert path == "/bank/payout"
    assert_signed(headers, raw, running.payout_secret.read_text())
    executions = running.control().payout_executions(body["reference"])
    assert (executions["executed"], executions["total"]) == (1, body["amount"])
    page = requests.get(running.control_url, timeout=5).content.decode()
    assert "Ngân hàng chi qua API (HTTPS)" in page


def wait_for(hooks: Hooks, count: int) -> list[tuple[str, dict[str, str], bytes]]:
    deadline = time.monotonic() + 10
    while len(hooks.heard) < count and time.monotonic() < deadline:
        time.sleep(0.02)
    return hooks.heard


def assert_signed(headers: dict[str, str], raw: bytes, secret: str) -> None:
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + raw
    mark = hmac.new(secret.encode(), signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(mark).decode()}"


def test_a_bulk_file_over_the_wire_and_its_answer_on_the_shelf(running: launch.Running) -> None:
    client = Client(running)
    raw = bulk_file([payment(number) for number in (10, 11)], "MB")
    answer = client.session.post(
        f"{client.url}/batches", data=raw, headers={"Idempotency-Key": "MB"}, timeout=5
    )
    assert (answer.status_code, answer.json()["status"]) == (202, "ACTC")
    assert len(client.get("/batches/MB").json()["payments"]) == 2
    waiting = client.get("/reports").json()["reports"]
    shelf = next(one for one in waiting if one["name"].endswith("answer.jsonl"))
    content = client.get(f"/reports/{shelf['name']}").content
    assert hashlib.sha256(content).hexdigest() == shelf["sha256"]
    done = client.session.post(f"{client.url}/reports/{shelf['name']}/done", timeout=5)
    assert done.status_code == 204
    assert shelf not in client.get("/reports").json()["reports"]


def test_silence_is_a_connection_without_an_answer(running: launch.Running) -> None:
    client, control = Client(running), running.control()
    control.payout("behaviours", {"silence": True})
    with pytest.raises(requests.ReadTimeout):
        client.pay(payment(20), seconds=0.2)
    control.payout("behaviours", {"silence": False})
    assert control.payout_executions(payment(20)["reference"])["executed"] == 1
    assert client.pay(payment(20)).json()["repeated"] is True


def test_without_a_configuration_it_makes_one(tmp_path: Path) -> None:
    home = tmp_path / "new" / "bank"
    command = [sys.executable, "-m", "bank_adapters.sandbox", "--home", str(home)]
    with subprocess.Popen(command) as process:
        deadline = time.monotonic() + 30
        while not (running := launch.find(home)) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert running is not None
        assert running.pid == process.pid
        assert Client(running).get("/reports").json() == {"reports": []}
        process.terminate()
    assert process.returncode == 0


def test_killed_in_the_middle_it_has_lost_no_executed_payment(tmp_path: Path) -> None:
    """What was answered 202 is in the book once; what was not may be there once or not."""
    config = {"payout": {**PAYOUT, "faults": {"seed": 3, "per_mille": {"reset": 100}}}}
    running = launch.start(tmp_path, config)
    told: dict[str, int] = {}
    for kill in range(2):
        threading.Timer(0.4, os.kill, (running.pid, signal.SIGKILL)).start()
        pay_until_it_dies(running, kill * 10_000, told)
        running = launch.start(tmp_path, config)
    control = running.control()
    for reference, amount in told.items():
        found = control.payout_executions(reference)
        assert (found["executed"], found["total"]) == (1, amount)
    books = control.payout_books()
    running.stop()
    assert len(told) > 20
    assert books["proof"] == []
    assert books["executed"]["references_max"] == 1
    assert books["executed"]["count"] >= len(told)


def pay_until_it_dies(running: launch.Running, first: int, told: dict[str, int]) -> None:
    client = Client(running)
    for number in count(first):
        body = payment(number)
        try:
            if client.pay(body).status_code == 202:
                told[body["reference"]] = body["amount"]
        except requests.RequestException:
            if not running.alive():
                return
