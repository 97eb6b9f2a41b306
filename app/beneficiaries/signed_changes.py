"""Changes of where a person's money goes, as maker and checker of the commune sign them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.access.officers import Confirmation
from app.access.together import Signer, confirm_together
from app.beneficiaries.cooling import OTHER
from app.beneficiaries.destinations import own_phone, person_row, repair_destination, use_again
from app.beneficiaries.kinds import NewAccount
from app.privacy import Keyring

ROLES = ("maker", "checker")


def change_account(
    session: Session,
    keyring: Keyring,
    signers: Sequence[Signer],
    person_id: int,
    new: NewAccount,
    reason: str,
    now: datetime,
    *,
    asked_phone: str = "",
    proof: str = OTHER,
) -> int:
    """Give a person another destination; gives its id. `asked_phone` names who asked whether the
    phone is the person's own, '' when nobody did; `proof` is what the two have seen
    (`cooling.PROOFS`).

    Raises Forbidden unless the first is maker and the second checker there, and as
    `repair_destination` does.
    """
    if asked_phone:
        own_phone(session, person_row(session, person_id), asked_phone, now)
    _confirm(
        session,
        keyring,
        signers,
        person_id,
        f"{new.kind}|{new.bank_bin}|{new.account}|{proof}|{reason}",
        now,
    )
    one, two = (signer.officer_id for signer in signers)
    return repair_destination(session, keyring, person_id, new, reason, one, two, now, proof=proof)


def change_order(
    session: Session,
    keyring: Keyring,
    signers: Sequence[Signer],
    person_id: int,
    version: int,
    reason: str,
    now: datetime,
) -> int:
    """Put an earlier destination first again; gives its new id. Raises as `change_account` does."""
    _confirm(session, keyring, signers, person_id, f"order|{version}|{reason}", now)
    one, two = (signer.officer_id for signer in signers)
    return use_again(session, person_id, version, reason, one, two, now)


def _confirm(
    session: Session,
    keyring: Keyring,
    signers: Sequence[Signer],
    person_id: int,
    what: str,
    now: datetime,
) -> None:
    """Maker and checker of the person's commune confirm exactly this change."""
    unit = person_row(session, person_id).area_code
    digest = hashlib.sha256(f"{person_id}|{what}".encode()).hexdigest()
    told = Confirmation("change_account", digest, 1, 0)
    confirm_together(session, keyring, signers, f"person:{person_id}", now, told, ROLES, unit)
