"""Lists of differences, decisions on flags, limits of change (0.4.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Arrears may be paid between two lists; a flag has an owner, and answers over its people."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """What was decided is not thrown away."""
    raise SystemExit("this version cannot be taken back; restore a backup")
