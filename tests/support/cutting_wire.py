"""A wire to a server that is cut after so many bytes of ours: what is on it by then arrives,
what comes after does not, and no answer comes back any more.

Unlike a server that closes the line, it can be cut in the middle of a packet, or between a request
that arrived and its answer.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
from dataclasses import dataclass, field

BLOCK = 1 << 15
SETTLE_SECONDS = 0.05


@dataclass
class CuttingWire:
    """Listens on loopback and carries every connection to `port`; `cut_after` counts our bytes.

    `sent` is what this connection has carried towards the server. `cut` may be called from
    anywhere, e.g. by the server when a request has arrived: its answer is then lost.
    """

    port: int
    cut_after: int | None = None
    sent: int = 0
    _listener: socket.socket = field(init=False, repr=False)
    _cut: threading.Event = field(init=False, repr=False, default_factory=threading.Event)
    _threads: list[threading.Thread] = field(init=False, repr=False, default_factory=list)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.1)
        self._open = True
        self._start(self._accept)

    @property
    def here(self) -> int:
        """The port that a client connects to."""
        return int(self._listener.getsockname()[1])

    def again(self, cut_after: int | None) -> None:
        """The next connection is cut after so many bytes, or not at all."""
        self._cut.set()
        self.cut_after, self.sent, self._cut = cut_after, 0, threading.Event()

    def cut(self) -> None:
        """Not one byte more, in either direction."""
        self._cut.set()

    def close(self) -> None:
        """Let go of everything."""
        self._open = False
        self._cut.set()
        for thread in self._threads:
            thread.join(5)
        self._listener.close()

    def _start(self, work: object, *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while self._open:
            with contextlib.suppress(TimeoutError):
                ours, _ = self._listener.accept()
                self._start(self._carry, ours, self._cut)

    def _carry(self, ours: socket.socket, cut: threading.Event) -> None:
        with (
            ours,
            socket.create_connection(("127.0.0.1", self.port)) as theirs,
            selectors.DefaultSelector() as watch,
        ):
            watch.register(ours, selectors.EVENT_READ, theirs)
            watch.register(theirs, selectors.EVENT_READ, ours)
            while not cut.is_set():
                for key, _ in watch.select(SETTLE_SECONDS):
                    if cut.is_set() or not self._pass_on(key, ours, cut):
                        return

    def _pass_on(
        self, key: selectors.SelectorKey, ours: socket.socket, cut: threading.Event
    ) -> bool:
        """Carry one block; False when the line is down or has just been cut."""
        source, target = key.fileobj, key.data
        assert isinstance(source, socket.socket)
        try:
            block = source.recv(BLOCK)
            if source is ours:
                if self.cut_after is not None and self.sent + len(block) > self.cut_after:
                    target.sendall(block[: self.cut_after - self.sent])
                    cut.set()
                    return False
                self.sent += len(block)
            target.sendall(block)
        except OSError:
            return False
        return bool(block)
