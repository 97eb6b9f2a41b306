"""People's own page: codes that were asked for, and the sessions they opened (0.6.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0060"
down_revision = "0059"


def upgrade() -> None:
    """Four tables."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """The tables are harmless, but the version before does not know its own number."""
    raise SystemExit("this version cannot be taken back; restore a backup")
