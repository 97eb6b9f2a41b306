"""Lists of officers who act for a unit, and of their families (0.4.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """One more kind of list."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """What was listed so stays listed."""
    raise SystemExit("this version cannot be taken back; restore a backup")
