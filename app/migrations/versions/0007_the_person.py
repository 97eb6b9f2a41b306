"""The person: household, disability, payee, kinds of destinations, history (0.3.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op
from sqlalchemy import Connection, text

from app.migrations.statements import run_statements

revision = "0007"
down_revision = "0006"

ROWS = 10_000


def upgrade() -> None:
    """Make the tables; people known so far can be searched by their given name."""
    connection = op.get_bind()
    run_statements(connection, Path(__file__))
    _given_keys(connection)


def _given_keys(connection: Connection) -> None:
    """The words of each search key the other way round."""
    last = 0
    chunk = text("select id, search_key from person where id > :last order by id limit :rows")
    write = text("update person set given_key = :given where id = :id")
    while rows := connection.execute(chunk, {"last": last, "rows": ROWS}).all():
        turned = [{"id": one.id, "given": _turned(one.search_key)} for one in rows]
        connection.execute(write, turned)
        last = rows[-1].id


def _turned(search_key: str) -> str:
    return " ".join(reversed(search_key.split()))


def downgrade() -> None:
    """What is known of a person is not thrown away."""
    raise SystemExit("this version cannot be taken back; restore a backup")
