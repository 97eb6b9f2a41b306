"""`ansinh hooks run` as a process of its own: it receives, and does not start where it must not."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from time import monotonic, sleep

import pytest

from app.channels.inbound_tables import inbound_event
from app.clock import SystemClock
from app.errors import SettingsError
from app.hooks.server import create_hooks
from tests.factories import KEY, House
from tests.support.calling import line, receiver_of, ring, said
from tests.support.channels import settings_of
from tests.support.command import ROOT, ansinh_command, ansinh_environment
from tests.support.ports import free_port


@contextmanager
def running(house: House) -> Iterator[int]:
    """The command as it is run, with the login of its role and the secrets of this house."""
    port = free_port()
    with closing(receiver_of(house)) as database:
        url = database.url.render_as_string(hide_password=False)
    told = {"ANSINH_HOME": str(house.home), "ANSINH_BANK_SECRETS": str(house.home / "secrets")}
    command = ansinh_command(["hooks", "run", "--port", str(port), "--database", url])
    process = subprocess.Popen(command, cwd=ROOT, env=ansinh_environment(told))
    try:
        yield _listening(process, port)
    finally:
        process.terminate()
        process.wait(20)


def _listening(process: subprocess.Popen[bytes], port: int) -> int:
    until = monotonic() + 60
    while monotonic() < until and process.poll() is None:
        with closing(socket.socket()) as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return port
        sleep(0.1)
    pytest.fail("the receiver did not start")


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_it_answers(house: House) -> None:
    keys = house.home / "keys"
    keys.mkdir()
    (keys / "field.key").write_bytes(KEY)
    with running(house) as port, line(port) as bank:
        call = ring("evt_1", said("R", "ACCP"), SystemClock().now())
        assert [bank.send(call), bank.send(call, "GET")] == [401, 405]
    assert house.count(inbound_event) == 0


def test_without_the_key_it_does_not_start(house: House) -> None:
    with closing(receiver_of(house)) as database:
        settings = settings_of(
            house, database_url=database.url.render_as_string(hide_password=False)
        )
    with pytest.raises(SettingsError, match="FIELD_KEY"):
        create_hooks(settings)
    assert not (house.home / "keys").exists()
