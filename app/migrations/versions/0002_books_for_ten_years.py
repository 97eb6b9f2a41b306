"""Corrections, control totals, and the place of a close in the chain (0.2.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the tables and columns."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """What was posted under the new rules cannot be told under the old ones."""
    raise SystemExit("this version cannot be taken back; restore a backup")
