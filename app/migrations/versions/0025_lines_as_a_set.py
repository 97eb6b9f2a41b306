"""What the lines of a payroll refer to is checked as a set on PostgreSQL (0.4.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Four foreign keys of each line go on PostgreSQL; a trigger, made afterwards, does it."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """An earlier version would not check what is written meanwhile."""
    raise SystemExit("this version cannot be taken back; restore a backup")
