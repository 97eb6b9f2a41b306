"""PostgreSQL's own programs (pg_dump, pg_restore, psql), found and run; never imported."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import make_conninfo

from app.db import Database
from app.errors import InputError, Unavailable

FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin")
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
_SAID_MAX = 500


@dataclass(frozen=True, slots=True)
class Server:
    """How the programs reach a database: no password in `address`, it is in `environment`."""

    major: int
    schema: str
    address: str
    environment: Mapping[str, str]

    def program(self, name: str) -> Path:
        """The program of the server's own version, else of the next newer one.

        Raises InputError with the line that installs it.
        """
        found = [(major, path) for path in _candidates(name) if (major := _major(path))]
        fitting = sorted(one for one in found if one[0] >= self.major)
        if not fitting:
            others = ", ".join(str(major) for major, _ in sorted(found)) or "không có bản nào"
            raise InputError(
                f"Máy chủ là PostgreSQL {self.major}; máy này không có {name} từ bản đó trở lên"
                f" ({others}).",
                f"Cài bằng: apt-get install -y postgresql-client-{self.major}",
            )
        return fitting[0][1]


def server_of(database: Database) -> Server:
    """Ask the database for its version and schema."""
    url = database.url
    arguments = url.translate_connect_args(username="user", database="dbname")
    arguments |= {name: _joined(value) for name, value in url.query.items()}
    password = str(arguments.pop("password", ""))
    with database.engine.connect() as connection:
        number = connection.exec_driver_sql("show server_version_num").scalar_one()
        schema = connection.exec_driver_sql("select current_schema()").scalar()
    environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    name = str(schema or database.schema or "public")
    return Server(int(number) // 10_000, name, make_conninfo("", **arguments), environment)


def _joined(value: str | Sequence[str]) -> str:
    """A value of a URL that may be given several times, as libpq takes it."""
    return value if isinstance(value, str) else ",".join(value)


def _candidates(name: str) -> list[Path]:
    beside = [path / name for one in FOLDERS for path in Path("/").glob(one[1:])]
    named = shutil.which(name)
    return [path for path in (*beside, *([Path(named)] if named else [])) if path.is_file()]


def _major(path: Path) -> int:
    """The major version that a program tells; 0 when it tells none."""
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    found = _VERSION.search(done.stdout)
    return int(found.group(1)) if found else 0


def run(server: Server, name: str, arguments: Sequence[str]) -> None:
    """Run a program to its end. Raises Unavailable with its own words when it fails."""
    done = subprocess.run(
        [server.program(name), *arguments],
        env=dict(server.environment),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise failed(name, done.stderr)


def failed(name: str, said: str) -> Unavailable:
    """The error for a program that did not come to its end."""
    words = " ".join(said.split())[-_SAID_MAX:] or "không nói gì"
    what_to_do = "Sửa theo lời báo trên rồi chạy lại."
    if "permission denied" in said:
        what_to_do = (
            "Sao lưu bằng tài khoản do `ansinh db login TÊN --as backup` tạo; khôi phục bằng tài"
            " khoản chủ."
        )
    return Unavailable(f"{name} không chạy xong: {words}.", what_to_do)
