"""Documents with numbers of their own, signed files that came back, questions about papers."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.statements import run_statements

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """A document, its files and its signatures; who asked the public page lately."""
    run_statements(op.get_bind(), Path(__file__))


def downgrade() -> None:
    """What was issued and signed would be lost."""
    raise SystemExit("this version cannot be taken back; restore a backup")
