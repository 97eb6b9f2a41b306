"""Life events, the people somebody is paid for, merged communes (0.3.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the tables."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """What officers decided is not thrown away."""
    raise SystemExit("this version cannot be taken back; restore a backup")
