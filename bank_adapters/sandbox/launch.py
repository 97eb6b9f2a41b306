"""Starting the sandbox institution, and speaking to its control port.

The process is started detached, in a session of its own: it outlives the one that started
it, as a bank would. Everything it knows lies in its home folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import requests

from . import keys

READY_SECONDS = 30.0
POLL_SECONDS = 0.05
HOME_IS_TAKEN = 3
PACKAGE_ROOT = Path(__file__).resolve().parents[2]


class SandboxError(Exception):
    """The sandbox did not start or refused a call; the message holds its own words."""


class Control:
    """The control port as Python calls; every call raises SandboxError when refused."""

    def __init__(self, url: str, token: str, seconds: float = 600.0) -> None:
        self.url = url
        self._seconds = seconds
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy has no business between us and loopback
        self._session.headers["X-Sandbox-Token"] = token

    def accounts(self, items: Sequence[Mapping[str, str]]) -> dict[str, int]:
        """Open accounts [{provider, number, name}]; harmless when repeated."""
        opened: dict[str, int] = self._call("POST", "/accounts", [dict(item) for item in items])
        return opened

    def credits(self, items: Sequence[Mapping[str, Any]]) -> dict[str, int]:
        """Treasury money [{provider, account, amount, reference, remittance, at}]."""
        planned: dict[str, int] = self._call("POST", "/credits", [dict(item) for item in items])
        return planned

    def advance(self, now: datetime) -> dict[str, Any]:
        """Let the institution live up to `now` (with its time zone); what happened."""
        if now.tzinfo is None:
            raise ValueError("the bank's clock needs a moment with its time zone")
        done: dict[str, Any] = self._call("POST", "/advance", {"now": now.isoformat()})
        return done

    def book(self) -> dict[str, Any]:
        """The institution's own book: accounts, executed, by_provider, faults."""
        found: dict[str, Any] = self._call("GET", "/book")
        return found

    def executed(self, reference: str) -> list[dict[str, Any]]:
        """Every execution of one reference."""
        path = "/book/executed"
        found: list[dict[str, Any]] = self._call("GET", path, query={"reference": reference})
        return found

    def payout_books(self) -> dict[str, Any]:
        """The payout bank's own book in sums."""
        found: dict[str, Any] = self._call("GET", "/books")
        return found

    def payout_executions(self, reference: str) -> dict[str, int]:
        """How often the payout bank executed one reference, with sums."""
        found: dict[str, int] = self._call("GET", "/books", query={"reference": reference})
        return found

    def payout(self, what: str, content: Any) -> dict[str, Any]:
        """Set the payout bank up: "accounts", "credits", "holders" or "behaviours"."""
        done: dict[str, Any] = self._call("POST", f"/payout/{what}", content)
        return done

    def health(self) -> dict[str, Any]:
        """Who answers at this port: {ok, pid, home}."""
        found: dict[str, Any] = self._call("GET", "/health")
        return found

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()

    def _call(
        self, method: str, path: str, body: Any = None, query: Mapping[str, str] | None = None
    ) -> Any:
        try:
            answer = self._session.request(
                method, self.url + path, json=body, params=query, timeout=self._seconds
            )
        except requests.RequestException as error:
            raise SandboxError(f"{method} {path}: {error}") from error
        if answer.status_code != 200:
            raise SandboxError(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        try:
            return answer.json()
        except requests.JSONDecodeError as error:
            raise SandboxError(f"{method} {path}: somebody else answers at this port") from error


@dataclass(frozen=True, slots=True)
class Running:
    """A living sandbox. `client_key` is the private key file that `user` may log in with."""

    home: Path
    pid: int
    control_url: str
    sftp_port: int
    host_key: str
    user: str
    client_key: Path
    token: str
    config_sha256: str
    payout_url: str
    payout_sha256: str

    @property
    def payout_ca(self) -> Path:
        """The certificate that a client of the payout API pins (`payout_sha256` is its hash)."""
        return self.home / "keys" / "payout.pem"

    @property
    def payout_token(self) -> Path:
        """The file with the payout API's bearer token."""
        return self.home / "keys" / "payout.token"

    @property
    def payout_secret(self) -> Path:
        """The file with the secret that signs the payout bank's callbacks."""
        return self.home / "keys" / "payout.secret"

    def control(self) -> Control:
        """A client of its control port."""
        return Control(self.control_url, self.token)

    def exchange(self, provider: str) -> Path:
        """The folder of a list provider, with `in`, `out` and `out/archive`."""
        return self.home / "exchange" / provider

    def alive(self) -> bool:
        """Whether this very sandbox still answers."""
        control = Control(self.control_url, self.token, seconds=5.0)
        try:
            found = control.health()
        except SandboxError:
            return False
        finally:
            control.close()
        return (found.get("pid"), found.get("home")) == (self.pid, str(self.home))

    def stop(self, seconds: float = 20.0) -> None:
        """Ask it to end (SIGTERM) and wait; harmless when it has ended already."""
        if not self.alive():
            return
        os.kill(self.pid, signal.SIGTERM)
        _await_end(self.pid, seconds)


def start(home: Path, config: Mapping[str, Any]) -> Running:
    """A living sandbox in `home` with this configuration; one that lives already is reused.

    A missing "token" is made and kept in the home. When the configuration has changed, the
    living one is stopped and started again on the same book. Raises SandboxError.
    """
    home = home.resolve()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    _authorise(home)
    config_path, digest, token = _write_config(home, config)
    living = _find(home, token)
    # One started by a client that was killed may come up late, with an older configuration.
    while living is None or living.config_sha256 != digest:
        if living is not None:
            living.stop()
        living = _wait_ready(home, token, config_path)
    return living


def prepare(home: Path) -> Path:
    """Make a home with a client's key and a configuration, when missing; the configuration."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    _authorise(home)
    config = home / "config.json"
    return config if config.exists() else _write_config(home, {})[0]


def find(home: Path) -> Running | None:
    """The sandbox living in this home, or None."""
    config = home.resolve() / "config.json"
    if not config.exists():
        return None
    return _find(home.resolve(), json.loads(config.read_text(encoding="utf-8"))["token"])


def _authorise(home: Path) -> None:
    """Make the client's key and let it in; keys added by hand stay."""
    folder = home / "keys"
    line = keys.public(keys.key_pair(folder, "client_key"))
    authorised = folder / "authorized_keys"
    known = authorised.read_text(encoding="ascii").splitlines() if authorised.exists() else []
    if line not in known:
        authorised.write_text("\n".join([*known, line, ""]), encoding="ascii")


def _write_config(home: Path, config: Mapping[str, Any]) -> tuple[Path, str, str]:
    path = home / "config.json"
    content = dict(config)
    if "token" not in content:
        known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        content["token"] = known.get("token") or secrets.token_urlsafe(24)
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    draft = path.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text(text, encoding="utf-8")
    draft.rename(path)
    return path, hashlib.sha256(text.encode("utf-8")).hexdigest(), str(content["token"])


def _find(home: Path, token: str) -> Running | None:
    try:
        found = json.loads((home / "running.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    running = Running(
        home=home,
        pid=found["pid"],
        control_url=f"http://127.0.0.1:{found['control_port']}",
        sftp_port=found["sftp_port"],
        host_key=found["host_key"],
        user=found["user"],
        client_key=home / "keys" / "client_key",
        token=token,
        config_sha256=found["config_sha256"],
        payout_url=found["payout_url"],
        payout_sha256=found["payout_sha256"],
    )
    return running if running.alive() else None


def _spawn(home: Path, config: Path) -> int:
    """Start the process in a session of its own, its words in `sandbox.log`."""
    log = os.open(home / "sandbox.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    command = [sys.executable, "-m", __package__, "--home", str(home), "--config", str(config)]
    paths = [str(PACKAGE_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        return os.posix_spawn(
            sys.executable,
            command,
            {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONUNBUFFERED": "1"},
            setsid=True,
            file_actions=[
                (os.POSIX_SPAWN_DUP2, nothing, 0),
                (os.POSIX_SPAWN_DUP2, log, 1),
                (os.POSIX_SPAWN_DUP2, log, 2),
            ],
        )
    finally:
        os.close(log)
        os.close(nothing)


def _wait_ready(home: Path, token: str, config: Path) -> Running:
    """Start the process until one serves this home: ours, or one that was there before it."""
    deadline = time.monotonic() + READY_SECONDS
    pid = _spawn(home, config)
    while time.monotonic() < deadline:
        code = _exit_code(pid)
        living = _find(home, token)
        if living is not None:
            return living
        if code == HOME_IS_TAKEN:  # by one that is still starting, or still ending
            pid = _spawn(home, config)
        elif code is not None:
            break
        time.sleep(POLL_SECONDS)
    tail = (home / "sandbox.log").read_text(encoding="utf-8", errors="replace")[-2000:]
    raise SandboxError(f"the sandbox in {home} did not start; its last words:\n{tail}")


def _exit_code(child: int) -> int | None:
    """How a child of ours ended, None while it lives."""
    ended, status = os.waitpid(child, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended == child else None


def _await_end(pid: int, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while _exists(pid):
        if time.monotonic() > deadline:
            raise SandboxError(f"the sandbox (process {pid}) did not end within {seconds} s")
        time.sleep(POLL_SECONDS)


def _exists(pid: int) -> bool:
    """Whether the process lives; an ended child of ours is taken note of on the way."""
    try:
        if os.waitpid(pid, os.WNOHANG)[0] == pid:
            return False
    except ChildProcessError:
        pass  # started by a process before us: only the system knows it
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
