"""Two times of an entitlement: what was true and what was known (0.3.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables, and tell the arrears granted so far by stretches of months."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """What was granted and found is not thrown away."""
    raise SystemExit("this version cannot be taken back; restore a backup")
