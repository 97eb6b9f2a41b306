"""A province's schema out of PostgreSQL and into another database, by PostgreSQL's own programs."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from psycopg import sql
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db import Database
from app.keeping import programs
from app.keeping.programs import Server

NAME = "database.dump"
LOCK_WAIT_MS = 60_000


@contextmanager
def frozen(database: Database, folder: Path) -> Iterator[Session]:
    """Dump the schema into the folder and read the dump through; a session that sees the same
    state as the dump, whoever writes meanwhile.

    Raises InputError when the programs are missing, Unavailable when one of them fails.
    """
    server = programs.server_of(database)
    with database.snapshot() as session:
        snapshot = session.scalars(text("select pg_export_snapshot()")).one()
        path = str(folder / NAME)
        arguments = ["--format=custom", "--no-owner", "--no-privileges", f"--file={path}"]
        arguments += [f"--schema={server.schema}", "--strict-names", f"--snapshot={snapshot}"]
        arguments += [f"--lock-wait-timeout={LOCK_WAIT_MS}", f"--dbname={server.address}"]
        programs.run(server, "pg_dump", arguments)
        programs.run(server, "pg_restore", ["--file=/dev/null", path])
        yield session


def tables_in(database: Database) -> int:
    """How many tables, views and sequences the schema of the database holds."""
    with database.view() as session:
        counted = session.scalar(
            text(
                "select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace"
                " where n.nspname = coalesce(nullif(:schema, ''), current_schema())"
                " and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')"
            ),
            {"schema": database.schema},
        )
    return int(counted or 0)


def load(database: Database, dump: Path, last: sql.Composed) -> None:
    """Bring a dump into an empty schema and run one more statement, all in one transaction.

    So nobody sees the restored tables without what `last` writes. The script that pg_restore
    makes goes through psql; COMMIT is sent at the very end only: whatever breaks off before
    leaves nothing. Raises Unavailable with the words of the program that failed.
    """
    server = programs.server_of(database)
    schema = database.schema or server.schema
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as told:
        reader = _reader(server, dump, schema, said)
        writer = _writer(server, told)
        try:
            complete = _poured(reader, writer, schema, last)
        finally:
            reader.kill()  # harmless when it has ended
            reader.wait()
            writer.wait()
        if not complete or writer.returncode:
            raise programs.failed("pg_restore | psql", _words(said) + _words(told))


def _reader(server: Server, dump: Path, schema: str, said: IO[bytes]) -> subprocess.Popen[bytes]:
    """pg_restore, which turns the dump into SQL; only the schema's inside, not the schema."""
    program = server.program("pg_restore")
    arguments = ["--file=-", "--no-owner", "--no-privileges", f"--schema={schema}", str(dump)]
    return subprocess.Popen([program, *arguments], stdout=subprocess.PIPE, stderr=said)


def _writer(server: Server, told: IO[bytes]) -> subprocess.Popen[bytes]:
    """psql, which stops at the first error and has no transaction of its own."""
    arguments = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--dbname={server.address}"]
    return subprocess.Popen(
        [server.program("psql"), *arguments, "--file=-"],
        env=dict(server.environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=told,
    )


def _poured(
    reader: subprocess.Popen[bytes],
    writer: subprocess.Popen[bytes],
    schema: str,
    last: sql.Composed,
) -> bool:
    """Pour one into the other; False when either ended early, and then nothing is committed."""
    assert reader.stdout is not None
    assert writer.stdin is not None
    made = sql.SQL("begin; create schema if not exists {};\n").format(sql.Identifier(schema))
    try:
        with reader.stdout, writer.stdin:
            writer.stdin.write(made.as_string(None).encode())
            shutil.copyfileobj(reader.stdout, writer.stdin)
            if reader.wait() != 0:
                return False
            writer.stdin.write(f"\n{last.as_string(None)};\ncommit;\n".encode())
    except BrokenPipeError:
        return False
    return True


def _words(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")
