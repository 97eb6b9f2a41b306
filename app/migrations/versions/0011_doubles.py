"""Doubts about people: cases, whom they are about, decisions (0.3.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the tables; officers may be known among payees, merged people are found fast."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """What was decided is not thrown away."""
    raise SystemExit("this version cannot be taken back; restore a backup")
