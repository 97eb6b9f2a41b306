"""What providers call to say (0.5.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Nobody has called yet. The words that contradict a payment come with the rules."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """What a provider said is evidence."""
    raise SystemExit("this version cannot be taken back; restore a backup")
