"""Who drew a sample, and further visits where nobody was met (0.6.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0067"
down_revision = "0065"


def upgrade() -> None:
    """A column of the draw, and visits by their turn."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """What was visited twice cannot be told once."""
    raise SystemExit("this version cannot be taken back; restore a backup")
