"""Channels: how each provider is reached, as two officers confirmed it (0.5.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """No provider has a channel yet: nothing leaves until two officers say how."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """Who confirmed how money is sent is evidence."""
    raise SystemExit("this version cannot be taken back; restore a backup")
