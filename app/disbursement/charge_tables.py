"""What a contract lets a provider keep or take: dated rows that two finance officers confirm."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text

from ledger.schema import STRICT, Day, Moment, Whole, metadata

# 'return': kept of each payment that comes back; 'month': taken once a month; 'batch': the
# contract's rate of each batch. An amount of 0 ends it ('batch': `is_borne` 0 ends it).
contract_charge = Table(
    "contract_charge",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("contract_id", Whole, ForeignKey("contract.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("amount", Whole, nullable=False),
    # 1: we bear it, out of the management fund; 0: it is claimed back.
    Column("is_borne", Whole, nullable=False),
    Column("valid_from", Day, nullable=False),
    Column("source", Text, nullable=False),
    Column("joint_id", Whole, ForeignKey("joint_act.id"), nullable=False, unique=True),
    Column("recorded_at", Moment, nullable=False),
    CheckConstraint("kind in ('return', 'month', 'batch')", name="kind"),
    CheckConstraint("is_borne in (0, 1)", name="is_borne"),
    CheckConstraint("kind = 'return' or amount = 0 or is_borne = 1", name="fee"),
    CheckConstraint(
        "amount between 0 and 1000000 and (kind <> 'batch' or amount = 0)", name="amount"
    ),
    CheckConstraint("trim(source) <> ''", name="source"),
    Index("ix_contract_charge", "contract_id", "kind", "valid_from"),
    **STRICT,
)
