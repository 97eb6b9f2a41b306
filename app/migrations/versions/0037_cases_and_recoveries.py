"""Cases that grow, notices, plans and write-offs of recoveries, accounts that wait (0.6.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    """An account put right before this counts as proven, a decision made before had no notice."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """What a case grew by, and who was told of a recovery, cannot be told any more."""
    raise SystemExit("this version cannot be taken back; restore a backup")
