"""The end of a budget year, and what is taken over from an older system (0.2.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the nine tables."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """What people have signed is not thrown away."""
    raise SystemExit("this version cannot be taken back; restore a backup")
