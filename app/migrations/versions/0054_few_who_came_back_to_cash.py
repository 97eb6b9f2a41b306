"""People who take cash since their money came back are found by an index (0.6.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0054"
down_revision = "0053"


def upgrade() -> None:
    """One index."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """The index is harmless, but the version before does not know its own number."""
    raise SystemExit("this version cannot be taken back; restore a backup")
