"""One statement may cover both days that the evidence of the horizon asks for (0.6.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0047"
down_revision = "0046"


def upgrade() -> None:
    """The two statements of a decision may be the same one."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """An earlier version would refuse what was decided."""
    raise SystemExit("this version cannot be taken back; restore a backup")
