"""A unique key of payrolls that nothing refers to any more goes (0.4.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """What approvals refer to is the round since 0017; on SQLite the table is written anew."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """As with every version: an earlier one is restored, not made."""
    raise SystemExit("this version cannot be taken back; restore a backup")
