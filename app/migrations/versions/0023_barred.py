"""Who may not act on a payroll, and limits of a line and of a day (0.4.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Payrolls submitted before have nobody barred: who acts on them is checked as it was."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """Who was kept from an act is evidence."""
    raise SystemExit("this version cannot be taken back; restore a backup")
