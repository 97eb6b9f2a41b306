"""What a backup says of itself: small, complete, sealed with the field key where that is at hand.

The list of all files lies beside it (`SHA256SUMS`), so that the manifest stays small after ten
years and anybody can check the files with `sha256sum -c SHA256SUMS`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import func, inspect, select, table, text
from sqlalchemy.orm import Session

from app.disbursement.submission import file_digest
from app.errors import InputError
from app.keeping import files
from app.privacy import Keyring
from ledger.chain import head

NAME = "manifest.json"
FORMAT = 1
NAMED = 20
_COLUMN = "backup.manifest"


@dataclass(frozen=True, slots=True)
class Manifest:
    """A backup: when and by which version, what the database holds, which files lie beside it.

    `rows` counts the rows of every table, `entries` and `link` are the head of the chain, `closed`
    counts closed periods.
    `received` and `sealed` are (files, bytes); papers that were prepared or signed count among the
    sealed. `missing` names the first files that the database
    knows and the home folder did not have, `changed` those that had other bytes than the database
    says; `missing_files` and `changed_files` count them. `sums` is the SHA-256 of the list of
    files, `key` tells which field key belongs to it, `seal` covers all of this.
    """

    taken_at: datetime
    kind: str
    schema: str
    migration: str
    rows: Mapping[str, int]
    entries: int
    link: str
    closed: int
    parts: tuple[files.Part, ...]
    received: tuple[int, int]
    sealed: tuple[int, int]
    missing: tuple[str, ...]
    missing_files: int
    changed: tuple[str, ...]
    changed_files: int
    sums: str
    version: str
    key: str = ""
    seal: str = ""
    format: int = FORMAT

    @property
    def text(self) -> str:
        """The manifest as it stands in its file."""
        value = {**asdict(self), "taken_at": self.taken_at.isoformat()}
        return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


@dataclass(frozen=True, slots=True)
class Figures:
    """What a database holds: its migration, rows by table, head of its chain, closed periods."""

    migration: str
    rows: Mapping[str, int]
    entries: int
    link: str
    closed: int


def figures_of(session: Session) -> Figures:
    """Count everything; tables are those of the database itself, whatever its version."""
    names = sorted(inspect(session.connection()).get_table_names())
    rows = {
        name: session.scalar(select(func.count()).select_from(table(name))) or 0 for name in names
    }
    migration = ""
    if "alembic_version" in names:
        migration = session.scalar(text("select version_num from alembic_version")) or ""
    last = head(session)
    return Figures(migration, rows, last.position, last.link, rows["closed_period"])


def product_version() -> str:
    """The version of An Sinh that is installed."""
    return version("an-sinh")


def sealed(manifest: Manifest, keyring: Keyring | None) -> Manifest:
    """The manifest with the mark of the key and the seal over everything; without keys as it is."""
    if keyring is None:
        return manifest
    marked = replace(manifest, key=keyring.index(_COLUMN, "key"), seal="")
    return replace(marked, seal=keyring.index(_COLUMN, marked.text))


def require_key(manifest: Manifest, keyring: Keyring) -> None:
    """Raise InputError when these keys do not belong to the backup, or its manifest was edited."""
    if not manifest.key:
        return
    if keyring.index(_COLUMN, "key") != manifest.key:
        raise InputError(
            "Bộ khoá này không phải của bản sao lưu.", "Tìm bộ khoá được sao cùng thời gian."
        )
    if keyring.index(_COLUMN, replace(manifest, seal="").text) != manifest.seal:
        raise InputError(
            f"Tệp {NAME} đã bị sửa: niêm không khớp.", "Dùng bản sao lưu khác và báo kiểm toán."
        )


def read(folder: Path) -> Manifest:
    """The manifest of a backup. Raises InputError when it is missing or not one of ours."""
    path = folder / NAME
    if not path.is_file():
        raise InputError(
            f"{folder} không phải một bản sao lưu trọn vẹn: thiếu {NAME}.",
            "Chọn thư mục ansinh-… bên trong nơi chứa các bản sao lưu.",
        )
    try:
        return _manifest(json.loads(path.read_text("utf-8")))
    except (ValueError, TypeError, KeyError) as error:
        raise InputError(f"Tệp {path} không đọc được.", "Dùng một bản sao lưu khác.") from error


def _manifest(value: Any) -> Manifest:
    if value["format"] != FORMAT or set(value) != {one.name for one in fields(Manifest)}:
        raise ValueError("format")
    whole = [*value["rows"].values(), value["entries"], value["closed"]]
    whole += [value["missing_files"], value["changed_files"]]
    if any(type(one) is not int for one in whole):
        raise ValueError("counts")
    return Manifest(
        **{
            **value,
            "taken_at": datetime.fromisoformat(value["taken_at"]),
            "parts": tuple(files.Part(**one) for one in value["parts"]),
            "received": tuple(value["received"]),
            "sealed": tuple(value["sealed"]),
            "missing": tuple(value["missing"]),
            "changed": tuple(value["changed"]),
        }
    )


def check(folder: Path) -> Manifest:
    """Read every byte of a backup; gives its manifest.

    Raises InputError with the names of files that are missing, changed, or too many.
    """
    manifest = read(folder)
    list_file = folder / files.SUMS
    if not list_file.is_file() or file_digest(list_file) != manifest.sums:
        raise InputError(
            f"Danh sách tệp {files.SUMS} thiếu hoặc đã bị thay đổi.", "Dùng một bản sao lưu khác."
        )
    wrong = files.first(files.faults(folder), NAMED)
    wrong += [f"thừa tệp {name}" for name in files.strangers(folder, {NAME, files.SUMS})[:NAMED]]
    told = {one.name: one.sha256 for one in manifest.parts}
    listed = {name: sha256 for name, sha256 in files.listed(folder) if name in told}
    wrong += [f"{name} khác {NAME}" for name in told if listed.get(name) != told[name]]
    if wrong:
        raise InputError(
            f"Bản sao lưu {folder.name} đã hỏng: {'; '.join(wrong)}.", "Dùng một bản sao lưu khác."
        )
    return manifest
