"""Claims with a fence and a latest moment of sending, the day asked for, troubles and enquiries."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """What was claimed before has no fence; it is in doubt when its lease ends, as it was."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """Until when a batch could have been sent is evidence."""
    raise SystemExit("this version cannot be taken back; restore a backup")
