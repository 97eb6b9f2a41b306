"""Filled databases of earlier releases, as `tests/data/releases` keeps them."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import func, make_url, select, table

from app.cli.options import open_house
from app.db import Database
from ledger.proof import Proof

FOLDER = Path(__file__).resolve().parents[1] / "data" / "releases"
EXPECTED = "expected.json"
INSIDE = {"sqlite": "ansinh.db", "postgresql": "ansinh.sql"}
"""The database inside an archive; beside it lies what an installation keeps outside of it."""
BESIDE = ("anchors.jsonl", "anchor.pub", "inbound", "keys")
# The key of made-up people's data: known to all, so it is written where everybody can read it.
FIELD_KEY = b"synthetic-data-of-a-kept-release"


def versions() -> list[str]:
    """Every release that is kept."""
    return sorted(path.name for path in FOLDER.iterdir() if path.is_dir())


def archive_of(folder: Path, kind: str) -> Path:
    """The archive of a kind of database in a release's folder."""
    return folder / f"{kind}.tar.xz"


def unpack(version: str, kind: str, home: Path) -> None:
    """Put a release's database, and what lies beside it, into an empty folder."""
    with tarfile.open(archive_of(FOLDER / version, kind)) as archive:
        archive.extractall(home, filter="data")


def load(dump: Path, url: str) -> None:
    """Run a dump on an empty PostgreSQL database; it needs no program of PostgreSQL's."""
    target = make_url(url)
    parts = {"host": target.query["host"], "user": target.username, "dbname": target.database}
    with psycopg.connect(**parts, autocommit=True) as connection:  # type: ignore[arg-type]
        connection.execute(dump.read_bytes())


@dataclass
class Kept:
    """A release's installation: its folder, and its database as it was kept or upgraded."""

    version: str
    home: Path
    url: str
    database: Database

    @cached_property
    def expected(self) -> dict[str, Any]:
        """What the release's own months said: its report, balances and numbers of rows."""
        said = (FOLDER / self.version / EXPECTED).read_text("utf-8")
        found: dict[str, Any] = json.loads(said)
        return found

    def rows(self, names: Iterable[str]) -> dict[str, int]:
        """How many rows each of these tables has."""
        with self.database.view() as session:
            return {
                one: session.execute(select(func.count()).select_from(table(one))).scalar_one()
                for one in names
            }

    def wrong_proofs(self) -> list[Proof]:
        """Every proof that does not hold, with keys, anchors and received files at hand."""
        house = open_house(self.url)
        try:
            return [one for one in house.prove() if not one.ok]
        finally:
            house.database.close()
