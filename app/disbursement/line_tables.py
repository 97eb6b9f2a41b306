"""What officers propose about single lines of a bank, decide, place, and take back.

One finance officer proposes, another decides. A `line_placing` says that a line that waited in
suspense is what its parts say; it is written after them, and they sum to the line. What takes it
back is a `line_unplacing`, and so is what takes back the matcher's own verdict on a line: the
database then marks placing, parts, verdict and outcomes as undone. Nothing is ever changed else.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from ledger.schema import STRICT, Day, Moment, Whole, metadata

_STANDS = text("undone_by = 0")

line_proposal = Table(
    "line_proposal",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("bank_line_id", Whole, ForeignKey("bank_line.id"), index=True),
    # What is to be done, as canonical JSON; the digest is over it, the reason, kind and line.
    Column("content", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("amount", Whole, nullable=False),
    Column("proposed_by", Whole, ForeignKey("officer.id"), nullable=False),
    # One act proposes one of them, or several: then it is over the digest of all their digests.
    Column("act_id", Whole, ForeignKey("act.id"), nullable=False, index=True),
    Column("proposed_at", Moment, nullable=False),
    UniqueConstraint("id", "proposed_by", "digest"),
    CheckConstraint("kind in ('match', 'unmatch', 'rule', 'rule_end')", name="kind"),
    CheckConstraint("(kind in ('match', 'unmatch')) = (bank_line_id is not null)", name="about"),
    CheckConstraint("trim(reason) <> ''", name="reason"),
    **STRICT,
)

line_decision = Table(
    "line_decision",
    metadata,
    Column("proposal_id", Whole, primary_key=True, autoincrement=False),
    Column("verdict", Text, nullable=False),
    Column("proposed_by", Whole, nullable=False),
    Column("digest", Text, nullable=False),
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("act_id", Whole, ForeignKey("act.id"), nullable=False, index=True),
    Column("reason", Text, nullable=False),
    Column("decided_at", Moment, nullable=False),
    ForeignKeyConstraint(
        ["proposal_id", "proposed_by", "digest"],
        ["line_proposal.id", "line_proposal.proposed_by", "line_proposal.digest"],
    ),
    CheckConstraint("verdict in ('confirmed', 'rejected')", name="verdict"),
    # Who proposed may withdraw, never confirm.
    CheckConstraint("verdict = 'rejected' or officer_id <> proposed_by", name="two_persons"),
    **STRICT,
)

line_part = Table(
    "line_part",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("proposal_id", Whole, ForeignKey("line_proposal.id"), nullable=False),
    Column("ordinal", Whole, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("target_id", Whole, nullable=False),
    Column("amount", Whole, nullable=False),
    # The state in which evidence found a payment; '' where the target is none.
    Column("was", Text, nullable=False),
    Column("undone_by", Whole, nullable=False, server_default=text("0")),
    UniqueConstraint("proposal_id", "ordinal"),
    Index("uq_line_part_target", "verdict", "target_id", unique=True,
          sqlite_where=_STANDS, postgresql_where=_STANDS),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint(
        "verdict in ('settled', 'returned', 'funding', 'fee_back', 'fee_month', 'fee_batch',"
        " 'treasury-slip', 'recovery-receipt', 'sent_back', 'late')",
        name="verdict",
    ),
    **STRICT,
)  # fmt: skip

# The one line that a fee of a contract is taken by, whether the matcher or two officers found it;
# after each line that was taken back comes the next turn.
fee_taken = Table(
    "fee_taken",
    metadata,
    Column("verdict", Text, nullable=False),
    Column("target_id", Whole, nullable=False),
    Column("turn", Whole, nullable=False),
    Column("bank_line_id", Whole, ForeignKey("bank_line.id"), nullable=False),
    Column("recorded_at", Moment, nullable=False),
    PrimaryKeyConstraint("verdict", "target_id", "turn"),
    CheckConstraint("verdict in ('fee_month', 'fee_batch')", name="verdict"),
    **STRICT,
)

line_placing = Table(
    "line_placing",
    metadata,
    Column(
        "proposal_id", Whole, ForeignKey("line_proposal.id"), primary_key=True, autoincrement=False
    ),
    Column("bank_line_id", Whole, ForeignKey("bank_line.id"), nullable=False),
    # The entry that takes the line out of suspense again, and its day.
    Column("entry_id", Whole, nullable=False, unique=True),
    Column("posted_on", Day, nullable=False),
    Column("placed_at", Moment, nullable=False),
    Column("undone_by", Whole, nullable=False, server_default=text("0")),
    Index("uq_line_placing_line", "bank_line_id", unique=True,
          sqlite_where=_STANDS, postgresql_where=_STANDS),
    **STRICT,
)  # fmt: skip

line_unplacing = Table(
    "line_unplacing",
    metadata,
    Column(
        "proposal_id", Whole, ForeignKey("line_proposal.id"), primary_key=True, autoincrement=False
    ),
    # None: the verdict that the matcher gave the line is taken back.
    Column("placing_id", Whole, ForeignKey("line_placing.proposal_id"), unique=True),
    Column("bank_line_id", Whole, ForeignKey("bank_line.id"), nullable=False, index=True),
    # The entry by which the line waits in suspense again, and its day.
    Column("entry_id", Whole, nullable=False, unique=True),
    Column("posted_on", Day, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    **STRICT,
)
