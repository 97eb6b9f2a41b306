"""A backup is whole, of one moment while others write, for its owner only, and has no key."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from app.db import Database
from app.errors import Conflict, InputError, Refused, Unavailable
from app.keeping import manifest, programs
from app.keeping.backup import back_up
from ledger.chart import Cell
from ledger.journal import EntryDraft, post
from ledger.tables import entry
from tests.app.keeping.before import KEY, Story, restored, september_approved, taken
from tests.factories import BANK, COMMUNE, PENSION, House
from tests.support.province import FUND

pytestmark = pytest.mark.stage(of=september_approved)
ENTRIES = 12
"""Two accruals, the money of five contracts, four commitments, one batch sent."""


def test_everything_is_there_and_no_key(story: Story, tmp_path: Path) -> None:
    made = taken(story, tmp_path / "backups")
    said = made.manifest
    names = {path.relative_to(made.folder).as_posix() for path in _files(made.folder)}
    database = "database.db" if story.house.database.is_sqlite else "database.dump"
    sealed = f"outbound/{story.message(story.sent)}.xml"
    assert names == {
        "manifest.json", "SHA256SUMS", database, sealed, "send-journal.jsonl", "anchors.jsonl",
        "anchor.pub",
    }  # fmt: skip
    assert said.rows["entry"] == story.house.count(entry)
    assert (said.entries, said.closed, said.received, said.sealed[0]) == (ENTRIES, 0, (0, 0), 1)
    assert said.missing == ()
    assert said.migration > "0002"
    checked = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=made.folder, check=False)
    assert checked.returncode == 0
    assert manifest.check(made.folder) == said
    for path in _files(made.folder):
        assert path.stat().st_mode & 0o777 == 0o600
        text = path.read_bytes()
        assert KEY not in text
        assert KEY.hex().encode() not in text
        seal_key = (story.house.home / "keys" / "seal.key").read_bytes()
        assert seal_key not in text
    assert made.folder.stat().st_mode & 0o777 == 0o700
    assert os.listdir(made.folder.parent) == [made.folder.name]


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_taken_while_others_write(story: Story, new: House, tmp_path: Path) -> None:
    """A writer posts entry after entry; what comes back is one state of it, and proves."""
    stop, posted = Event(), []
    writer = Thread(target=_write_on, args=(story.house, stop, posted))
    writer.start()
    try:
        while len(posted) < 3:
            time.sleep(0.01)
        before = len(posted)
        made = taken(story, tmp_path / "backups")
        after = len(posted) + 1
    finally:
        stop.set()
        writer.join()
    written = made.manifest.rows["entry"] - ENTRIES
    assert before <= written <= after
    done = restored(story, made, new)
    assert [one.name for one in done.proofs if not one.ok] == []
    assert new.count(entry) == ENTRIES + written


def _write_on(house: House, stop: Event, posted: list[int]) -> None:
    now = house.clock.now()
    cell = Cell(FUND, PENSION, COMMUNE, BANK)
    while not stop.is_set():
        draft = EntryDraft(f"w:{len(posted)}", "fund_bank", cell, now.date(), now, "test")
        with house.work() as session:
            post(session, draft, 1000)
        posted.append(1)


def test_originals_from_one_backup_to_the_next(story: Story, tmp_path: Path) -> None:
    """Changed ones are told and kept by their own digest; true ones get a second name; those that
    are gone are named, and no name written by hand into the database leads out of the folder."""
    output, name = tmp_path / "backups", f"outbound/{story.message(story.sent)}.xml"
    path = story.house.home / name
    true = path.read_bytes()
    path.write_bytes(true.replace(b"100000011000", b"100000099999"))
    made = [taken(story, output) for _ in range(2)]
    assert made[0].manifest.changed == made[1].manifest.changed == (name,)
    path.write_bytes(true)
    made += [taken(story, output) for _ in range(2)]
    assert [one.manifest.changed_files for one in made] == [1, 1, 0, 0]
    places = [(one.folder / name).stat().st_ino for one in made]
    assert len(set(places)) == 3
    assert places[2] == places[3]
    for one in made:
        assert manifest.check(one.folder) == one.manifest
    shutil.rmtree(made[2].folder)
    assert manifest.check(made[3].folder) == made[3].manifest
    _unreadable(output / "ansinh-2026-09-10-235959")
    _gone(story, path)
    said = taken(story, output).manifest
    assert said.missing_files == 3
    assert set(said.missing) == {"inbound/../../../secret", f"inbound/cc/{'c' * 64}", name}
    with pytest.raises(Conflict, match="Đã có bản sao lưu"):
        back_up(story.kept, output, story.house.clock.now())


def _unreadable(folder: Path) -> None:
    """A newest backup whose manifest was broken hinders no other."""
    folder.mkdir()
    for name in ("manifest.json", "SHA256SUMS"):
        (folder / name).write_text("[]")


def _gone(story: Story, path: Path) -> None:
    path.unlink()
    row = "'{}', '{}', '{}', 1, '2026-09-10', 'read', ''"
    for name, sha256 in (("a", "../../secret"), ("b", "c" * 64)):
        story.house.tamper(
            "insert into inbound_file (provider, name, sha256, size_bytes, received_at, state, why)"
            f" values ({row.format(BANK, name, sha256)})"
        )


def test_a_broken_off_one_leaves_nothing(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was killed outright lies hidden, and is removed a day later by the next."""
    output = tmp_path / "backups"
    old, young = output / ".ansinh-1.part", output / ".ansinh-2.part"
    for draft, hours in ((old, 25), (young, 1)):
        draft.mkdir(parents=True)
        moment = (story.house.clock.now() - timedelta(hours=hours)).timestamp()
        os.utime(draft, (moment, moment))

    def fails(*_: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(manifest, "sealed", fails)
        with pytest.raises(OSError, match="no space"):
            taken(story, output)
    assert os.listdir(output) == [young.name]
    assert taken(story, output).folder.exists()


def test_a_database_that_is_not_sound_is_not_kept(story: Story, tmp_path: Path) -> None:
    """A row that refers to nothing (SQLite), a role that may not read all (PostgreSQL)."""
    output = tmp_path / "backups"
    if story.house.database.is_sqlite:
        connection = story.house.owner.engine.raw_connection()
        driver: Any = connection.driver_connection
        driver.execute("pragma foreign_keys = off")
        driver.execute("insert into batch_event values (999, 1, 'x', 'x', 'x', 'x')")
        connection.close()
        with pytest.raises(Refused, match=r"bị hỏng: .*batch_event"):
            taken(story, output)
    else:
        story.house.tamper("create role blind login")
        url = story.house.database.url.set(username="blind").render_as_string()
        blind = replace(story.kept, database=Database(url))
        try:
            with pytest.raises(Unavailable, match=r"pg_dump không chạy xong: .*permission denied"):
                back_up(blind, output, story.house.later())
        finally:
            blind.database.close()
            story.house.tamper("drop role blind")
    assert os.listdir(output) == []


@pytest.mark.postgres
def test_without_its_programs_the_line_that_installs_them(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(postgres_url)
    server = programs.server_of(database)
    database.close()
    assert programs._major(server.program("pg_dump")) >= server.major
    with pytest.raises(InputError, match=r"apt-get install -y postgresql-client-99"):
        replace(server, major=99).program("pg_dump")
    monkeypatch.setattr(programs, "FOLDERS", ())
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(InputError, match=r"không có bản nào.*postgresql-client-\d+"):
        server.program("psql")
