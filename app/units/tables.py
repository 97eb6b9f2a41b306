"""Paying units, programmes, providers and their dated contracts.

A contract is the cell of the books: one paying unit, one programme, one provider, with the
unit's account at the provider. `contract_route` says which payee goes through which contract:
by method and by the payee's bank (empty for cash). Of the contracts that a route names over the
years one is in force on a day.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from ledger.schema import STRICT, Day, Moment, Whole, metadata

fund = Table(
    "fund",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    **STRICT,
)

# Whose family a programme belongs to; an officer's role may be limited to one of them.
department = Table(
    "department",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    **STRICT,
)

programme = Table(
    "programme",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("fund", Text, ForeignKey("fund.code"), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("department", Text, ForeignKey("department.code")),
    **STRICT,
)

paying_unit = Table(
    "paying_unit",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("area_code", Text, nullable=False),
    Column("budget_code", Text, nullable=False, unique=True),
    Column("sort_key", Text, nullable=False),
    CheckConstraint("kind in ('commune', 'department')", name="kind"),
    **STRICT,
)

provider = Table(
    "provider",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("adapter", Text, nullable=False),
    Column("holds_advance", Whole, nullable=False),
    Column("is_sandbox", Whole, nullable=False),
    **STRICT,
)

contract = Table(
    "contract",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("number", Text, nullable=False, unique=True),
    Column("unit_code", Text, ForeignKey("paying_unit.code"), nullable=False),
    Column("programme", Text, ForeignKey("programme.code"), nullable=False),
    Column("fund", Text, ForeignKey("fund.code"), nullable=False),
    Column("provider", Text, ForeignKey("provider.code"), nullable=False),
    Column("account", Text, nullable=False),
    Column("methods", Text, nullable=False),
    Column("fee_per_ten_thousand", Whole, nullable=False),
    Column("due_day", Whole, nullable=False),
    Column("settlement_day", Whole, nullable=False),
    Column("valid_from", Day, nullable=False),
    Column("valid_to", Day),
    UniqueConstraint("unit_code", "programme", "provider", "valid_from"),
    UniqueConstraint("provider", "account"),
    CheckConstraint("due_day between 1 and 28 and settlement_day between 1 and 28", name="days"),
    **STRICT,
)

contract_route = Table(
    "contract_route",
    metadata,
    Column("unit_code", Text, nullable=False),
    Column("programme", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("bank_bin", Text, nullable=False),
    Column("contract_id", Whole, ForeignKey("contract.id"), nullable=False),
    PrimaryKeyConstraint("unit_code", "programme", "method", "bank_bin", "contract_id"),
    **STRICT,
)

allotment = Table(
    "allotment",
    metadata,
    Column("fiscal_year", Whole, nullable=False),
    Column("unit_code", Text, ForeignKey("paying_unit.code"), nullable=False),
    Column("programme", Text, ForeignKey("programme.code"), nullable=False),
    Column("amount", Whole, nullable=False),
    PrimaryKeyConstraint("fiscal_year", "unit_code", "programme"),
    CheckConstraint("amount >= 0", name="amount"),
    **STRICT,
)

# Communes that were merged: from a month on the new code stands for the old one, which is kept
# wherever it was written and never used again for another place.
area_change = Table(
    "area_change",
    metadata,
    Column("old_code", Text, primary_key=True),
    Column("new_code", Text, nullable=False, index=True),
    Column("from_period", Text, nullable=False),
    Column("decree", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("recorded_by", Text, nullable=False),
    CheckConstraint("old_code <> new_code", name="differs"),
    **STRICT,
)

# What this database is: training or not, and for a training one its scenario and its clock.
installation = Table(
    "installation",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    **STRICT,
)
