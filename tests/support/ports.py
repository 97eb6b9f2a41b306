"""Ports on loopback: a free one, and whether a server listens yet."""

from __future__ import annotations

import socket
import time


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def is_open_within(port: int, seconds: float) -> bool:
    """Wait until the port takes connections, at most so long; False when it never did."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return True
    return False
