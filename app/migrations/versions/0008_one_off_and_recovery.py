"""One-off payments on payrolls of their own, and recovery by decision (0.3.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Name the campaign of a payroll and of a request for money; make the tables of recovery."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """What was decided is not thrown away."""
    raise SystemExit("this version cannot be taken back; restore a backup")
