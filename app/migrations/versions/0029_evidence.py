"""What evidence may do as a table, cases, payments that never came (0.5.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Every outcome so far has a bank's line, which says its source and word."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """What became of payments is evidence."""
    raise SystemExit("this version cannot be taken back; restore a backup")
