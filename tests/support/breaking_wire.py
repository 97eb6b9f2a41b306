"""A wire to PostgreSQL that breaks at the worst moment: while a COMMIT is under way.

It listens on a Unix socket of its own, as the server does, and passes on what both sides say.
Once told so, it waits for the next COMMIT and breaks: the client never hears whether it counted.
"""

from __future__ import annotations

import select
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SOCKET = ".s.PGSQL.5432"
COMMIT = b"COMMIT\x00"


class BreakingWire:
    """Passes on until it breaks; `breaks` says when: "before" the COMMIT reaches the server, or
    "after" it was carried out, its reply lost. None: not at all."""

    def __init__(self, folder: Path, server: Path) -> None:
        self.folder = folder
        self.breaks: str | None = None
        self.broke = 0
        self._server = str(server / SOCKET)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / SOCKET))
        self._listener.listen()
        self._threads: list[threading.Thread] = []

    def serve(self) -> None:
        """Take clients until the listener is shut."""
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._pass_on, args=(client,))
            self._threads.append(thread)
            thread.start()

    def shut(self) -> None:
        """Take no more clients, and wait for those there are to go."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(10)

    def _pass_on(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server:
            server.connect(self._server)
            while self._passed(client, server):
                pass

    def _passed(self, client: socket.socket, server: socket.socket) -> bool:
        """Pass on what one of them says; False when that was the end."""
        said_by, _, _ = select.select([client, server], [], [])
        for one in said_by:
            words = one.recv(1 << 16)
            is_commit = one is client and COMMIT in words
            if not words or (is_commit and self.breaks == "before"):
                self.broke += is_commit
                return False
            (server if one is client else client).sendall(words)
            if is_commit and self.breaks == "after":
                server.recv(1 << 16)  # the reply: so the server has carried it out
                self.broke += 1
                return False
        return True


@contextmanager
def breaking_wire(server: Path) -> Iterator[BreakingWire]:
    """A wire to the server whose socket is in the folder `server`; its own is `wire.folder`.

    That folder is a temporary one with a short name: a socket's path may not be long.
    """
    with tempfile.TemporaryDirectory(prefix="ansinh-wire-", dir=server.parent) as folder:
        wire = BreakingWire(Path(folder), server)
        listening = threading.Thread(target=wire.serve)
        listening.start()
        try:
            yield wire
        finally:
            wire.shut()
            listening.join(10)
