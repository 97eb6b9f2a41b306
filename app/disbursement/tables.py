"""Funding requests, batches, instructions and their outcomes, holds.

What happens to a whole batch is one `batch_event`; an instruction has an `outcome` of its own
only for its own end. An obligation has at most one live instruction (unique index), an
attempt number once, and a reference once for ever. A hold is cleared by two officers, each
with a row in `hold_clearing`; that of a restored database only over its newest comparison.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    event,
    text,
)

from ledger.schema import STRICT, Day, Moment, Whole, metadata

FAILED_STATES = ("rejected", "returned", "not_received", "recalled", "cancelled")
_BY_HAND = "part_id is not null"
_FAILED = "state in ('rejected', 'returned', 'not_received', 'recalled')"
_LIVE = "state not in ('rejected', 'returned', 'not_received', 'recalled', 'cancelled')"

funding_request = Table(
    "funding_request",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("period", Text, nullable=False),
    Column("contract_id", Whole, ForeignKey("contract.id"), nullable=False),
    Column("reference", Text, nullable=False, unique=True),
    Column("listed", Whole, nullable=False),
    Column("unspent", Whole, nullable=False),
    Column("amount", Whole, nullable=False),
    Column("requested_at", Moment, nullable=False),
    Column("received_on", Day),
    Column("campaign", Text, nullable=False, server_default=""),
    UniqueConstraint("period", "contract_id", "campaign"),
    CheckConstraint("amount >= 0 and listed >= 0 and unspent >= 0", name="amounts"),
    **STRICT,
)

batch = Table(
    "batch",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("payroll_id", Whole, ForeignKey("payroll.id"), nullable=False),
    Column("contract_id", Whole, ForeignKey("contract.id"), nullable=False, index=True),
    # One batch holds so many lines; what is more stands in a second one, and so on.
    Column("number", Whole, nullable=False, server_default=text("1")),
    Column("message_id", Text, nullable=False, unique=True),
    Column("lines", Whole, nullable=False),
    Column("total", Whole, nullable=False),
    Column("requested_on", Day, nullable=False, index=True),
    Column("built_at", Moment, nullable=False),
    Column("lines_digest", Text, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("file_name", Text),
    Column("sha256", Text),
    Column("owner", Text),
    Column("lease_until", Moment),
    # Every claim has a fence of its own, and a latest moment of sending that is kept.
    Column("fence", Whole, nullable=False, server_default=text("0")),
    Column("not_after", Moment),
    # The day the provider is asked to pay, where that is later than the requested one.
    Column("execute_on", Day),
    UniqueConstraint("payroll_id", "contract_id", "number"),
    CheckConstraint("lines > 0 and total > 0", name="size"),
    **STRICT,
)

batch_move = Table(
    "batch_move",
    metadata,
    Column("from_state", Text, nullable=False),
    Column("to_state", Text, nullable=False),
    PrimaryKeyConstraint("from_state", "to_state"),
    **STRICT,
)

batch_event = Table(
    "batch_event",
    metadata,
    Column("batch_id", Whole, ForeignKey("batch.id"), nullable=False),
    Column("seq", Whole, nullable=False),
    Column("state", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("actor", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    PrimaryKeyConstraint("batch_id", "seq"),
    **STRICT,
)

batch_release = Table(
    "batch_release",
    metadata,
    Column("batch_id", Whole, ForeignKey("batch.id"), nullable=False),
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("act_id", Whole, ForeignKey("act.id"), nullable=False),
    # A release that lapsed is made anew by two persons: the next round.
    Column("round", Whole, nullable=False, server_default=text("1")),
    PrimaryKeyConstraint("batch_id", "officer_id", "round"),
    **STRICT,
)

instruction = Table(
    "instruction",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("obligation_id", Whole, ForeignKey("obligation.id"), nullable=False),
    Column("attempt", Whole, nullable=False),
    Column("reference", Text, nullable=False, unique=True),
    Column("batch_id", Whole, ForeignKey("batch.id"), nullable=False),
    Column("payroll_line_id", Whole, ForeignKey("payroll_line.id"), nullable=False),
    Column("destination_id", Whole, ForeignKey("destination.id"), nullable=False),
    Column("method", Text, nullable=False),
    Column("amount", Whole, nullable=False),
    Column("replaces_id", Whole, ForeignKey("instruction.id"), unique=True),
    Column("state", Text, nullable=False),
    UniqueConstraint("obligation_id", "attempt"),
    Index("uq_instruction_live", "obligation_id", unique=True, sqlite_where=text(_LIVE)).ddl_if(
        dialect="sqlite"
    ),
    # SQLite counts a month's payments from the index alone. On PostgreSQL a state in it would be
    # written into every index at each move.
    Index("ix_instruction_batch_id", "batch_id", "state", "method", "amount").ddl_if(
        dialect="sqlite"
    ),
    Index("ix_instruction_batch_id", "batch_id").ddl_if(dialect="postgresql"),
    CheckConstraint("amount > 0 and attempt > 0", name="amount"),
    CheckConstraint("(attempt = 1) = (replaces_id is null)", name="replaces"),
    # Room in each page for every row once more: what a bank books settles all of them.
    postgresql_with={"fillfactor": 50},
    **STRICT,
)


@event.listens_for(instruction, "after_create")
def _one_live(_: Table, connection: Connection, **__: object) -> None:
    """The same on PostgreSQL, by a column that it fills itself and nobody writes.

    Were the state named by an index, each move of a payment would be written into every index.
    """
    if connection.dialect.name == "postgresql":
        kept = f"bigint generated always as (case when {_LIVE} then obligation_id end) stored"
        connection.execute(text(f"alter table instruction add column live_obligation_id {kept}"))
        index = "create unique index uq_instruction_live on instruction (live_obligation_id)"
        connection.execute(text(index))


instruction_move = Table(
    "instruction_move",
    metadata,
    Column("from_state", Text, nullable=False),
    Column("to_state", Text, nullable=False),
    PrimaryKeyConstraint("from_state", "to_state"),
    **STRICT,
)

outcome = Table(
    "outcome",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("instruction_id", Whole, nullable=False),
    # 'credited': settled on the provider's word, our account not debited yet, nothing posted.
    Column("state", Text, nullable=False),
    Column("bank_line_id", Whole, unique=True),
    Column("report_id", Whole),
    Column("decision_id", Whole),
    Column("source", Text, nullable=False),
    Column("word", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("happened_on", Day, nullable=False),
    Column("posted_on", Day, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("entry_id", Whole),
    # The part of a bank line that two officers placed by hand.
    Column("part_id", Whole),
    # What took it back (`line_unplacing`); 0 while it stands.
    Column("undone_by", Whole, nullable=False, server_default=text("0")),
    UniqueConstraint("instruction_id", "state", "undone_by"),
    CheckConstraint(
        "(case when bank_line_id is null then 0 else 1 end)"
        " + (case when report_id is null then 0 else 1 end)"
        " + (case when decision_id is null then 0 else 1 end)"
        " + (case when part_id is null then 0 else 1 end) = 1",
        name="evidence",
    ),
    CheckConstraint("undone_by = 0 or decision_id is null", name="undone"),
    Index(
        "ix_outcome_part_id",
        "part_id",
        sqlite_where=text(_BY_HAND),
        postgresql_where=text(_BY_HAND),
    ),
    # What became of payments in a month: for its close.
    Index("ix_outcome_posted_on", "posted_on", "state"),
    # What failed, among all that was paid: few rows, for the pages of those who mend them.
    Index(
        "ix_outcome_failed",
        # With all that their pages ask of a row, which lies anywhere among the others.
        *("instruction_id", "state", "undone_by", "happened_on"),
        sqlite_where=text(_FAILED),
        postgresql_where=text(_FAILED),
    ),
    CheckConstraint("(entry_id is null) = (state = 'credited')", name="posted"),
    Index(
        "ix_outcome_credited",
        "instruction_id",
        sqlite_where=text("state = 'credited'"),
        postgresql_where=text("state = 'credited'"),
    ),
    # PostgreSQL would look up each of them: the rules of evidence (`app/schema/guards`) find all
    # that a row refers to as a set. All those rows are kept for ever.
    *(
        ForeignKeyConstraint([f"{one}_id"], [f"{table}.id"]).ddl_if(dialect="sqlite")
        for one, table in (
            ("instruction", "instruction"),
            ("bank_line", "bank_line"),
            ("report", "bank_report"),
            ("decision", "horizon_decision"),
        )
    ),
    **STRICT,
)

hold = Table(
    "hold",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("scope", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("set_at", Moment, nullable=False),
    Column("cleared_by", Whole, ForeignKey("officer.id")),
    Column("cleared_too_by", Whole, ForeignKey("officer.id")),
    Column("cleared_at", Moment),
    CheckConstraint(
        "scope in ('global', 'provider', 'programme', 'unit', 'area', 'person', 'instruction')",
        name="scope",
    ),
    CheckConstraint("cleared_at is null or cleared_by <> cleared_too_by", name="two_clear"),
    **STRICT,
)

restoration = Table(
    "restoration",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("hold_id", Whole, ForeignKey("hold.id"), nullable=False, unique=True),
    Column("backup", Text, nullable=False),
    Column("taken_at", Moment, nullable=False),
    Column("restored_at", Moment, nullable=False),
    Column("entries", Whole, nullable=False),
    Column("lost_entries", Whole),
    Column("journal", Text, nullable=False),
    Column("journal_lines", Whole, nullable=False),
    Column("journal_unreadable", Whole, nullable=False),
    Column("not_in_journal", Whole, nullable=False),
    CheckConstraint("journal in ('kept', 'lost')", name="journal"),
    **STRICT,
)

# Files that left after the backup was taken: of a batch that the books know, or of none.
handed_over = Table(
    "handed_over",
    metadata,
    Column("restoration_id", Whole, ForeignKey("restoration.id"), nullable=False),
    Column("ordinal", Whole, nullable=False),
    Column("batch_id", Whole, ForeignKey("batch.id")),
    Column("believed", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("message_id", Text, nullable=False, index=True),
    Column("provider", Text, nullable=False),
    Column("lines", Whole, nullable=False),
    Column("total", Whole, nullable=False),
    PrimaryKeyConstraint("restoration_id", "ordinal"),
    CheckConstraint("(batch_id is null) = (believed = '')", name="believed"),
    **STRICT,
)

comparison = Table(
    "comparison",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("restoration_id", Whole, ForeignKey("restoration.id"), nullable=False, index=True),
    Column("digest", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    **STRICT,
)

hold_clearing = Table(
    "hold_clearing",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("hold_id", Whole, ForeignKey("hold.id"), nullable=False, index=True),
    Column("comparison_id", Whole, ForeignKey("comparison.id")),
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("act_id", Whole, ForeignKey("act.id"), nullable=False, unique=True),
    Column("digest", Text, nullable=False),
    **STRICT,
)
