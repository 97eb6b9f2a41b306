"""Codes, answers and steps of complaints in the outbox (0.6.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0058"
down_revision = "0057"


def upgrade() -> None:
    """One table is widened."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """What was written since would not fit into the table as it was."""
    raise SystemExit("this version cannot be taken back; restore a backup")
