"""Who may not act on which payroll, and why: written when it is submitted, kept for ever.

`why`: 'editor' changed a fact of somebody on it; 'payee' is paid by a line of it or takes the
money of one; 'household' and 'account' share a household or an account with such a person;
'changer' changed a payout account in it, and may release it again after `until`.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, PrimaryKeyConstraint, Table, Text

from app.beneficiaries.near import NEAR
from ledger.schema import STRICT, Moment, Whole, metadata

EDITOR, CHANGER = "editor", "changer"
WHY = (EDITOR, *NEAR, CHANGER)

payroll_barred = Table(
    "payroll_barred",
    metadata,
    Column("payroll_id", Whole, ForeignKey("payroll.id"), nullable=False),
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("why", Text, nullable=False),
    Column("until", Moment, nullable=False),
    Column("found_at", Moment, nullable=False),
    PrimaryKeyConstraint("payroll_id", "officer_id", "why", "until"),
    CheckConstraint(f"why in {WHY}", name="why"),
    **STRICT,
)
