"""The level of a person's electronic identity (0.6.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0077"
down_revision = "0073"


def upgrade() -> None:
    """A column of the person."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """What was written down would be lost."""
    raise SystemExit("this version cannot be taken back; restore a backup")
