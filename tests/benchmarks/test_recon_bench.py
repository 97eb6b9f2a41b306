"""The bench of matching runs at a small size, on both databases."""

from __future__ import annotations

from sqlalchemy import func, select

from app.disbursement.tables import outcome
from benchmarks.ledger.books import opened
from benchmarks.recon import applied, filled

PAYMENTS = 200


def test_every_line_is_matched_and_what_came_back_is_owed_again(database_url: str) -> None:
    """The bench itself stops where a payment, a verdict or a batch is left over."""
    filled.fill(database_url, PAYMENTS, None)
    applied.debits(database_url, None)
    applied.returns(database_url, None)
    with opened(database_url, owner=True) as database, database.view() as session:
        counted = session.scalars(select(func.count()).select_from(outcome)).one()
    assert counted == PAYMENTS + PAYMENTS // filled.ONE_IN
