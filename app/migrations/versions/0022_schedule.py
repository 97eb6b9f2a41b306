"""The schedule: moved days, locks of a list, reminders, turns of jobs, releases anew (0.4.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Make the tables; what ran or was released before keeps its meaning."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """Who set a day or lifted a lock is not thrown away."""
    raise SystemExit("this version cannot be taken back; restore a backup")
