"""The tables of release 0.1.0."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """There is nothing before the first version."""
    raise SystemExit("the first version cannot be taken back; restore a backup")
