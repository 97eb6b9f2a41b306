"""The first tables of the house (0.1.0).

The tables are made from the metadata as it stands; from the first release on each change is a
file of its own, and this one is frozen into plain statements.
"""

from __future__ import annotations

from alembic import op

from app import schema

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table and rule."""
    schema.create(op.get_bind())


def downgrade() -> None:
    """There is nothing before the first version."""
    raise SystemExit("the first version cannot be taken back; restore a backup")
