"""The trail with what was and what is, and the chain over its lines (0.4.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Lines of before are linked by the sealer as they stand."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """A chain is not taken off again."""
    raise SystemExit("this version cannot be taken back; restore a backup")
