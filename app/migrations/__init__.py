"""Migrations: numbered files, run by Alembic; the rules are made anew after every one."""
