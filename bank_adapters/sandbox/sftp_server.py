"""The bank's SFTP server: keys only, each user in his own folder, three allowed acts.

A client may write `in/.part-NAME` and rename it to `in/NAME`, read anything in its folder,
and rename `out/NAME` to `out/archive/NAME`. A rename never replaces a file.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

import paramiko
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_SUCCEEDED,
)
from paramiko.sftp import SFTP_OK, SFTP_PERMISSION_DENIED

from .places import PART_PREFIX

WRITING = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC
HANDSHAKE_SECONDS = 30

CutOff = Callable[[Path], bool]


class Gate(paramiko.ServerInterface):
    """Lets one user in by one of the authorised keys and opens nothing but SFTP."""

    def __init__(
        self, transport: paramiko.Transport, user: str, authorised: Path, root: Path, cut: CutOff
    ) -> None:
        self.transport = transport
        self.root = root
        self.cut = cut
        self._user = user
        self._authorised = authorised

    def get_allowed_auths(self, username: str) -> str:
        """Passwords are never asked for."""
        return "publickey"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        """The key must stand in the authorised keys file at this moment."""
        offered = f"{key.get_name()} {key.get_base64()}"
        lines = self._authorised.read_text(encoding="ascii").splitlines()
        known = {" ".join(line.split()[:2]) for line in lines}
        return AUTH_SUCCESSFUL if username == self._user and offered in known else AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        """Only sessions, and in them only the SFTP subsystem."""
        if kind == "session":
            return OPEN_SUCCEEDED
        return OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED


class Folder(paramiko.SFTPServerInterface):
    """One user's folder as SFTP shows it."""

    def __init__(self, server: Gate) -> None:
        super().__init__(server)
        self._gate = server
        self._root = server.root.resolve()

    def _split(self, path: str) -> PurePosixPath:
        return PurePosixPath(self.canonicalize(path)).relative_to("/")

    def _local(self, path: str) -> Path:
        local = self._root / self._split(path)
        if not local.resolve().is_relative_to(self._root):
            raise PermissionError(path)
        return local

    def list_folder(self, path: str) -> list[paramiko.SFTPAttributes] | int:
        """Every file and folder with its size."""
        try:
            folder = self._local(path)
            return [_attributes(entry) for entry in sorted(folder.iterdir())]
        except OSError as error:
            return _code(error)

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        """Size and times of one file or folder."""
        try:
            return _attributes(self._local(path))
        except OSError as error:
            return _code(error)

    lstat = stat

    def open(
        self, path: str, flags: int, attr: paramiko.SFTPAttributes
    ) -> paramiko.SFTPHandle | int:
        """Open for reading anywhere, for writing only a part file in the inbox."""
        writing = bool(flags & WRITING)
        if writing and not _is_part(self._split(path)):
            return SFTP_PERMISSION_DENIED
        try:
            number = os.open(self._local(path), flags | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            return _code(error)
        mode = "r+b" if flags & os.O_RDWR else "wb" if writing else "rb"
        stream = cast(BinaryIO, os.fdopen(number, mode))
        return OpenFile(stream, flags)

    def remove(self, path: str) -> int:
        """A client may take back only what it has not finished delivering."""
        if not _is_part(self._split(path)):
            return SFTP_PERMISSION_DENIED
        try:
            self._local(path).unlink()
        except OSError as error:
            return _code(error)
        return SFTP_OK

    def rename(self, oldpath: str, newpath: str) -> int:
        """Deliver (`in/.part-X` to `in/X`) or archive (`out/X` to `out/archive/X`)."""
        old, new = self._split(oldpath), self._split(newpath)
        delivering = _is_part(old) and new.parent == PurePosixPath("in")
        delivering = delivering and not new.name.startswith(".")
        archiving = old.parent == PurePosixPath("out")
        archiving = archiving and new == PurePosixPath("out/archive") / old.name
        if not delivering and not archiving:
            return SFTP_PERMISSION_DENIED
        try:
            source, target = self._local(oldpath), self._local(newpath)
            drop = delivering and not target.exists() and self._gate.cut(source)
            os.link(source, target)  # fails when the name is taken, unlike a plain rename
            source.unlink()
        except OSError as error:
            return _code(error)
        if drop:
            self._gate.transport.close()
        return SFTP_OK


class OpenFile(paramiko.SFTPHandle):
    """One file a client has open."""

    def __init__(self, stream: BinaryIO, flags: int) -> None:
        super().__init__(flags)
        self.readfile = self.writefile = stream

    def stat(self) -> paramiko.SFTPAttributes | int:
        """The size as it is now; clients ask for it before they read ahead."""
        return paramiko.SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))


def _is_part(path: PurePosixPath) -> bool:
    return path.parent == PurePosixPath("in") and path.name.startswith(PART_PREFIX)


def _attributes(path: Path) -> paramiko.SFTPAttributes:
    return paramiko.SFTPAttributes.from_stat(path.lstat(), path.name)


def _code(error: OSError) -> int:
    if error.errno is None:
        return SFTP_PERMISSION_DENIED
    return paramiko.SFTPServer.convert_errno(error.errno)


class SftpServer:
    """Listens on a loopback port of the system's choice."""

    def __init__(
        self, root: Path, user: str, host_key: paramiko.PKey, authorised: Path, cut: CutOff
    ) -> None:
        self._root, self._user, self._cut = root, user, cut
        self._host_key, self._authorised = host_key, authorised
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]

    def start(self) -> None:
        """Serve in threads of its own until `close`."""
        threading.Thread(target=self._listen, name="sftp", daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:  # the listening socket was closed: the bank closes
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
            transport = paramiko.Transport(connection)
            transport.add_server_key(self._host_key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, Folder)
            gate = Gate(transport, self._user, self._authorised, self._root, self._cut)
            transport.start_server(server=gate)
            channel = transport.accept(HANDSHAKE_SECONDS)  # kept: a forgotten channel closes
            if channel is None:
                transport.close()
            transport.join()

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()
