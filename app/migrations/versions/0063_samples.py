"""What people say of payments, and monthly samples (0.6.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0063"
down_revision = "0062"


def upgrade() -> None:
    """Five tables."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """The tables are harmless, but the version before does not know its own number."""
    raise SystemExit("this version cannot be taken back; restore a backup")
