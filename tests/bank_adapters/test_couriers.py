"""The two couriers over a real folder and a real SFTP server on the loopback."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import asyncssh
import pytest

from bank_adapters.contract import Courier
from bank_adapters.errors import InDoubt, Refused, Unavailable
from bank_adapters.transports.folder import FolderTarget, open_folder
from bank_adapters.transports.sftp import SftpTarget, open_sftp


def lay_out(root: Path) -> None:
    (root / "in").mkdir(parents=True)
    (root / "out" / "archive").mkdir(parents=True)


@dataclass
class Bank:
    """What the test server does: refuse to overwrite, and fall silent when told to."""

    root: Path
    lose_rename_answer: bool = False
    take_before_answer: bool = False


def server_class(bank: Bank) -> type[asyncssh.SFTPServer]:
    class Server(asyncssh.SFTPServer):
        def __init__(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
            super().__init__(chan, chroot=str(bank.root).encode())
            self.chan_ = chan

        def rename(self, oldpath: bytes, newpath: bytes, flags: int = 0) -> None:
            old, new = self.map_path(oldpath), self.map_path(newpath)
            if Path(new.decode()).exists():
                raise asyncssh.SFTPFailure("exists")
            Path(old.decode()).rename(new.decode())
            if bank.lose_rename_answer:
                self.chan_.get_connection().abort()

    return Server


@dataclass
class Running:
    bank: Bank
    target: SftpTarget


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    home = tmp_path_factory.mktemp("sftp")
    root = home / "root"
    lay_out(root)
    bank = Bank(root)
    host, client = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    client.write_private_key(home / "id")
    (home / "authorized").write_bytes(client.export_public_key())
    loop, ports = asyncio.new_event_loop(), []
    ready = threading.Event()

    open_lines: list[asyncssh.SSHServerConnection] = []

    class Door(asyncssh.SSHServer):
        def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
            open_lines.append(conn)

    async def stop() -> None:
        listener = ports[0][1]
        listener.close()
        for line in open_lines:
            line.abort()
            await line.wait_closed()
        await listener.wait_closed()

    async def serve() -> None:
        listener = await asyncssh.create_server(
            Door,
            "127.0.0.1",
            0,
            server_host_keys=[host],
            authorized_client_keys=str(home / "authorized"),
            sftp_factory=server_class(bank),
        )
        ports.append((listener.get_port(), listener))
        ready.set()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.create_task(serve())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    port = ports[0][0]
    key = host.export_public_key().decode().strip()
    yield Running(bank, SftpTarget("127.0.0.1", port, "ansinh", home / "id", key, 5.0))
    asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()


@pytest.fixture(params=["folder", "sftp"])
def courier(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Courier, Path]]:
    if request.param == "folder":
        root = tmp_path / "root"
        lay_out(root)
        yield open_folder(FolderTarget(root)), root
        return
    started: Running = request.getfixturevalue("running")
    started.bank.lose_rename_answer = False
    for path in started.bank.root.rglob("*"):
        if path.is_file():
            path.unlink()
    opened = open_sftp(started.target)
    yield opened, started.bank.root
    opened.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file.xml"
    path.write_bytes(b"x" * 700_000)
    return path


def test_put_delivers_once_and_leaves_nothing_hidden(
    courier: tuple[Courier, Path], file: Path
) -> None:
    carrier, root = courier
    first = carrier.put("AS1.xml", file)
    assert (first.size_bytes, len(first.sha256)) == (700_000, 64)
    assert [path.name for path in (root / "in").iterdir()] == ["AS1.xml"]
    assert carrier.put("AS1.xml", file) == first


def test_put_refuses_a_name_taken_by_other_bytes(courier: tuple[Courier, Path], file: Path) -> None:
    carrier, root = courier
    (root / "in" / "AS1.xml").write_bytes(b"other")
    with pytest.raises(Refused, match="khác nội dung"):
        carrier.put("AS1.xml", file)
    assert (root / "in" / "AS1.xml").read_bytes() == b"other"


@pytest.mark.parametrize("name", ["../x", "a/b", ".hidden", "", "a\nb", "x" * 300])
def test_names_that_could_leave_the_folder_are_refused(
    courier: tuple[Courier, Path], file: Path, name: str
) -> None:
    carrier, _ = courier
    with pytest.raises(Refused):
        carrier.put(name, file)
    with pytest.raises(Refused):
        carrier.fetch(name, file)


def test_waiting_fetch_done(courier: tuple[Courier, Path], tmp_path: Path) -> None:
    carrier, root = courier
    for name in ("b.xml", "a.xml", ".part-c.xml", "d.xml.tmp"):
        (root / "out" / name).write_bytes(name.encode())
    assert [found.name for found in carrier.waiting()] == ["a.xml", "b.xml"]
    receipt = carrier.fetch("a.xml", tmp_path / "here.xml")
    assert (tmp_path / "here.xml").read_bytes() == b"a.xml"
    assert receipt.size_bytes == 5
    carrier.done("a.xml")
    carrier.done("a.xml")  # a repeated call after a crash changes nothing
    assert [found.name for found in carrier.waiting()] == ["b.xml"]
    (root / "out" / "a.xml").write_bytes(b"again")
    carrier.done("a.xml")
    archived = {path.name for path in (root / "out" / "archive").iterdir()}
    assert archived == {"a.xml", "a.xml.2"}


def test_a_growing_file_is_left_alone(tmp_path: Path) -> None:
    lay_out(tmp_path)
    growing = tmp_path / "out" / "a.xml"
    growing.write_bytes(b"1")
    (tmp_path / "out" / "b.xml").write_bytes(b"1")
    carrier = open_folder(FolderTarget(tmp_path, settle_seconds=0.01))
    carrier._pause = lambda _: growing.write_bytes(b"12") and None  # type: ignore[assignment,func-returns-value]
    assert [found.name for found in carrier.waiting()] == ["b.xml"]


def test_missing_provider_side_is_unavailable(tmp_path: Path, file: Path) -> None:
    carrier = open_folder(FolderTarget(tmp_path / "nowhere"))
    for act in (lambda: carrier.put("AS1.xml", file), carrier.waiting):
        with pytest.raises(Unavailable):
            act()


def test_lost_answer_at_the_rename_is_a_doubt(running: Running, file: Path) -> None:
    running.bank.lose_rename_answer = True
    carrier = open_sftp(running.target)
    try:
        with pytest.raises(InDoubt):
            carrier.put("LOST.xml", file)
    finally:
        running.bank.lose_rename_answer = False
        carrier.close()
    assert (running.bank.root / "in" / "LOST.xml").stat().st_size == 700_000
    carrier = open_sftp(running.target)
    assert carrier.put("LOST.xml", file).size_bytes == 700_000
    carrier.close()


def test_lost_line_before_the_rename_is_unavailable(running: Running, file: Path) -> None:
    carrier = open_sftp(running.target)
    carrier.close()
    with pytest.raises(Unavailable):
        carrier.put("CLOSED.xml", file)


def test_another_host_key_is_not_talked_to(running: Running) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    with pytest.raises(Unavailable, match="đã ghim"):
        open_sftp(replace(running.target, host_key=other))
    with pytest.raises(Refused, match="không đúng dạng"):
        open_sftp(replace(running.target, host_key="nonsense"))


def test_a_wrong_key_is_unavailable(running: Running, tmp_path: Path) -> None:
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(tmp_path / "id")
    with pytest.raises(Unavailable):
        open_sftp(replace(running.target, private_key_path=tmp_path / "id"))
