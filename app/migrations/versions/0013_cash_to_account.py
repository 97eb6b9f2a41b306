"""From cash to account: campaigns, requests to a bank, its answers, first payments (0.3.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the tables."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """What banks were asked and answered is not thrown away."""
    raise SystemExit("this version cannot be taken back; restore a backup")
