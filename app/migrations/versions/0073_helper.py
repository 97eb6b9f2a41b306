"""Helpers of the digital team have a role of their own (0.6.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0073"
down_revision = "0067"


def upgrade() -> None:
    """A role more."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """Who holds the new role would hold none."""
    raise SystemExit("this version cannot be taken back; restore a backup")
