"""A bank's SFTP server by another hand (asyncssh), which remembers every file it took in."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncssh

from bank_adapters.transports.sftp import SftpTarget

TIMEOUT = 5.0


def lay_out(root: Path) -> None:
    """The folders at the bank."""
    (root / "in").mkdir(parents=True)
    (root / "out" / "archive").mkdir(parents=True)


@dataclass
class SftpBank:
    """What the server does: refuse to overwrite; fall silent when told to; take files away, or
    leave them; and refuse a name that it had before, if it `remembers`.

    `taken` holds (name, sha256) of every file that it took in.
    """

    root: Path
    lose_rename_answer: bool = False
    takes_away: bool = False
    remembers: bool = False
    hides: bool = False
    meanwhile: Callable[[], None] = lambda: None
    taken: list[tuple[str, str]] = field(default_factory=list)

    def take_in(self, path: Path) -> None:
        """A file lies in the inbox under its own name: it is the bank's now."""
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        known = any(name == path.name for name, _ in self.taken)
        if not (known and self.remembers):
            self.taken.append((path.name, digest))
        if self.takes_away:
            path.unlink()


def _server_class(bank: SftpBank) -> type[asyncssh.SFTPServer]:
    class Server(asyncssh.SFTPServer):
        def __init__(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
            super().__init__(chan, chroot=str(bank.root).encode())
            self.chan_ = chan

        def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
            if bank.hides and path.startswith(b"in/") and pflags & asyncssh.FXF_READ:
                raise asyncssh.SFTPPermissionDenied("what was delivered is not read")
            return super().open(path, pflags, attrs)

        def rename(self, oldpath: bytes, newpath: bytes, flags: int = 0) -> None:
            old = Path(self.map_path(oldpath).decode())
            new = Path(self.map_path(newpath).decode())
            if new.exists():
                raise asyncssh.SFTPFailure("exists")
            old.rename(new)
            if new.parent.name == "in":
                bank.take_in(new)
            bank.meanwhile()
            if bank.lose_rename_answer:
                self.chan_.get_connection().abort()

    return Server


@contextmanager
def serving(bank: SftpBank, home: Path) -> Iterator[SftpTarget]:
    """The server on a port of its own until the end, and how to reach it; keys lie in `home`."""
    host, client = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    client.write_private_key(home / "id")
    (home / "authorized").write_bytes(client.export_public_key())
    loop, listeners = asyncio.new_event_loop(), []
    ready = threading.Event()
    open_lines: list[asyncssh.SSHServerConnection] = []

    class Door(asyncssh.SSHServer):
        def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
            open_lines.append(conn)

    async def serve() -> None:
        listeners.append(
            await asyncssh.create_server(
                Door,
                "127.0.0.1",
                0,
                server_host_keys=[host],
                authorized_client_keys=str(home / "authorized"),
                sftp_factory=_server_class(bank),
            )
        )
        ready.set()

    async def stop() -> None:
        listeners[0].close()
        for line in open_lines:
            line.abort()
            await line.wait_closed()
        await listeners[0].wait_closed()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.create_task(serve())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    key = host.export_public_key().decode().strip()
    port = listeners[0].get_port()
    yield SftpTarget("127.0.0.1", port, "ansinh", home / "id", key, TIMEOUT)
    asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()
