"""What outcomes and verdicts refer to is checked as a set on PostgreSQL (0.6.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    """Foreign keys of each row go on PostgreSQL; triggers, made afterwards, look as a set."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """An earlier version would not check what is written meanwhile."""
    raise SystemExit("this version cannot be taken back; restore a backup")
