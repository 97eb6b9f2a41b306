"""The gate of a programme, at which writers and closes meet (0.2.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table, with a row for each programme that has accounts."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """Without the gate an entry could slip in behind a close."""
    raise SystemExit("this version cannot be taken back; restore a backup")
