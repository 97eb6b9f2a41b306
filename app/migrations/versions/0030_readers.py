"""Which rule made the lines of a file; what a statement covers; no staging of lines (0.5.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Files that came before were read by the first rule; their reports keep what they said."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """As with every version: an earlier one is restored, not made."""
    raise SystemExit("this version cannot be taken back; restore a backup")
