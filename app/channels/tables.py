"""Channels as one officer proposed them and another confirmed them; nothing is ever changed.

A provider's newest confirmed version whose day has come is in force. `profile` is the TOML text
that both officers read; keys and passwords never stand in it, only the names of their files.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from ledger.schema import STRICT, Day, Moment, Whole, metadata

channel = Table(
    "channel",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("provider", Text, ForeignKey("provider.code"), nullable=False),
    Column("version", Whole, nullable=False),
    Column("adapter", Text, nullable=False),
    Column("courier", Text, nullable=False),
    Column("profile", Text, nullable=False),
    Column("valid_from", Day, nullable=False),
    Column("digest", Text, nullable=False),
    Column("proposed_by", Whole, ForeignKey("officer.id"), nullable=False),
    Column("act_id", Whole, ForeignKey("act.id"), nullable=False, unique=True),
    Column("proposed_at", Moment, nullable=False),
    UniqueConstraint("provider", "version"),
    UniqueConstraint("id", "proposed_by", "digest"),
    CheckConstraint("version > 0", name="version"),
    CheckConstraint("courier in ('sftp', 'folder', 'https', 'hand', 'sandbox')", name="courier"),
    **STRICT,
)

channel_confirmation = Table(
    "channel_confirmation",
    metadata,
    Column("channel_id", Whole, primary_key=True, autoincrement=False),
    Column("proposed_by", Whole, nullable=False),
    Column("digest", Text, nullable=False),
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("act_id", Whole, ForeignKey("act.id"), nullable=False, unique=True),
    Column("confirmed_at", Moment, nullable=False),
    ForeignKeyConstraint(
        ["channel_id", "proposed_by", "digest"],
        ["channel.id", "channel.proposed_by", "channel.digest"],
    ),
    CheckConstraint("officer_id <> proposed_by", name="two_persons"),
    **STRICT,
)
