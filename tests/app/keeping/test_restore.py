"""What a restore refuses, what it finds, and that it may be broken off anywhere and run again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from psycopg import sql
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from app.access.officers import Confirmation, confirm
from app.db import Database
from app.disbursement import journal
from app.disbursement.acts import prove_acts
from app.disbursement.clearing import sign_comparison
from app.disbursement.comparison import compare
from app.disbursement.holds import standing
from app.disbursement.tables import hold_clearing
from app.errors import AnSinhError, InputError, Refused, Unavailable
from app.jobs.resending import resend_in_doubt
from app.keeping import manifest, postgres, restore
from app.keeping.page import page_of
from app.units.lookup import facts
from tests.app.keeping.before import (
    Story,
    after_backup,
    restored,
    september_approved,
    taken,
)
from tests.factories import OTHER_COMMUNE, POST, House

pytestmark = pytest.mark.stage(of=september_approved)
Damage = Callable[[Path], None]


def _flip(name: str) -> Damage:
    """One byte of a file is another."""

    def damage(folder: Path) -> None:
        (path,) = folder.glob(name)
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)

    return damage


def _remove(name: str) -> Damage:
    return lambda folder: next(folder.glob(name)).unlink()


def _add(name: str) -> Damage:
    return lambda folder: _write(folder / name, "x")


def _write(path: Path, text: str) -> None:
    path.write_text(text)


def _line(folder: Path) -> None:
    """The list leads out of the folder, and its digest is made anew."""
    text = (folder / "SHA256SUMS").read_text().replace("anchor.pub", "../anchor.pub")
    (folder / "SHA256SUMS").write_text(text)
    _edit(folder, sums=manifest.file_digest(folder / "SHA256SUMS"))


def _edit(folder: Path, **changes: object) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def _is_empty(house: House) -> bool:
    """Whether the new machine has nothing, or not even a file."""
    if house.database.is_sqlite:
        return not Path(house.database.url.database or "").exists()
    return postgres.tables_in(house.database) == 0


DAMAGES: tuple[tuple[Damage, str], ...] = (
    (_flip("database.d*"), r"tệp database\.d\w+ đã bị thay đổi"),
    (_flip("send-journal.jsonl"), r"tệp send-journal\.jsonl đã bị thay đổi"),
    (_flip("outbound/*"), r"tệp outbound/AS\w+\.xml đã bị thay đổi"),
    (_flip("SHA256SUMS"), "SHA256SUMS"),
    (_remove("anchors.jsonl"), r"thiếu tệp anchors\.jsonl"),
    (_remove("manifest.json"), r"không phải một bản sao lưu trọn vẹn"),
    (_remove("SHA256SUMS"), "SHA256SUMS"),
    (_add("extra"), "thừa tệp extra"),
    (_line, "không đúng dạng"),
    (lambda folder: _edit(folder, entries=1), "niêm không khớp"),
    (lambda folder: _edit(folder, entries="x"), "không đọc được"),
    (lambda folder: _edit(folder, format=2), "không đọc được"),
    (lambda folder: _write(folder / "manifest.json", "[]"), "không đọc được"),
)


def test_a_damaged_backup_is_refused_by_name(story: Story, new: House, tmp_path: Path) -> None:
    """One byte, one file too few or too many, a list or a manifest that was edited."""
    made = taken(story, tmp_path / "backups")
    for number, (damage, words) in enumerate(DAMAGES):
        damaged = tmp_path / str(number) / made.folder.name
        shutil.copytree(made.folder, damaged)
        damage(damaged)
        with pytest.raises(InputError, match=words):
            restored(story, replace(made, folder=damaged), new)
        assert _is_empty(new)
        assert not new.home.exists()


def test_what_does_not_fit_is_refused(story: Story, new: House, tmp_path: Path) -> None:
    """Another key, no such journal, another kind of database, another's anchors, other files."""
    made = taken(story, tmp_path / "backups")
    old, other = story.house.home, tmp_path / "other"
    (other / "keys").mkdir(parents=True)
    (other / "keys" / "field.key").write_bytes(b"u" * 32)
    anchors = (old / "anchors.jsonl").read_text().splitlines()
    forged = {**json.loads(anchors[-1]), "link": "f" * 64}
    (other / "anchors.jsonl").write_text(json.dumps(forged) + "\n")
    for changes, words in (
        ({"keys": other / "keys"}, "không phải của bản sao lưu"),
        ({"keys": tmp_path}, r"Không có field\.key"),
        ({"journal": other / "none"}, "--send-journal-lost"),
        ({"surviving": other / "none"}, "Không có tệp mốc"),
        ({"surviving": other / "anchors.jsonl"}, "trái với bản sao lưu"),
    ):
        with pytest.raises(InputError, match=words):
            restored(story, made, new, **changes)
        assert _is_empty(new)
    (new.home / "outbound").mkdir(parents=True)
    (new.home / "outbound" / f"{story.message(story.sent)}.xml").write_text("another")
    with pytest.raises(InputError, match="nội dung khác"):
        restored(story, made, new)
    other_kind = "sqlite:///x.db" if not new.database.is_sqlite else "postgresql+psycopg:///x"
    with pytest.raises(InputError, match="Dùng --database cùng loại"):
        restored(story, made, replace(new, database=Database(other_kind)))
    assert _is_empty(new)


def test_keys_come_later_and_nothing_is_restored_twice(
    story: Story, new: House, tmp_path: Path
) -> None:
    """Without keys the seals of acts are not looked at, and no new key is made."""
    made = taken(story, tmp_path / "backups")
    old = story.house
    done = restored(story, made, new, keys=None)
    assert done.proofs
    assert [one.name for one in done.proofs if not one.ok] == []
    assert not (new.home / "keys").exists()
    story.house = old
    with pytest.raises(Refused, match=r"không trống|Đã có tệp"):
        restored(story, made, new, journal=None)


def test_broken_off_and_run_again(
    story: Story, new: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the tables came: on PostgreSQL they are held, on SQLite there is no database yet."""
    made = taken(story, tmp_path / "backups")
    after_backup(story)

    def dies(*_: object) -> str:
        raise ConnectionError("the machine went down")

    for step in ("upgrade", "_tell_home"):
        with monkeypatch.context() as patch:
            patch.setattr(restore, step, dies)
            with pytest.raises(ConnectionError):
                restored(story, made, new)
        if new.database.is_sqlite:
            assert _is_empty(new)
        else:
            with new.database.view() as session:
                assert [(one.scope, one.key) for one in standing(session)] == [
                    ("global", "restored")
                ]
    done = restored(story, made, new)
    assert done.recovered.in_doubt == (story.released, story.built)
    assert done.proofs
    assert [one.name for one in done.proofs if not one.ok] == []
    assert new.ask("select count(*) from hold where key = 'restored'") == 1
    with new.database.view() as session:
        assert facts(session)["home"] == str(new.home.resolve())


@pytest.mark.parametrize(
    "house", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
def test_tables_and_hold_come_together_or_not_at_all(
    story: Story, new: House, tmp_path: Path
) -> None:
    """The statement that holds fails: nobody ever saw a table; a broken dump the same.

    On SQLite the file has no name before it is held.
    """
    dump = taken(story, tmp_path / "backups").folder / "database.dump"
    with pytest.raises(Unavailable, match=r'relation "nowhere" does not exist'):
        postgres.load(new.database, dump, sql.Composed([sql.SQL("insert into nowhere values (1)")]))
    assert _is_empty(new)
    dump.write_bytes(dump.read_bytes()[:-2000])
    with pytest.raises(Unavailable, match="pg_restore"):
        postgres.load(new.database, dump, sql.Composed([sql.SQL("select 1")]))
    assert _is_empty(new)


def test_books_that_were_changed_before_the_backup(
    story: Story, new: House, tmp_path: Path
) -> None:
    """The backup is as it was taken, and what it holds does not prove: two holds."""
    name = "posting_no_update" if story.house.database.is_sqlite else "posting_append_only"
    tail = "" if story.house.database.is_sqlite else " on posting"
    story.house.tamper(f"drop trigger {name}{tail}")
    story.house.tamper("update posting set debit = debit + 1 where debit > 0 and line = 1")
    done = restored(story, taken(story, tmp_path / "backups"), new)
    assert [one.name for one in done.proofs if not one.ok]
    with new.database.view() as session:
        assert [one.key for one in standing(session)] == ["restored", "proofs"]


def test_the_journal_is_lost(story: Story, new: House, tmp_path: Path) -> None:
    """What two persons released for today may have left; only evidence moves it."""
    made = taken(story, tmp_path / "backups")
    after_backup(story)
    done = restored(story, made, new, journal=None, surviving=None)
    assert done.recovered.in_doubt == (story.released,)
    assert story.states() == ["sent", "in_doubt", "built", "released"]
    now = new.later()
    with new.work() as session:
        page = page_of(compare(session, now))
    assert "Nhật ký gửi: MẤT" in page
    assert "không rõ (không có mốc lưu ngoài)" not in page  # the backup's own anchors are there
    new.tamper("drop trigger hold_cleared" + ("" if new.database.is_sqlite else " on hold"))
    new.tamper("update hold set cleared_at = set_at, cleared_by = 1, cleared_too_by = 2")
    said = resend_in_doubt(story.providers.connected(new.runtime))
    assert said == "0 of 1 in doubt"


def test_a_line_of_the_journal_is_damaged(story: Story, new: House, tmp_path: Path) -> None:
    """The line of a batch that left: it is in doubt for all that, and nothing is thrown away."""
    made = taken(story, tmp_path / "backups")
    after_backup(story)
    path = story.house.home / journal.NAME
    name = f'"{story.message(story.released)}'
    whole = path.read_text().splitlines()
    spoilt = [f"#{one[1:]}" if name in one else one for one in whole]
    assert spoilt != whole
    path.write_text("\n".join([*spoilt, ""]))
    done = restored(story, made, new)
    assert len(done.unreadable) == 1
    assert done.recovered.in_doubt == (story.released, story.built)
    assert story.states() == ["sent", "in_doubt", "in_doubt", "released"]
    (kept,) = journal.read(new.home / journal.NAME).damaged
    assert kept.decode() in spoilt
    now = new.later()
    with new.work() as session:
        assert "1 dòng nhật ký không đọc được" in page_of(compare(session, now))


def test_a_row_that_was_slipped_in_excuses_nothing(
    story: Story, new: House, tmp_path: Path
) -> None:
    """After the comparison was signed somebody lets a batch leave without its two releasers."""
    made = taken(story, tmp_path / "backups")
    after_backup(story)
    restored(story, made, new)
    with new.database.view() as session:
        assert prove_acts(session, new.keyring).ok  # the hold stands
    _two_by_hand_are_not_enough(new)
    now = new.later()
    with new.work() as session:
        digest = compare(session, now).digest
    for username in ("finance.one", "finance.two"):
        who = new.acting(username)
        with new.work() as session:
            sign_comparison(session, new.keyring, who, digest, new.clock.now())
    with new.database.view() as session:  # two have signed for it
        figures = prove_acts(session, new.keyring).figures
    assert figures["released_by_fewer_than_two"] == []
    assert len(figures["unbound"]) == 2  # those by hand are found
    number = story.build(OTHER_COMMUNE, POST)
    columns = "restoration_id, ordinal, batch_id, believed, at, name, sha256, message_id, provider"
    new.tamper(
        f"insert into handed_over ({columns}, lines, total) select restoration_id, 99, {number},"
        " 'built', at, name, sha256, 'x', provider, lines, total from handed_over"
        " where ordinal = 1"
    )
    new.tamper(
        "drop trigger batch_released_by_two" + ("" if new.database.is_sqlite else " on batch")
    )
    for change in ("state = 'released'", "state = 'sending', owner = 'restore'",
                   "state = 'in_doubt'"):  # fmt: skip
        new.tamper(f"update batch set {change} where id = {number}")
    with new.database.view() as session:
        figures = prove_acts(session, new.keyring).figures
    assert figures["released_by_fewer_than_two"] == [number]


def _two_by_hand_are_not_enough(new: House) -> None:
    """By SQL past every room: two officers' signatures, but not under the newest comparison."""
    one, two = new.officer("finance.one"), new.officer("finance.two")
    what = Confirmation("clear_hold", "d", 1, 0)
    for officer in (one, two):
        now = new.later()
        with new.work() as session:
            act = confirm(session, new.keyring, officer, new.code(), now, what)
            row = {"hold_id": 1, "officer_id": officer, "act_id": act, "digest": "d"}
            session.execute(insert(hold_clearing).values(row))
    with pytest.raises(DBAPIError, match="two officers clear it"):
        new.tamper(
            f"update hold set cleared_at = set_at, cleared_by = {one}, cleared_too_by = {two}"
            " where key = 'restored'"
        )


def test_an_empty_target_is_not_compared(house: House) -> None:
    """No restored database waits: a plain sentence."""
    with pytest.raises(AnSinhError, match="không chờ đối chiếu"), house.work() as session:
        compare(session, house.later())
