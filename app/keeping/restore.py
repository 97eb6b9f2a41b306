"""From a backup to a database that is proven, held, and knows what has left since.

Nothing of the target is touched before every byte of the backup was read. The hold is written with
the tables: on SQLite the file gets its name when it is held, on PostgreSQL tables and hold are one
transaction. So there is no moment at which a scheduler could send. Broken off anywhere, the same
command may be run again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from psycopg import sql
from sqlalchemy import insert, text, update
from sqlalchemy.orm import Session

from app.clock import TIME_ZONE
from app.config import Settings
from app.db import Database
from app.disbursement import journal, restored
from app.disbursement.claims import stop_everything
from app.disbursement.holds import GLOBAL, PROOFS, RESTORED, standing
from app.disbursement.restored import Recovered, Taken
from app.disbursement.tables import hold
from app.errors import InputError, Refused
from app.jobs.runtime import Progress, silent
from app.keeping import anchors, files, keys, manifest, postgres, sqlite
from app.keeping.manifest import Manifest
from app.keeping.proving import prove
from app.migrations.upgrade import upgrade
from app.privacy import Keyring
from app.units.tables import installation
from ledger.anchors import AnchorFile
from ledger.proofs import Proof

ORIGINALS = ("inbound/", "outbound/", "papers/")


@dataclass(frozen=True, slots=True)
class Order:
    """What to restore, into which empty database and home folder.

    `anchors` is where the new installation keeps its anchors. `journal` is the send journal that
    outlived the machine, None where it is lost; `surviving` the anchor file that did. `keys` is a
    copy of the keys, None where the home folder has them or they come later. `settings` say where
    the keys for banks lie, by which enveloped files are read again.
    """

    backup: Path
    target: Database
    home: Path
    anchors: AnchorFile
    journal: Path | None
    keys: Path | None = None
    surviving: Path | None = None
    settings: Settings = field(default_factory=Settings)


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore gave: the backup's manifest, what was recovered, the proofs.

    `lost_entries` counts entries that surviving anchors know and the backup does not, None without
    anchors; `unreadable` lines of the journal must be looked at by people.
    """

    manifest: Manifest
    recovered: Recovered
    proofs: tuple[Proof, ...]
    lost_entries: int | None
    unreadable: tuple[int, ...]


def restore(order: Order, now: datetime, progress: Progress = silent) -> Restored:
    """Restore a backup; gives what was found.

    Raises InputError for a backup, key, journal or anchor that does not fit, Refused for a target
    that is not empty or a database that does not count as the manifest says, Unavailable when
    PostgreSQL's programs fail.
    """
    made = manifest.check(order.backup)
    keyring = _keyring(order, made)
    _require_target(order, made)
    known, lost = _journal(order)
    kept = anchors.fitting(order.backup, order.surviving, order.anchors, made)
    _place(order, made, progress)
    with _filled(order, made, now) as database:
        _require_same(database, made)
        upgrade(database.engine)
        journal.write(order.home, known)
        anchors.write(order.anchors, kept)
        with database.unit_of_work() as session:
            number = standing_hold(session)
            taken = Taken(order.backup.name, made.taken_at, made.entries, kept.lost)
            recovered = restored.recover(session, number, taken, known, lost, now)
            _tell_home(session, order.home)
        proofs = _proofs(database, order, keyring, now)
    return Restored(made, recovered, tuple(proofs), kept.lost, known.unreadable)


def _keyring(order: Order, made: Manifest) -> Keyring | None:
    """The keys that come with the order or lie in the home folder; they must fit the backup."""
    places = [order.keys] if order.keys else [order.home / "keys"]
    if order.keys is None and not (places[0] / keys.FIELD_KEY).is_file():
        return None
    keyring = keys.keyring_at(keys.find_keys(places[0]))
    manifest.require_key(made, keyring)
    return keyring


def _require_target(order: Order, made: Manifest) -> None:
    """The target is of the same kind and schema, and nothing is in it but this very restore."""
    if order.target.is_sqlite != (made.kind == "sqlite"):
        raise InputError(
            f"Bản sao lưu là của {made.kind}, --database là {order.target.url.get_backend_name()}.",
            "Dùng --database cùng loại.",
        )
    if order.target.schema != made.schema:
        raise InputError(
            f"Bản sao lưu là của lược đồ “{made.schema}”, cấu hình là “{order.target.schema}”.",
            "Đặt ANSINH_SCHEMA đúng như bản sao lưu.",
        )
    if order.target.is_sqlite:
        if _path(order.target).exists():
            raise Refused(f"Đã có tệp {_path(order.target)}.", "Chọn một tệp chưa có.")
    elif postgres.tables_in(order.target) and not _is_broken_off(order):
        raise Refused(
            "Cơ sở dữ liệu đích không trống.",
            "Tạo một cơ sở dữ liệu (hoặc lược đồ) mới rồi chạy lại.",
        )


def _path(database: Database) -> Path:
    return Path(database.url.database or "")


def _reason(backup: Path, made: Manifest) -> str:
    """The hold's reason; it names the backup, so that a broken-off restore of it is known again."""
    moment = f"{made.taken_at.astimezone(TIME_ZONE):%H:%M %d/%m/%Y}"
    return (
        f"Khôi phục từ bản sao lưu {backup.name}, chụp lúc {moment}: chờ hai cán bộ tài chính ký"
        " bảng đối chiếu với ngân hàng."
    )


def _is_broken_off(order: Order) -> bool:
    """Whether the tables are held by a restore of this backup that did not come to its end."""
    with order.target.view() as session:
        if session.scalar(text("select to_regclass('hold')")) is None:
            return False
        made = manifest.read(order.backup)
        held = [one.id for one in standing(session) if one.reason == _reason(order.backup, made)]
        if not held or session.scalar(text("select to_regclass('restoration')")) is None:
            return bool(held)
        return not restored.is_recovered(session, held[-1])


def _journal(order: Order) -> tuple[journal.Journal, bool]:
    """The backup's journal and the surviving one joined, and whether the newest is lost."""
    old = journal.read(order.backup / journal.NAME)
    if order.journal is None:
        return old, True
    if not order.journal.is_file():
        raise InputError(
            f"Không có nhật ký gửi {order.journal}.",
            "Nếu không cứu được nhật ký thì dùng --send-journal-lost.",
        )
    return journal.join((old, journal.read(order.journal))), False


def _place(order: Order, made: Manifest, progress: Progress) -> None:
    """Keys and originals into the home folder; what lies there already must be the same."""
    order.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if order.keys is not None:
        keys.place_keys(keys.find_keys(order.keys), order.home)
    total = made.received[0] + made.sealed[0]
    named = (one for one in files.listed(order.backup) if one[0].startswith(ORIGINALS))
    for number, (name, sha256) in enumerate(named, start=1):
        target = order.home / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        files.place(order.backup / name, target, sha256)
        progress("restore files", number, total)
    files.keep_all_names(order.home)


@contextmanager
def _filled(order: Order, made: Manifest, now: datetime) -> Iterator[Database]:
    """The backup's database, held from its first moment; on SQLite under a hidden name until all
    is done."""
    values = {"scope": GLOBAL, "key": RESTORED, "reason": _reason(order.backup, made)}
    values["set_by"] = restored.SET_BY
    if order.target.is_sqlite:
        yield from _filled_sqlite(order, {**values, "set_at": now})
        return
    if not postgres.tables_in(order.target):
        names = sql.SQL(", ").join(sql.Identifier(one) for one in (*values, "set_at"))
        told = sql.SQL(", ").join(sql.Literal(one) for one in (*values.values(), now.isoformat()))
        place = sql.Identifier(made.schema or "public", "hold")
        statement = sql.SQL("insert into {} ({}) values ({})").format(place, names, told)
        postgres.load(order.target, order.backup / postgres.NAME, statement)
    with order.target.unit_of_work() as session:
        session.execute(text("analyze"))
    yield order.target


def _filled_sqlite(order: Order, values: dict[str, object]) -> Iterator[Database]:
    final = _path(order.target)
    draft = final.with_name(f".{final.name}.restoring")
    final.parent.mkdir(parents=True, exist_ok=True)
    for tail in ("", "-wal", "-shm", "-journal"):
        draft.with_name(f"{draft.name}{tail}").unlink(missing_ok=True)
    files.copy(order.backup / sqlite.NAME, draft.parent, draft.name)
    database = Database(f"sqlite:///{draft}", owner=True)
    try:
        with database.unit_of_work() as session:
            session.execute(insert(hold).values(values))
        yield database
        sqlite.alone(database)
    finally:
        database.close()
    os.link(draft, final)  # refuses a name that somebody took meanwhile
    draft.unlink()
    files.keep_all_names(final.parent)


def standing_hold(session: Session) -> int:
    """The number of the hold of this restore: the newest of its name."""
    found = [one.id for one in standing(session) if (one.scope, one.key) == (GLOBAL, RESTORED)]
    return int(max(found))


def _require_same(database: Database, made: Manifest) -> None:
    """As many rows in every table, and the same head of the chain, as when the backup was taken."""
    with database.view() as session:
        found = manifest.figures_of(session)
    if found.migration != made.migration:
        return  # broken off after it was compared and upgraded
    wrong = [
        f"{name}: {found.rows.get(name, 0)} dòng thay vì {count}"
        for name, count in made.rows.items()
        if found.rows.get(name, 0) != count + (name == "hold")
    ]
    if (found.entries, found.link) != (made.entries, made.link):
        wrong.append(f"chuỗi bút toán: {found.entries} thay vì {made.entries}")
    if wrong:
        raise Refused(
            f"Cơ sở dữ liệu khôi phục không như bản kê: {'; '.join(wrong[:5])}.",
            "Dùng một bản sao lưu khác và báo kỹ thuật.",
        )


def _tell_home(session: Session, home: Path) -> None:
    """A training database says itself where its files lie; that is elsewhere now."""
    session.execute(
        update(installation).where(installation.c.key == "home").values(value=str(home.resolve()))
    )


def _proofs(
    database: Database, order: Order, keyring: Keyring | None, now: datetime
) -> list[Proof]:
    """Every proof; one that fails sets a hold of its own, as any night."""
    proofs = prove(database, order.anchors, order.home, keyring, order.settings)
    failed = [one.name for one in proofs if not one.ok]
    if failed:
        with database.unit_of_work() as session:
            reason = f"Kiểm chứng sổ sách không đạt: {'; '.join(failed)}"
            stop_everything(session, reason, now, PROOFS)
    return proofs
