"""Notes under lines of the bank, and where officers are at the workbench (0.6.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    """New tables."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """Notes would be lost."""
    raise SystemExit("this version cannot be taken back; restore a backup")
