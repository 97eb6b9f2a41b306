"""Rules that officers made from a line: what a text of the bank means; dated, never changed.

A rule looks at the bank, the account, the direction, the amount and words of the text, and at no
data about persons. It holds from `valid_from` until the day before its end.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table, Text

from ledger.schema import STRICT, Day, Moment, Whole, metadata

line_rule = Table(
    "line_rule",
    metadata,
    Column(
        "proposal_id", Whole, ForeignKey("line_proposal.id"), primary_key=True, autoincrement=False
    ),
    Column("provider", Text, ForeignKey("provider.code"), nullable=False),
    # '' is every account of ours at the provider.
    Column("account", Text, nullable=False),
    Column("direction", Text, nullable=False),
    # Folded words that stand in the text one after the other; amounts in đồng, both included.
    Column("words", Text, nullable=False),
    Column("least", Whole, nullable=False),
    Column("most", Whole, nullable=False),
    Column("means", Text, nullable=False),
    Column("valid_from", Day, nullable=False),
    Column("made_at", Moment, nullable=False),
    CheckConstraint("direction in ('in', 'out')", name="direction"),
    CheckConstraint("0 < least and least <= most", name="amounts"),
    CheckConstraint("length(words) >= 3", name="words"),
    CheckConstraint(
        "(direction = 'out' and means = 'fee')"
        " or (direction = 'in' and means in ('interest', 'treasury', 'provider_return'))",
        name="means",
    ),
    **STRICT,
)

line_rule_end = Table(
    "line_rule_end",
    metadata,
    Column(
        "proposal_id", Whole, ForeignKey("line_proposal.id"), primary_key=True, autoincrement=False
    ),
    Column("rule_id", Whole, ForeignKey("line_rule.proposal_id"), nullable=False, unique=True),
    Column("ended_on", Day, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    **STRICT,
)
