"""Corrections, control totals, and the place of a close in the chain (0.2.0)."""

from __future__ import annotations

from pathlib import Path

from alembic import op
from sqlalchemy.orm import Session

from app.migrations.statements import run_statements
from ledger.chart import open_new_kinds

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the tables and columns; open the accounts of kinds that the chart got."""
    run_statements(op.get_bind(), Path(__file__))
    with Session(op.get_bind(), join_transaction_mode="rollback_only") as session:
        open_new_kinds(session)


def downgrade() -> None:
    """What was posted under the new rules cannot be told under the old ones."""
    raise SystemExit("this version cannot be taken back; restore a backup")
