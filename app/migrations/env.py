"""Alembic's way in: the connection is handed over by `upgrade`, never made here."""

from __future__ import annotations

from alembic import context

from ledger.schema import metadata


def run() -> None:
    """Run the migrations on the connection given."""
    connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()


run()
