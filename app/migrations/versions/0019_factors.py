"""Hardware tokens, new factors handed over in person, and codes that were wrong."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Officers keep the seed of their enrolment until they are given another factor."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """Seeds that are dead must not come to life again."""
    raise SystemExit("this version cannot be taken back; restore a backup")
