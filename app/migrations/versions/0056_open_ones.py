"""What is open is found by an index, for the badges of the menu (0.6.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0056"
down_revision = "0055"


def upgrade() -> None:
    """Three indexes."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """The indexes are harmless, but the version before does not know its own number."""
    raise SystemExit("this version cannot be taken back; restore a backup")
