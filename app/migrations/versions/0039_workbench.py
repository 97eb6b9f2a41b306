"""Lines placed by hand by two officers, and taken back (0.6.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    """New tables; an outcome may stand on a part of a line, and be taken back."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """An earlier version would count what was taken back."""
    raise SystemExit("this version cannot be taken back; restore a backup")
