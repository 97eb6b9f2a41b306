"""How the books stand after whatever came in, told by the books themselves."""

from __future__ import annotations

from app.disbursement.proofs import prove_everything
from ledger.balances import account_balances
from tests.factories import House


def balances(house: House) -> dict[str, int]:
    """Money in đồng by kind of account, as the books stand; debit accounts above 0."""
    found: dict[str, int] = {}
    with house.work() as session:
        for one in account_balances(session):
            found[one.kind] = found.get(one.kind, 0) + abs(one.balance)
    return found


def nothing_broken(house: House) -> None:
    """Every proof holds, whatever came in."""
    with house.work() as session:
        wrong = [one for one in prove_everything(session) if not one.ok]
    assert wrong == []
