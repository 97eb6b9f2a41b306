"""Links by which officers set their passwords, and recovery codes (0.6.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    """New tables."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """Acts of those who set a password would stand on nothing."""
    raise SystemExit("this version cannot be taken back; restore a backup")
