"""Corrected lists, more columns of a list, headings of one's own (0.3.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the tables, and room for the versions of a list."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """Which lists came is not thrown away."""
    raise SystemExit("this version cannot be taken back; restore a backup")
