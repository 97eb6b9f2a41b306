"""Look-ups and checks of the hotline, notices sent again, calls back (0.6.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0065"
down_revision = "0064"


def upgrade() -> None:
    """Seven tables, a kind of message, an index over phones."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """What was looked up, and by whom, must not be lost."""
    raise SystemExit("this version cannot be taken back; restore a backup")
