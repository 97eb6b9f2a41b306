"""Hours of approval as rows, and the shipped calendar, for what the database asks (0.4.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Nobody has set hours yet: those of the office count."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """Which hours were announced is evidence."""
    raise SystemExit("this version cannot be taken back; restore a backup")
