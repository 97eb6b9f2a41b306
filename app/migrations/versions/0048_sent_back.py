"""A debit may be placed on money that it sent back, or on a payment closed as not gone (0.6.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0048"
down_revision = "0047"


def upgrade() -> None:
    """Two more verdicts of a part."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """An earlier version does not know what was placed so."""
    raise SystemExit("this version cannot be taken back; restore a backup")
