"""Whether the account that a provider's word names is the one that the payment was sent to."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.beneficiaries.staging import account_index
from app.beneficiaries.tables import destination
from app.disbursement.tables import batch, instruction
from app.privacy import Keyring
from app.units.tables import contract

_MASK = "*"  # an account of which the bank shows the end alone says nothing that can be compared


def elsewhere(
    session: Session, keyring: Keyring, provider: str, told: Mapping[str, set[str]]
) -> set[tuple[str, str]]:
    """The (reference, account) pairs whose account is not the payee's of that payment.

    `told` has the accounts that were named with each reference. What is no payment through this
    provider contradicts nothing. Accounts are compared by their blind index: none is decrypted.
    """
    rows = session.execute(
        select(instruction.c.reference, destination.c.bank_bin, destination.c.account_key)
        .join(destination, destination.c.id == instruction.c.destination_id)
        .join(batch, batch.c.id == instruction.c.batch_id)
        .join(contract, contract.c.id == batch.c.contract_id)
        .where(contract.c.provider == provider, instruction.c.reference.in_(told))
    )
    return {
        (row.reference, account)
        for row in rows
        for account in told[row.reference]
        if _MASK not in account
        and account_index(keyring, row.bank_bin, "".join(account.split())) != row.account_key
    }
