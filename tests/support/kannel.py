"""A real Kannel on loopback ports of its own: bearerbox, smsbox and the fake SMSC beside it.

Debian's `kannel` and `kannel-extras`; without them whoever asks is told how to install both.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.ports import free_port, is_open_within

FAKE_SMSC = "/usr/lib/kannel/test/fakesmsc"
INSTALL = "apt-get install -y kannel kannel-extras"
PATIENCE = 15.0
_CONF = """
group = core
admin-port = {admin}
admin-interface = "127.0.0.1"
admin-password = adm1n
smsbox-port = {box}
smsbox-interface = "127.0.0.1"
box-allow-ip = "127.0.0.1"
store-type = spool
store-location = {spool}
dlr-storage = internal

group = smsc
smsc = fake
smsc-id = FAKE
host = 127.0.0.1
port = {smsc}
connect-allow-ip = "127.0.0.1"

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {send}
sendsms-interface = "127.0.0.1"
global-sender = 8000

group = sendsms-user
username = svc
password = {password}
user-allow-ip = "127.0.0.1"
concatenation = true

group = sms-service
keyword = default
catch-all = true
max-messages = 0
post-url = "{asked}"
"""


@dataclass
class Kannel:
    """A running one: where it takes messages, and its processes."""

    folder: Path
    ports: dict[str, int]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports['send']}/cgi-bin/sendsms"

    def start(self, name: str, command: Sequence[str], port: str = "") -> None:
        """Start one program, and wait until it listens."""
        log = (self.folder / f"{name}.log").open("ab")
        with closing(log):
            self.running[name] = subprocess.Popen(command, stdout=log, stderr=log)
        if port:
            assert is_open_within(self.ports[port], PATIENCE), f"{name} does not listen"

    def stop(self, name: str) -> None:
        """Stop one program of ours, by its id."""
        one = self.running.pop(name)
        one.terminate()
        try:
            one.wait(3)
        except subprocess.TimeoutExpired:
            one.kill()
            one.wait()

    def smsc(self, message: str = "", count: int = 0) -> None:
        """The SMSC answers; with a message ("FROM TO text WORDS") it brings that once."""
        listens = [message or "0 0 text nothing"]
        port = str(self.ports["smsc"])
        self.start("smsc", [FAKE_SMSC, "-H", "127.0.0.1", "-r", port, "-i", "0.1",
                            "-m", str(count), *listens])  # fmt: skip

    def delivered(self) -> str:
        """What the SMSC has printed so far: every message that reached it."""
        return (self.folder / "smsc.log").read_text("utf-8", "replace")


@contextmanager
def kannel(folder: Path, password: str, asked: str) -> Iterator[Kannel]:
    """A Kannel whose people's questions go to the address `asked`; the SMSC is not started."""
    for program in ("bearerbox", "smsbox", FAKE_SMSC):
        path = f"/usr/sbin:/usr/bin:/usr/local/sbin:{Path(program).parent}"
        assert shutil.which(Path(program).name, path=path), f"Kannel is missing; {INSTALL}"
    names = ("admin", "box", "smsc", "send")
    ports = {name: free_port() for name in names}
    spool = folder / "spool"
    spool.mkdir(parents=True)
    conf = folder / "kannel.conf"
    conf.write_text(_CONF.format(**ports, spool=spool, password=password, asked=asked), "utf-8")
    made = Kannel(folder, ports)
    try:
        made.start("bearerbox", ["/usr/sbin/bearerbox", "-v", "4", str(conf)], "box")
        made.start("smsbox", ["/usr/sbin/smsbox", "-v", "4", str(conf)], "send")
        yield made
    finally:
        for name in reversed(list(made.running)):
            made.stop(name)
