"""Options that many commands take, and opening what they name."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.clock import SystemClock
from app.config import Settings, load_settings
from app.db import Database
from app.errors import InputError
from app.keeping.proving import prove
from app.privacy import Keyring, open_keyring
from app.units.home import has_keys, home_of
from app.units.lookup import facts, moment
from ledger.anchors import AnchorFile
from ledger.money import MoneyError, parse_vnd
from ledger.proofs import Proof

_PERSON = re.compile(r"(?:person:|AS-0*)?(\d{1,18})")
F = TypeVar("F", bound=Callable[..., Any])
DAY = click.DateTime(["%Y-%m-%d", "%d/%m/%Y"])
"""A day as officers write it: 2026-12-01 or 01/12/2026."""


def with_database(command: F) -> F:
    """`--database URL`: a SQLAlchemy URL of a SQLite file or a PostgreSQL database."""
    return click.option(
        "--database",
        "database_url",
        envvar="ANSINH_DATABASE_URL",
        help="Cơ sở dữ liệu, ví dụ sqlite:///var/demo/ansinh.db hoặc postgresql+psycopg://…",
    )(command)


_CELL = (
    ("provider", "Mã nơi chi trả"),
    ("programme", "Mã chương trình"),
    ("unit", "Mã đơn vị chi"),
)


def with_cell(command: F) -> F:
    """`--unit`, `--programme`, `--provider`: one contract."""
    for name, says in _CELL:
        command = click.option(f"--{name}", required=True, help=f"{says}.")(command)
    return command


def with_choice(command: F) -> F:
    """The same, each "" where it is not given: all of them."""
    for name, says in _CELL:
        command = click.option(f"--{name}", default="", help=f"{says}; trống là tất cả.")(command)
    return command


def with_json(command: F) -> F:
    """`--json`: the answer as one JSON object on standard output."""
    return click.option("--json", "as_json", is_flag=True, help="Trả lời bằng JSON.")(command)


@dataclass(frozen=True, slots=True)
class House:
    """An opened installation: its settings, database, and the folder beside the database."""

    settings: Settings
    database: Database
    home: Path

    @property
    def keyring(self) -> Keyring:
        """The keys of this installation."""
        return open_keyring(self.home / "keys", self.settings.field_key)

    @property
    def anchors(self) -> AnchorFile:
        """The signed anchors of this installation."""
        key = self.home / "keys" / "seal.key"
        return AnchorFile(self.settings.anchor or self.home, key, self.settings.seal_key)

    def anchors_signed_by(self, key: Path) -> AnchorFile:
        """The same anchors with the private key in another file, brought along for one act."""
        return AnchorFile(self.settings.anchor or self.home, key)

    def prove(self, fast: bool = False) -> list[Proof]:
        """Every proof, with what lies beside the database: anchors, keys, received files."""
        # Asking for keys that are not there would make new ones, and every seal a forgery.
        keyring = self.keyring if self.has_keys else None
        return prove(self.database, self.anchors, self.home, keyring, self.settings, fast=fast)

    @property
    def has_keys(self) -> bool:
        """Whether the keys are at hand, in a file or a setting."""
        return has_keys(self.settings, self.home)


def open_house(database_url: str | None) -> House:
    """Open the named database, or that of the settings, until the command ends.

    Raises InputError when it is missing.
    """
    settings = load_settings(database_url=database_url)
    database = Database(settings.database_url, settings.schema)
    if (command := click.get_current_context(silent=True)) is not None:
        command.call_on_close(database.close)
    path = Path(database.url.database or "")
    if database.is_sqlite and not path.exists():
        raise InputError(f"Không có tệp {path}.", "Chạy `ansinh demo` hoặc `ansinh db upgrade`.")
    return House(settings, database, _home(settings, database))


def _home(settings: Settings, database: Database) -> Path:
    """Where keys, anchors and files lie."""
    try:
        with database.view() as session:
            told = facts(session).get("home", "")
    except Exception as error:
        if isinstance(error, OperationalError) and not database.is_sqlite:
            raise InputError(
                f"Không kết nối được cơ sở dữ liệu {database.url.render_as_string()}.",
                "Kiểm tra máy chủ PostgreSQL có chạy không và --database có đúng không.",
            ) from error
        raise InputError(
            "Không đọc được cơ sở dữ liệu.",
            f"Chạy `ansinh db upgrade` trước. ({type(error).__name__})",
        ) from error
    return home_of(settings, database.url, told)


def moment_of(session: Session) -> datetime:
    """What time it is for a database: a training one has a clock of its own."""
    return moment(session, SystemClock().now())


def answer(as_json: bool, value: Any, text: str) -> None:
    """Print the answer as JSON or for people."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=1, default=str) if as_json else text)


def person_number(person: str) -> int:
    """'12', 'person:12' or 'AS-000012' as a number. Raises InputError."""
    named = _PERSON.fullmatch(person.strip())
    if named is None:
        raise InputError(f"“{person[:40]}” không phải số người hưởng.", "Ví dụ: 12 hoặc AS-000012.")
    return int(named[1])


def amount_of(told: str) -> int:
    """An amount as people write it, in đồng: '1.234.567'. Raises InputError."""
    try:
        return parse_vnd(told)
    except MoneyError as error:
        raise InputError(str(error), "Ví dụ 1.234.567.") from error
