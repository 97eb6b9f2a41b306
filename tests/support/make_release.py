"""Makes the filled database of a release, to be kept for ever: run once, before it is tagged.

    .venv/bin/python -m tests.support.make_release 0.2.0

It runs the release's own demo on both databases and packs each with what lies beside it. What
stands in `expected.json` is asked in plain SQL, so that it owes nothing to the code it tests.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, inspect, text

from tests.support.command import ansinh_environment
from tests.support.postgres import find_binaries, postgres_server
from tests.support.releases import BESIDE, EXPECTED, FIELD_KEY, FOLDER, INSIDE, archive_of

PEOPLE = 12
BALANCES = (
    "select a.path, sum(p.credit) - sum(p.debit) from posting p"
    " join account a on a.id = p.account_id group by a.path"
)
# What servers of other versions, and psycopg, cannot read; and the name of the machine's system.
NOT_SQL = re.compile(
    r"^(\\(un)?restrict .*|SET transaction_timeout = .*|-- Dumped .*)\n", re.MULTILINE
)


def main() -> None:
    """Make both archives and the expected figures; refuses when the two databases differ."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("version")
    asked.add_argument("--ansinh", default=Path(sys.executable).with_name("ansinh"), type=Path)
    order = asked.parse_args()
    folder = FOLDER / order.version
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as place:
        one = _sqlite(order.ansinh, Path(place) / "one", folder)
    with TemporaryDirectory() as place:
        other = _postgresql(order.ansinh, Path(place) / "other", folder)
    if one != other:
        raise SystemExit("the two databases do not say the same: nothing to compare with")
    said = json.dumps(one, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / EXPECTED).write_text(said + "\n", encoding="utf-8")


def _sqlite(ansinh: Path, home: Path, folder: Path) -> dict[str, Any]:
    url = f"sqlite:///{home / 'ansinh.db'}"
    expected = _demo(ansinh, home, url)
    inside = home / INSIDE["sqlite"]
    with _autocommit(create_engine(url)) as connection:
        connection.execute(text("vacuum into :file"), {"file": f"{inside}.small"})
    inside.with_name(f"{inside.name}.small").rename(inside)
    _pack(home, archive_of(folder, "sqlite"), INSIDE["sqlite"])
    return expected


def _postgresql(ansinh: Path, home: Path, folder: Path) -> dict[str, Any]:
    with postgres_server() as server:
        name = server.create_database("release")
        _run(ansinh, "db", "upgrade", "--database", server.url(name))
        expected = _demo(ansinh, home, server.url(name))
        dump = [find_binaries() / "pg_dump", "--host", server.folder, "--username", "ansinh"]
        options = ["--no-owner", "--no-privileges", "--rows-per-insert", "100", name]
        done = subprocess.run([*dump, *options], capture_output=True, text=True, check=True)
    (home / INSIDE["postgresql"]).write_text(NOT_SQL.sub("", done.stdout), encoding="utf-8")
    _pack(home, archive_of(folder, "postgresql"), INSIDE["postgresql"])
    return expected


def _demo(ansinh: Path, home: Path, url: str) -> dict[str, Any]:
    """Run the demo in `home` on a key that everybody knows; gives what the database says."""
    (home / "keys").mkdir(parents=True)
    key = home / "keys" / "field.key"
    key.write_bytes(FIELD_KEY)
    key.chmod(0o600)
    size = ("--people", str(PEOPLE), "--no-documents")
    _run(ansinh, "demo", *size, "--out", str(home), "--database", url)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("update installation set value = '' where key = 'home'"))
        asked = _asked(connection)
    engine.dispose()
    report = json.loads((home / "report.json").read_text("utf-8"))
    return {**asked, "report": report}


def _run(ansinh: Path, *words: str) -> None:
    environment = {k: v for k, v in ansinh_environment().items() if k != "PYTHONPATH"}
    subprocess.run([ansinh, *words], check=True, env=environment, cwd="/", stdout=sys.stderr)


def _asked(connection: Connection) -> Mapping[str, Any]:
    tables = sorted(set(inspect(connection).get_table_names()) - {"alembic_version"})
    return {
        "balances": {path: int(amount) for path, amount in connection.execute(text(BALANCES))},
        "rows": {name: connection.scalar(text(f"select count(*) from {name}")) for name in tables},
    }


def _autocommit(engine: Engine) -> Connection:
    return engine.connect().execution_options(isolation_level="AUTOCOMMIT")


def _pack(home: Path, archive: Path, database: str) -> None:
    """The database and what belongs to it, without a path or a user of this machine."""
    with tarfile.open(archive, "w:xz", preset=9) as out:
        for name in (database, *BESIDE):
            for path in (home / name, *sorted((home / name).rglob("*"))):
                if path.is_file():
                    _refuse_paths(path, (str(home.parent), str(Path.home())))
                    out.add(path, str(path.relative_to(home)), filter=_anonymous)
    shutil.rmtree(home)


def _refuse_paths(path: Path, folders: tuple[str, ...]) -> None:
    content = path.read_bytes()
    found = [one for one in folders if one.encode() in content]
    if found:
        raise SystemExit(f"{path.name} names {found}: it may not be kept")


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


if __name__ == "__main__":
    main()
