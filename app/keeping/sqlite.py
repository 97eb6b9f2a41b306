"""A copy of a SQLite database while others write into it, by SQLite's own backup."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.db import Database
from app.errors import Refused

NAME = "database.db"
_FAULTS_SHOWN = 3


@contextmanager
def frozen(database: Database, folder: Path) -> Iterator[Session]:
    """Copy the database into the folder and check the copy; a session that reads it.

    Afterwards the copy is one file without companions. Raises Refused when it is not sound.
    """
    copied = Database(f"sqlite:///{folder / NAME}", owner=True)
    try:
        copy(database, copied)
        with copied.view() as session:
            _require_sound(session)
            yield session
        alone(copied)
    finally:
        copied.close()


def copy(source: Database, target: Database) -> None:
    """Everything of one database into another: one state of it, whoever writes meanwhile."""
    one, other = source.engine.raw_connection(), target.engine.raw_connection()
    driver: Any = one.driver_connection
    try:
        driver.backup(other.driver_connection)
    finally:
        one.close()
        other.close()


def alone(database: Database) -> None:
    """Fold the companions (-wal, -shm) into the one file; nobody else may have it open."""
    database.close()
    connection = database.engine.raw_connection()
    driver: Any = connection.driver_connection
    try:
        driver.execute("pragma journal_mode = delete")
    finally:
        connection.close()
        database.close()


def write_anew(database: Database) -> None:
    """Write a SQLite file anew, so that no free page and no journal keeps what is gone from it."""
    owner = Database(database.url.render_as_string(hide_password=False), owner=True)
    connection = owner.engine.raw_connection()
    driver: Any = connection.driver_connection
    try:
        driver.execute("vacuum")
        driver.execute("pragma wal_checkpoint(truncate)")
    finally:
        connection.close()
        owner.close()


def _require_sound(session: Session) -> None:
    connection = session.connection()
    said = connection.exec_driver_sql("pragma integrity_check").scalars().all()
    wrong = [] if said == ["ok"] else list(said)
    wrong += [str(tuple(row)) for row in connection.exec_driver_sql("pragma foreign_key_check")]
    if wrong:
        raise Refused(
            f"Bản sao của cơ sở dữ liệu bị hỏng: {'; '.join(wrong[:_FAULTS_SHOWN])}.",
            "Kiểm tra ổ đĩa; giữ bản sao lưu trước và báo kỹ thuật ngay.",
        )
