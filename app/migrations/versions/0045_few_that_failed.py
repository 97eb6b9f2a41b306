"""The few payments that failed and the few lines paid again are found by index (0.6.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    """Two partial indexes."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """As with every version: an earlier one is restored, not made."""
    raise SystemExit("this version cannot be taken back; restore a backup")
