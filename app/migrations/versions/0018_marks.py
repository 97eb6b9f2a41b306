"""The marks of destinations that were erased with their person (0.4.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Nobody was erased under a list whose digest covers them: there are none yet."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """Without them a list of an erased person proves nothing."""
    raise SystemExit("this version cannot be taken back; restore a backup")
