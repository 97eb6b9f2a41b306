"""A waitress in a thread of its own, ended by that thread: a socket shut under its feet is an error
there, now and then, and would be counted against the next test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any

SECONDS_TO_END = 10


@contextmanager
def listening(server: Any) -> Iterator[int]:
    """Its port, while it serves; in the end it hangs up on whoever would keep a line."""
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield int(server.effective_port)
    finally:
        server.task_dispatcher.shutdown()
        with suppress(OSError):  # another call woke it already, and it has ended
            server.trigger.pull_trigger(lambda: _ends(server))
        thread.join(SECONDS_TO_END)
        assert not thread.is_alive()


def _ends(server: Any) -> None:
    for line in [*server.active_channels.values()]:
        line.handle_close()
    server.close()
