"""A list may need several batches at one provider (0.6.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0078"
down_revision = "0077"


def upgrade() -> None:
    """Every batch has a number within its list and contract."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """An earlier version would take the second batch for the first one again."""
    raise SystemExit("this version cannot be taken back; restore a backup")
