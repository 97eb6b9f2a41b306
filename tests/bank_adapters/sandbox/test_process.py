"""The living process: its SFTP door, its control port, and what a kill leaves behind."""

from __future__ import annotations

import io
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import paramiko
import pytest
import requests

from bank_adapters.sandbox import launch
from tests.bank_adapters.sandbox.samples import at, payment_file

ACCOUNTS = [{"provider": "banka", "number": "111", "name": "UBND xã Một"}]


def credit(amount: int) -> dict[str, Any]:
    moment = at("2026-10-05 08:30").isoformat()
    names = {"provider": "banka", "account": "111", "reference": "KB1", "remittance": "CAP KP"}
    return {**names, "amount": amount, "at": moment}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[launch.Running]:
    home = tmp_path_factory.mktemp("bank")
    living = launch.start(home, {"cut_after_rename": ["777"]})
    yield living
    living.stop()


@pytest.fixture
def client(running: launch.Running) -> Iterator[paramiko.SFTPClient]:
    transport, sftp = connect(running)
    yield sftp
    transport.close()


def connect(running: launch.Running) -> tuple[paramiko.Transport, paramiko.SFTPClient]:
    transport = paramiko.Transport(("127.0.0.1", running.sftp_port))
    key = paramiko.ECDSAKey.from_private_key_file(str(running.client_key))
    transport.connect(username=running.user, pkey=key)
    shown = transport.get_remote_server_key()
    assert f"{shown.get_name()} {shown.get_base64()}" == running.host_key
    sftp = paramiko.SFTPClient.from_transport(transport)
    assert sftp is not None
    return transport, sftp


def test_only_the_authorised_key_opens_the_door(running: launch.Running) -> None:
    assert stat.S_IMODE(running.client_key.stat().st_mode) == 0o600
    wrong = paramiko.ECDSAKey.generate(bits=256)
    right = paramiko.ECDSAKey.from_private_key_file(str(running.client_key))
    for user, offer in (
        (running.user, {"pkey": wrong}),
        ("root", {"pkey": right}),
        (running.user, {"password": "x"}),
    ):
        transport = paramiko.Transport(("127.0.0.1", running.sftp_port))
        with pytest.raises(paramiko.SSHException):
            transport.connect(username=user, **offer)
        transport.close()


def test_a_file_is_delivered_by_a_rename_that_never_replaces(client: paramiko.SFTPClient) -> None:
    client.putfo(io.BytesIO(b"one"), "in/.part-A.xml")
    client.rename("in/.part-A.xml", "in/A.xml")
    client.putfo(io.BytesIO(b"two"), "in/.part-A.xml")
    with pytest.raises(OSError, match="Failure"):
        client.rename("in/.part-A.xml", "in/A.xml")
    with pytest.raises(OSError, match="unsupported"):
        client.posix_rename("in/.part-A.xml", "in/A.xml")
    with client.open("in/A.xml", "rb") as delivered:
        assert delivered.read() == b"one"
    client.remove("in/.part-A.xml")
    assert client.listdir("in") == ["A.xml"]


@pytest.mark.parametrize(
    "path",
    ["in/A2.xml", "../keys/client_key", "/../../book.db", "out/X.xml", "out/archive/.part-X"],
)
def test_a_client_writes_nothing_else(client: paramiko.SFTPClient, path: str) -> None:
    with pytest.raises(OSError, match="denied"):
        client.open(path, "wb")


@pytest.mark.parametrize("path", ["../keys/client_key", "/../../../config.json", "/etc/passwd"])
def test_a_client_reads_nothing_outside_its_folder(client: paramiko.SFTPClient, path: str) -> None:
    with pytest.raises(FileNotFoundError):
        client.open(path, "rb")


def test_a_symbolic_link_leads_nowhere(
    running: launch.Running, client: paramiko.SFTPClient
) -> None:
    link = running.home / "banka" / "ansinh" / "out" / "link"
    link.symlink_to(running.home / "config.json")
    with pytest.raises(PermissionError):
        client.open("out/link", "rb")
    link.unlink()


def test_the_answer_is_lost_after_the_rename(running: launch.Running) -> None:
    content = payment_file("CUT", "777", [("R1", 1, "1")])
    transport, sftp = connect(running)
    sftp.putfo(io.BytesIO(content), "in/.part-CUT.xml")
    with pytest.raises((OSError, EOFError, paramiko.SSHException)):
        sftp.rename("in/.part-CUT.xml", "in/CUT.xml")
    transport.close()
    transport, sftp = connect(running)
    assert "CUT.xml" in sftp.listdir("in")
    sftp.putfo(io.BytesIO(content), "in/.part-CUT2.xml")
    sftp.rename("in/.part-CUT2.xml", "in/CUT2.xml")  # it happens once
    transport.close()


def test_the_control_port_wants_its_token_and_its_name(running: launch.Running) -> None:
    for headers in ({}, {"X-Sandbox-Token": "wrong"}):
        answer = requests.get(f"{running.control_url}/book", headers=headers, timeout=10)
        assert answer.status_code == 401
    foreign = {"X-Sandbox-Token": running.token, "Host": "evil.example:80"}
    assert (
        requests.get(f"{running.control_url}/book", headers=foreign, timeout=10).status_code == 403
    )
    page = requests.get(f"{running.control_url}/", timeout=10)
    page.encoding = "utf-8"
    assert "Sổ của ngân hàng giả lập (sandbox)" in page.text
    assert "DỮ LIỆU GIẢ LẬP" in page.text


def test_repeated_calls_are_harmless_and_wrong_ones_refused(tmp_path: Path) -> None:
    running = launch.start(tmp_path, {})
    control = running.control()
    try:
        assert control.accounts(ACCOUNTS) == {"opened": 1, "known": 0}
        assert control.accounts(ACCOUNTS) == {"opened": 0, "known": 1}
        assert control.credits([credit(100)]) == {"planned": 1, "known": 0}
        assert control.credits([credit(100)]) == {"planned": 0, "known": 1}
        control.advance(at("2026-10-05 09:00"))
        assert control.credits([credit(100)]) == {"planned": 0, "known": 1}
        assert control.book()["accounts"][0]["balance"] == 100
        for wrong in (
            credit(101),
            {**credit(5), "reference": "KB2", "account": "9"},
            {**credit(5), "reference": "KB2", "amount": -5},
            {**credit(5), "reference": "KB2", "at": "2026-10-05T08:30:00"},
        ):
            with pytest.raises(launch.SandboxError, match=r"40[049]"):
                control.credits([wrong])
        assert launch.start(tmp_path, {}).pid == running.pid
        changed = launch.start(tmp_path, {"holidays": ["2026-12-31"]})
        assert changed.pid != running.pid
        assert changed.control().book()["accounts"][0]["balance"] == 100
    finally:
        control.close()
        living = launch.find(tmp_path)
        if living:
            living.stop()
    assert launch.find(tmp_path) is None


def test_the_bank_outlives_the_one_who_started_it(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from bank_adapters.sandbox import launch;"
        "print(launch.start(Path(sys.argv[1]), {}).pid)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
    )
    living = launch.find(tmp_path)
    assert living is not None
    assert living.pid == int(done.stdout)
    living.stop()
    assert not living.alive()


def deliver(home: Path, payments: int) -> None:
    inbox = home / "banka" / "ansinh" / "in"
    for file in range(3):
        items = [(f"F{file}R{n}", 10, f"00{n % 9100:04d}") for n in range(payments)]
        (inbox / f".part-{file}").write_bytes(payment_file(f"M{file}", "111", items))
        (inbox / f".part-{file}").rename(inbox / f"M{file}.xml")


def outcome(home: Path) -> dict[str, bytes]:
    out = home / "banka" / "ansinh" / "out"
    return {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}


def test_killed_again_and_again_it_ends_with_the_same_book_and_files(tmp_path: Path) -> None:
    moments = [at("2026-10-05 09:00"), at("2026-10-05 18:00"), at("2026-10-08 18:00")]
    results = []
    chance = Random(20261005)
    for kills in ((0, 0, 0), (3, 1, 1)):
        home = tmp_path / str(sum(kills))
        running = launch.start(home, {"token": "t"})
        running.control().accounts(ACCOUNTS)
        running.control().credits([credit(1_000_000)])
        deliver(home, 9_200)
        for moment, times in zip(moments, kills, strict=True):
            for _ in range(times):
                advance_in_background(running, moment)
                time.sleep(chance.uniform(0.02, 0.6))
                os.kill(running.pid, signal.SIGKILL)
                running = launch.start(home, {"token": "t"})
            running.control().advance(moment)
        results.append((running.control().book(), outcome(home)))
        running.stop()
    assert results[0] == results[1]
    book, files = results[0]
    assert book["executed"]["references_max"] == 1
    assert book["executed"]["count"] == 3 * (9_200 - 3)
    assert len(files) == 1 + 3 + 1 + 1 + 2  # money in, answers, debits, returns, statements


def advance_in_background(running: launch.Running, moment: Any) -> None:
    def advance() -> None:
        try:
            running.control().advance(moment)
        except launch.SandboxError:
            return  # the bank was killed in the middle of its answer, as meant

    threading.Thread(target=advance, daemon=True).start()
