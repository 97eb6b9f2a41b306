"""The debit of a whole batch may be taken back by two officers (0.6.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    """A batch has one sum that stands; one that was taken back is kept."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """An earlier version would count what was taken back."""
    raise SystemExit("this version cannot be taken back; restore a backup")
