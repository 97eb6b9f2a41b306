"""A real OpenSSH server on loopback, run as an unprivileged user, with SFTP and nothing else."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncssh

from tests.support.ports import free_port, is_open_within

READY_SECONDS = 10.0
# With PAM, an account without a password (`nobody`) does not pass for a locked one.
_CONFIG = """
Port {port}
ListenAddress 127.0.0.1
HostKey {home}/host_key
PidFile none
AuthorizedKeysFile {home}/authorized
StrictModes no
UsePAM yes
PasswordAuthentication no
KbdInteractiveAuthentication no
Subsystem sftp internal-sftp -d {root}
ForceCommand internal-sftp -d {root}
LogLevel ERROR
"""


@dataclass(frozen=True)
class Sshd:
    """A running server: where the bank's folders lie, and how a client reaches it."""

    root: Path
    port: int
    user: str
    host_key: str
    client_key: Path

    def folders(self, *paths: str) -> None:
        """Make folders at the bank, which its user may write."""
        for path in paths:
            (self.root / path).mkdir(parents=True, exist_ok=True)
        _give(self.root, self.user)


@contextmanager
def sshd() -> Iterator[Sshd]:
    """The server until the end. Fails with the line that installs it where there is none."""
    program = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:" + os.environ.get("PATH", ""))
    assert program, "openssh-server is missing; install it: apt-get install -y openssh-server"
    home = Path(tempfile.mkdtemp(prefix="sshd-"))
    home.chmod(0o755)
    user = pwd.getpwuid(os.geteuid()).pw_name if os.geteuid() else "nobody"
    try:
        running = _laid_out(home, user)
        process = subprocess.Popen(
            [program, "-D", "-e", "-f", str(home / "config")],
            **_as_somebody_else(user),
            stderr=(home / "log").open("wb"),
        )
        try:
            log = home / "log"
            assert is_open_within(running.port, READY_SECONDS), log.read_text(errors="replace")
            yield running
        finally:
            process.terminate()
            process.wait(10)
    finally:
        shutil.rmtree(home)


def _as_somebody_else(user: str) -> dict[str, Any]:
    """Root runs it as a user who may do nothing; anybody else as himself."""
    if os.geteuid():
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def _laid_out(home: Path, user: str) -> Sshd:
    """Keys, configuration and an empty root."""
    host, client = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    host.write_private_key(home / "host_key")
    (home / "host_key").chmod(0o600)
    client.write_private_key(home / "client_key")
    (home / "authorized").write_bytes(client.export_public_key())
    (home / "root").mkdir()
    port = free_port()
    config = _CONFIG.format(port=port, home=home, root=home / "root")
    (home / "config").write_text(config, encoding="utf-8")
    _give(home / "host_key", user)
    _give(home / "root", user)
    key = host.export_public_key().decode().strip()
    return Sshd(home / "root", port, user, key, home / "client_key")


def _give(path: Path, user: str) -> None:
    """Let the user who runs the server have a file or a whole folder; only root must."""
    if os.geteuid():
        return
    for one in (path, *path.rglob("*")):
        shutil.chown(one, user)
