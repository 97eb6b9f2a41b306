"""The courier over SFTP: one key, one pinned host key, one rename that is the delivery.

A file is uploaded under a hidden name, read back and compared, then renamed by the plain
SFTP rename, which refuses a name that is taken (`posix_rename` would overwrite). Before the
rename nothing has been handed over; from the rename on a lost answer is a doubt.
"""

from __future__ import annotations

import base64
import binascii
import socket
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import paramiko

from bank_adapters.contract import Receipt, RemoteFile
from bank_adapters.errors import InDoubt, Refused, Stranger, Unavailable
from bank_adapters.transports import names

_LINE_ERRORS = (OSError, EOFError, paramiko.SSHException)
AHEAD = 1 << 21
"""Bytes of a file that are asked for before the first of them is here."""


@dataclass(frozen=True, slots=True)
class SftpTarget:
    """Where and as whom; `host_key` is "type base64" as in authorized_keys.

    `timeout_seconds` bounds every single answer; `settle_seconds` is how long a waiting
    file must keep its size before it is taken. Where a bank lets nobody read what he delivered
    (`reads_back` false), the size alone is compared. `now` is the clock that a last moment is
    held against.
    """

    host: str
    port: int
    username: str
    private_key_path: Path
    host_key: str
    timeout_seconds: float = 40.0
    settle_seconds: float = 0.0
    folders: names.Folders = field(default_factory=names.Folders)
    reads_back: bool = True
    now: names.Now | None = None


def _pieces(source: paramiko.SFTPFile, size: int | None) -> Iterator[bytes]:
    """The first `size` bytes of a remote file, each piece asked for as a whole.

    `prefetch` of all of it keeps in memory what comes faster than it is written: a day's
    statement of half a million payments has 240 MB.
    """
    whole = size or 0
    for start in range(0, whole, AHEAD):
        piece = (start, min(AHEAD, whole - start))
        yield from source.readv([piece], max_concurrent_prefetch_requests=64)


def _host_key(text: str) -> paramiko.PKey:
    """The pinned key; raises Refused when the setting is not a key."""
    kind, _, rest = text.strip().partition(" ")
    try:
        data = base64.b64decode(rest.split()[0], validate=True)
        return paramiko.PKey.from_type_string(kind, data)
    except (IndexError, binascii.Error, paramiko.SSHException, ValueError) as error:
        raise Refused("khóa máy chủ SFTP trong cấu hình không đúng dạng “loại base64”") from error


def _connect(target: SftpTarget) -> paramiko.SSHClient:
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    pinned = _host_key(target.host_key)
    entry = target.host if target.port == 22 else f"[{target.host}]:{target.port}"
    client.get_host_keys().add(entry, pinned.get_name(), pinned)
    try:
        client.connect(
            target.host,
            port=target.port,
            username=target.username,
            key_filename=str(target.private_key_path),
            allow_agent=False,
            look_for_keys=False,
            timeout=target.timeout_seconds,
            banner_timeout=target.timeout_seconds,
            auth_timeout=target.timeout_seconds,
            channel_timeout=target.timeout_seconds,
        )
        _send_at_once(client)
    except BaseException:
        client.close()
        raise
    return client


def _send_at_once(client: paramiko.SSHClient) -> None:
    """Each request for a block is a small packet: held back, a file takes many times as long."""
    transport = client.get_transport()
    if transport is not None and isinstance(transport.sock, socket.socket):
        transport.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def open_sftp(target: SftpTarget) -> SftpCourier:
    """Connect; raises Unavailable, since nothing was handed over whatever the cause.

    Raises Stranger when the server shows another key than the pinned one: it is told nothing,
    not even who we are.
    """
    try:
        client = _connect(target)
        channel = client.open_sftp()
    except paramiko.BadHostKeyException as error:
        raise Stranger(
            f"khóa của máy chủ {target.host} khác khóa đã ghim; dừng lại và hỏi ngân hàng"
        ) from error
    except _LINE_ERRORS as error:
        raise Unavailable(f"không nối được SFTP {target.host}:{target.port}: {error}") from error
    line = channel.get_channel()
    if line is not None:
        line.settimeout(target.timeout_seconds)
    return SftpCourier(client, channel, target)


class SftpCourier:
    """One connection; not shared between threads."""

    def __init__(
        self,
        client: paramiko.SSHClient,
        sftp: paramiko.SFTPClient,
        target: SftpTarget,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._sftp = sftp
        self._target = target
        self._at = target.folders
        self._pause = pause
        self._taken_as: dict[str, tuple[int | None, int | None]] = {}

    def _alive(self, error: BaseException) -> bool:
        """True when the server itself answered no: the line is up and nothing timed out."""
        transport, channel = self._client.get_transport(), self._sftp.get_channel()
        if isinstance(error, (TimeoutError, EOFError, paramiko.SSHException)):
            return False
        return bool(transport and transport.is_active() and channel and not channel.closed)

    def _exists(self, path: str) -> bool:
        try:
            self._sftp.stat(path)
        except FileNotFoundError:
            return False
        return True

    def _digest(self, path: str) -> tuple[str, int]:
        with self._sftp.open(path, "rb") as source:
            return names.digest(_pieces(source, source.stat().st_size))

    def put(self, name: str, path: Path, not_after: datetime | None = None) -> Receipt:
        """Deliver once; see the contract for what each error means."""
        final = f"{self._at.inbox}/{names.plain(name)}"
        part = f"{self._at.inbox}/{names.part_name(name)}"
        wanted = names.digest_of(path)
        try:
            if self._exists(final):
                return self._taken(name, final, wanted)
            self._upload(path, part)
            if not self._holds(part, wanted):
                raise Unavailable(f"{name}: bản đã gửi khác bản gốc, chưa giao")
        except _LINE_ERRORS as error:
            raise Unavailable(
                f"{name}: chưa giao được: {str(error) or type(error).__name__}"
            ) from error
        names.require_in_time(name, not_after, self._target.now)
        return self._publish(name, part, final, wanted)

    def _holds(self, path: str, wanted: tuple[str, int]) -> bool:
        """Whether the file over there is ours, as far as the bank lets us see."""
        if not self._target.reads_back:
            return self._sftp.stat(path).st_size == wanted[1]
        return self._digest(path) == wanted

    def _upload(self, path: Path, part: str) -> None:
        """Write the hidden file; a leftover of an earlier try is overwritten."""
        with path.open("rb") as source, self._sftp.open(part, "wb", 0) as out:
            out.set_pipelined(True)
            for block in names.blocks(source):
                out.write(block)

    def _publish(self, name: str, part: str, final: str, wanted: tuple[str, int]) -> Receipt:
        """The rename is the delivery: its lost answer is a doubt, its refusal is not."""
        try:
            self._sftp.rename(part, final)
        except _LINE_ERRORS as error:
            if not self._alive(error):
                raise InDoubt(f"{name}: mất trả lời khi giao, chưa rõ đã nhận hay chưa") from error
            return self._after_refusal(name, part, final, wanted, error)
        return Receipt(name, *wanted)

    def _after_refusal(
        self, name: str, part: str, final: str, wanted: tuple[str, int], cause: BaseException
    ) -> Receipt:
        """The server refused the rename: is it the name, or did it happen before?"""
        try:
            if self._exists(final):
                return self._taken(name, final, wanted)
            there = self._exists(part)
        except _LINE_ERRORS as error:
            raise InDoubt(f"{name}: mất liên lạc ngay sau khi giao") from error
        if there:
            raise Unavailable(f"{name}: máy chủ không cho giao: {cause}") from cause
        raise InDoubt(f"{name}: tệp tạm đã biến mất, có thể phía nhận đã lấy") from cause

    def _taken(self, name: str, final: str, wanted: tuple[str, int]) -> Receipt:
        if self._holds(final, wanted):
            with suppress(OSError):  # only tidying: a leftover hidden file harms nobody
                self._sftp.remove(f"{self._at.inbox}/{names.part_name(name)}")
            return Receipt(name, *wanted)
        raise Refused(f"{name}: tên này đã có một tệp khác nội dung ở phía nhận")

    def _list(self) -> dict[str, tuple[int, int]]:
        """Finished plain files with size and time of last change."""
        found = {}
        for entry in self._sftp.listdir_attr(self._at.outbox):
            regular = entry.st_mode is None or stat.S_ISREG(entry.st_mode)
            if regular and names.is_finished(entry.filename):
                found[entry.filename] = (entry.st_size or 0, entry.st_mtime or 0)
        return found

    def waiting(self) -> list[RemoteFile]:
        """Files ready for us, by name."""
        try:
            found = self._list()
            if found and self._target.settle_seconds:
                self._pause(self._target.settle_seconds)
                again = self._list()
                found = {name: state for name, state in found.items() if again.get(name) == state}
        except _LINE_ERRORS as error:
            raise Unavailable(f"không xem được thư mục trả lời: {error}") from error
        return [RemoteFile(name, state[0]) for name, state in sorted(found.items())]

    def fetch(self, name: str, target: Path) -> Receipt:
        """Copy a waiting file to `target`, whole or not at all."""
        remote = f"{self._at.outbox}/{names.plain(name)}"
        part = target.with_name(target.name + ".part")
        try:
            before = self._state(remote)
            with self._sftp.open(remote, "rb") as source:
                receipt = Receipt(name, *names.copy_synced(_pieces(source, before[0]), part))
            if receipt.size_bytes != before[0] or self._state(remote) != before:
                raise Unavailable(f"{name}: tệp đang được ghi, lấy lại sau")
            self._taken_as[name] = before
            part.replace(target)
            names.sync_folder(target.parent)
        except _LINE_ERRORS as error:
            raise Unavailable(f"{name}: chưa lấy được tệp: {error}") from error
        return receipt

    def _state(self, remote: str) -> tuple[int | None, int | None]:
        """Size and time of last change, as far as the bank says them."""
        found = self._sftp.stat(remote)
        return found.st_size, found.st_mtime

    def done(self, name: str) -> None:
        """Move a stored file to the archive; a name archived before gets a number.

        What lies there by now in the place of the file that was fetched waits to be fetched.
        """
        remote = f"{self._at.outbox}/{names.plain(name)}"
        try:
            if not self._exists(self._at.archive):
                self._sftp.mkdir(self._at.archive)
            if not self._exists(remote):
                return
            if self._taken_as.get(name, state := self._state(remote)) != state:
                return
            number, target = 1, f"{self._at.archive}/{name}"
            while self._exists(target):
                number += 1
                target = f"{self._at.archive}/{name}.{number}"
            self._sftp.rename(remote, target)
            self._taken_as.pop(name, None)
        except _LINE_ERRORS as error:
            raise Unavailable(f"{name}: chưa cất được tệp đã nhận: {error}") from error

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()
