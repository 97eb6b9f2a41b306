"""Holds cleared by two officers; restorations, surviving journal lines, signed comparisons."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the four tables."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """What people have signed is not thrown away."""
    raise SystemExit("this version cannot be taken back; restore a backup")
