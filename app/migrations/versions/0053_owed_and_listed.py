"""Whether what is owed stands on a list is answered by the index alone (0.6.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0053"
down_revision = "0052"


def upgrade() -> None:
    """One index."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """The index is harmless, but the version before does not know its own number."""
    raise SystemExit("this version cannot be taken back; restore a backup")
