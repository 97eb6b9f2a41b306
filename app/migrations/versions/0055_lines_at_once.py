"""One act may propose or decide several lines of a bank (0.6.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0055"
down_revision = "0054"


def upgrade() -> None:
    """Two tables whose act need not be theirs alone."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """What was placed at once shares its act, which the rules before refuse."""
    raise SystemExit("this version cannot be taken back; restore a backup")
