"""Subjects of an issuer that stand for officers; the trail is read by time and by kind (0.6.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0049"
down_revision = "0048"


def upgrade() -> None:
    """A table and two indexes."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """An earlier version does not know who was linked."""
    raise SystemExit("this version cannot be taken back; restore a backup")
