"""Roles granted by two persons, from when to when; departments of programmes.

What officers held so far goes on for a year from the last moment that the database itself knows
of, that of the last act or line of the trail: a migration asks no clock. Within that year every
role is granted anew by two; the first two administrators are founded once (docs/officers.md).
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """The table of roles without a term gives way to grants."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """Who granted what, and until when, must not be lost."""
    raise SystemExit("this version cannot be taken back; restore a backup")
