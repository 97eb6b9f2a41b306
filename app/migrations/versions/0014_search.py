"""Indexes of the search among people, and of the trail by person and by officer (0.3.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Names are found by how they begin, byte by byte, and listed in their Vietnamese order."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """An index too many does no harm, one too few does."""
    raise SystemExit("this version cannot be taken back; restore a backup")
