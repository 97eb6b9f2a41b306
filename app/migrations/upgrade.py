"""Running the migrations on an engine, without a configuration file."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine

from app import schema

FOLDER = Path(__file__).parent


def upgrade(engine: Engine) -> str:
    """Bring the database to the newest version and make every rule anew; gives the version."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        schema.install_rules(connection)
        return MigrationContext.configure(connection).get_current_revision() or ""
