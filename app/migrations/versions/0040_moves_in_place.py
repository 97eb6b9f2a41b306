"""A payment's state changes in place on PostgreSQL: no index names it (0.6.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    """The one live payment of an obligation is found by a column of its own on PostgreSQL."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """As with every version: an earlier one is restored, not made."""
    raise SystemExit("this version cannot be taken back; restore a backup")
