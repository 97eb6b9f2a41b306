"""`python -m bank_adapters.sandbox --home DIR [--config CONFIG.json]`: run the institution."""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import json
import os
import signal
import threading
from functools import partial
from pathlib import Path
from typing import IO, Any

from paramiko import PKey

from . import faults, keys, launch, pain
from .book import Book
from .clockwork import Institution
from .control import ControlServer
from .launch import HOME_IS_TAKEN, POLL_SECONDS
from .payout.door import PayoutDoor
from .payout.hours import own_clock
from .places import Places
from .settings import Settings, load
from .sftp_server import SftpServer

# By which somebody asks the process to end.
ENDS = (signal.SIGTERM, signal.SIGINT)


def main() -> int:
    """Serve until SIGTERM or SIGINT; 3 when another process has the same home."""
    parser = argparse.ArgumentParser(prog="bank_adapters.sandbox", description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--config", type=Path, help="HOME/config.json when missing")
    chosen = parser.parse_args()
    home = chosen.home.resolve()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    config = chosen.config or launch.prepare(home)
    with (home / "lock").open("w") as lock:
        if not _claim(lock):
            return HOME_IS_TAKEN
        return _run(home, config)


def _claim(lock: IO[str]) -> bool:
    """One institution per home: the system lets go of the lock when the process dies."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _run(home: Path, config: Path) -> int:
    content = config.read_bytes()
    settings = load(content)
    places = Places(home, settings.user)
    host_key = keys.key_pair(places.keys, "host_key")
    book = Book(places.book)
    institution = Institution(book, places, settings)
    payout = PayoutDoor(places, settings.payout, lambda: book.clock or own_clock())
    sftp = _sftp(places, settings, book, host_key)
    control = ControlServer(institution, payout.institution)
    # Taken by the wait below alone: a thread that took one would leave the main one waiting.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)
    sftp.start()
    payout.start()
    serve = partial(control.serve_forever, POLL_SECONDS)
    threading.Thread(target=serve, name="control", daemon=True).start()
    told = {
        "pid": os.getpid(),
        "control_port": control.server_port,
        "sftp_port": sftp.port,
        "host_key": keys.public(host_key),
        "user": settings.user,
        "config_sha256": hashlib.sha256(content).hexdigest(),
        "payout_url": payout.url,
        "payout_sha256": payout.fingerprint,
    }
    _publish(places.running, told)
    signal.sigwait(ENDS)
    sftp.close()
    control.shutdown()
    payout.stop()
    with book.lock:  # let an act under way come to its end
        places.running.unlink(missing_ok=True)
        book.close()
    return 0


def _sftp(places: Places, settings: Settings, book: Book, host_key: PKey) -> SftpServer:
    authorised = places.keys / "authorized_keys"
    authorised.touch(mode=0o600)
    cut = partial(cut_off, book, settings)
    return SftpServer(places.sftp_root, settings.user, host_key, authorised, cut)


def cut_off(book: Book, settings: Settings, path: Path) -> bool:
    """Whether this file's delivery loses its reply: by its account or its message id, once each."""
    plan = settings.faults
    if not settings.cut_after_rename and "cut_after_rename" not in plan.per_mille:
        return False
    header = pain.Header()
    try:
        with path.open("rb") as source:
            next(pain.read(source, header), None)
    except pain.Unacceptable:
        return False
    name = path.name.removeprefix(".part-")
    return faults.note_cut(book, plan, header.debtor, header.message_id, name)


def _publish(path: Path, content: dict[str, Any]) -> None:
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(content, indent=1), encoding="utf-8")
    draft.rename(path)


if __name__ == "__main__":
    raise SystemExit(main())
