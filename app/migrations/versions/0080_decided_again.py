"""That payments never came is decided again for one whose proof was taken back (0.6.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0080"
down_revision = "0079"


def upgrade() -> None:
    """A batch may have several decisions, each on what is open by then."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """An earlier version would refuse what was decided."""
    raise SystemExit("this version cannot be taken back; restore a backup")
