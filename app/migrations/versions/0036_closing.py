"""Closed days and months, providers' settlements, losses and returned money (0.6.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """New tables; what keeps them as they are comes with the rules."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """What was closed and signed for is not thrown away."""
    raise SystemExit("this version cannot be taken back; restore a backup")
