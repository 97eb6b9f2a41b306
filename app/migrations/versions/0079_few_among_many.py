"""Two indexes of the few among the many (0.6.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0079"
down_revision = "0078"


def upgrade() -> None:
    """Nothing but indexes changes."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """Indexes could be made anew, but the version before has others too."""
    raise SystemExit("this version cannot be taken back; restore a backup")
