"""The two couriers over a real folder and a real SFTP server on the loopback."""

from __future__ import annotations

import socket
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import asyncssh
import pytest

from bank_adapters.contract import Courier
from bank_adapters.errors import InDoubt, Refused, Stranger, Unavailable
from bank_adapters.transports import names, sftp
from bank_adapters.transports.folder import FolderTarget, open_folder
from bank_adapters.transports.names import Folders
from bank_adapters.transports.sftp import SftpTarget, open_sftp
from tests.support.sftp_bank import SftpBank, lay_out, serving


@dataclass
class Running:
    bank: SftpBank
    target: SftpTarget


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    home = tmp_path_factory.mktemp("sftp")
    bank = SftpBank(home / "root")
    lay_out(bank.root)
    with serving(bank, home) as target:
        yield Running(bank, target)


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


def test_a_file_of_many_pieces(
    courier: tuple[Courier, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large one comes piece by piece, the last of them shorter, whole and in order."""
    monkeypatch.setattr(sftp, "AHEAD", 99_999)
    monkeypatch.setattr(names, "BLOCK", 99_999)
    opened, root = courier
    waiting = root / Folders().outbox / "A.xml"
    waiting.write_bytes(bytes(number % 251 for number in range(700_000)))
    receipt = opened.fetch("A.xml", tmp_path / "A.xml")
    assert receipt.size_bytes == 700_000
    assert (tmp_path / "A.xml").read_bytes() == waiting.read_bytes()


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


@pytest.mark.parametrize(
    "name", ["../x", "a/b", ".hidden", "", "a\nb", " a", "a\u202eb", "x" * 300, "ế" * 90]
)
def test_names_that_could_leave_the_folder_are_refused(
    courier: tuple[Courier, Path], file: Path, name: str
) -> None:
    carrier, _ = courier
    with pytest.raises(Refused):
        carrier.put(name, file)
    with pytest.raises(Refused):
        carrier.fetch(name, file)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_name_with_accents_and_spaces_is_a_name(
    courier: tuple[Courier, Path], tmp_path: Path, form: Literal["NFC", "NFD"]
) -> None:
    carrier, root = courier
    name = unicodedata.normalize(form, "KẾT QUẢ 12.10 (lần 2).xlsx")
    (root / "out" / name).write_bytes(b"answer")
    assert [found.name for found in carrier.waiting()] == [name]
    carrier.fetch(name, tmp_path / "here")
    carrier.done(name)
    assert carrier.waiting() == []


def test_a_name_that_nobody_takes_is_listed_and_refused(
    courier: tuple[Courier, Path], tmp_path: Path
) -> None:
    """Listed, so that somebody is told; a spreadsheet's own lock file is none of it."""
    carrier, root = courier
    for name in ("stmt 10:30.xml", "~$list.xlsx"):
        (root / "out" / name).write_bytes(b"answer")
    assert [found.name for found in carrier.waiting()] == ["stmt 10:30.xml"]
    with pytest.raises(Refused, match="ký tự lạ"):
        carrier.fetch("stmt 10:30.xml", tmp_path / "here")


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


def test_a_file_that_took_the_place_of_a_fetched_one_is_not_archived_unread(
    courier: tuple[Courier, Path], tmp_path: Path
) -> None:
    carrier, root = courier
    place = root / "out" / "a.xml"
    place.write_bytes(b"first")
    carrier.fetch("a.xml", tmp_path / "here")
    place.write_bytes(b"the corrected one")
    carrier.done("a.xml")
    assert [found.name for found in carrier.waiting()] == ["a.xml"]
    carrier.fetch("a.xml", tmp_path / "here")
    assert (tmp_path / "here").read_bytes() == b"the corrected one"
    carrier.done("a.xml")
    assert carrier.waiting() == []


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


def test_requests_leave_at_once(running: Running) -> None:
    """A small packet that waits for the answer to the one before makes a file of 24 MB take 5 s."""
    carrier = open_sftp(running.target)
    transport = carrier._client.get_transport()
    assert transport is not None
    assert isinstance(transport.sock, socket.socket)
    assert transport.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    carrier.close()


def test_another_host_key_is_not_talked_to(running: Running) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    with pytest.raises(Stranger, match="đã ghim"):
        open_sftp(replace(running.target, host_key=other))
    with pytest.raises(Refused, match="không đúng dạng"):
        open_sftp(replace(running.target, host_key="nonsense"))


def test_a_wrong_key_is_unavailable(running: Running, tmp_path: Path) -> None:
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(tmp_path / "id")
    with pytest.raises(Unavailable):
        open_sftp(replace(running.target, private_key_path=tmp_path / "id"))


NOON = datetime(2026, 9, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize("late", [False, True])
def test_past_the_last_moment_nothing_is_delivered(
    running: Running, file: Path, tmp_path: Path, late: bool
) -> None:
    lay_out(tmp_path / "root")
    clock = [NOON]  # it stands just before the end until the file is all over there
    last = NOON + timedelta(seconds=1)
    name = f"LAST{int(late)}.xml"

    def now() -> datetime:
        return clock[0] + timedelta(seconds=2 * late)

    over_line = open_sftp(replace(running.target, now=now))
    in_folder = open_folder(FolderTarget(tmp_path / "root", now=now))
    for carrier, root in ((over_line, running.bank.root), (in_folder, tmp_path / "root")):
        if late:
            with pytest.raises(Unavailable, match="giờ gửi cuối"):
                carrier.put(name, file, last)
        else:
            assert carrier.put(name, file, last).size_bytes == 700_000
        assert (root / "in" / name).exists() is not late
    over_line.close()


def test_a_last_moment_needs_a_clock(tmp_path: Path, file: Path) -> None:
    lay_out(tmp_path / "root")
    with pytest.raises(Unavailable, match="đồng hồ"):
        open_folder(FolderTarget(tmp_path / "root")).put("AS1.xml", file, NOON)
    assert not (tmp_path / "root" / "in" / "AS1.xml").exists()


def test_each_bank_has_folders_of_its_own(running: Running, file: Path, tmp_path: Path) -> None:
    root, named = running.bank.root, Folders("from/us", "to/us", "to/us/taken")
    for path in ("from/us", "to/us/taken"):
        (root / path).mkdir(parents=True)
    (root / "to/us/A.xml").write_bytes(b"answer")
    carrier = open_sftp(replace(running.target, folders=named))
    carrier.put("AS9.xml", file)
    assert (root / "from/us/AS9.xml").stat().st_size == 700_000
    assert [one.name for one in carrier.waiting()] == ["A.xml"]
    carrier.fetch("A.xml", tmp_path / "A.xml")
    carrier.done("A.xml")
    assert (root / "to/us/taken/A.xml").read_bytes() == b"answer"
    carrier.close()


@pytest.mark.parametrize("path", ["../in", "in/../..", "", "a//b", "in/.hidden"])
def test_a_folder_that_could_lead_out_is_refused(path: str) -> None:
    with pytest.raises(Refused):
        Folders(inbox=path)


def test_a_bank_that_shows_nobody_what_he_delivered(running: Running, file: Path) -> None:
    running.bank.hides = True
    try:
        carrier = open_sftp(running.target)
        with pytest.raises(Unavailable):
            carrier.put("HID.xml", file)
        assert not (running.bank.root / "in" / "HID.xml").exists()
        carrier.close()
        carrier = open_sftp(replace(running.target, reads_back=False))
        assert carrier.put("HID.xml", file).size_bytes == 700_000
        carrier.close()
    finally:
        running.bank.hides = False
