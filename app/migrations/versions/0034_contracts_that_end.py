"""Contracts that end, and others that take their routes over (0.5.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """A route may name one contract after the other. What may change in one comes with the
    rules."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """Two contracts of one route cannot be told as one."""
    raise SystemExit("this version cannot be taken back; restore a backup")
