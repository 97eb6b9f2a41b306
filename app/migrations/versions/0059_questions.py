"""What gateways tell: questions and delivery reports (0.6.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0059"
down_revision = "0058"


def upgrade() -> None:
    """Two tables, and a scope more of what is counted."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """What was heard since would be lost."""
    raise SystemExit("this version cannot be taken back; restore a backup")
