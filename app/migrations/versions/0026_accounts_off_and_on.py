"""Accounts of officers that two switch off and on (0.4.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """One new table."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """An earlier version would let those act whose account is off."""
    raise SystemExit("this version cannot be taken back; restore a backup")
