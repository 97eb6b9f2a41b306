"""Batches debited as one sum, returns less a charge, each target used once (0.6.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Lines that are stored already name nothing beside their reference."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """What was matched by the sum of a batch cannot be told as single payments."""
    raise SystemExit("this version cannot be taken back; restore a backup")
