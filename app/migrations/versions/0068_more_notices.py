"""Notices of what was taken back after it was told, and of sessions that were ended (0.6.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0068"
down_revision = "0067"


def upgrade() -> None:
    """Two more kinds of messages."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """The version before knows no such messages."""
    raise SystemExit("this version cannot be taken back; restore a backup")
