"""What took long to find out is kept for pages to show (0.6.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0050"
down_revision = "0049"


def upgrade() -> None:
    """One table."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """An earlier version does not know what is kept so."""
    raise SystemExit("this version cannot be taken back; restore a backup")
