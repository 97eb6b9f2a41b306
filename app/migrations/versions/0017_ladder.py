"""Who approves is data: ladders, rounds of a payroll, ways back, and undoing (0.4.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Make the tables; what was submitted before is the first round of its payroll."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """Who approved in which round is not thrown away."""
    raise SystemExit("this version cannot be taken back; restore a backup")
