"""People of a training installation as stand-in registers start from: in clear, in memory only."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import destination, person
from app.demo.registers import Known
from app.privacy import Keyring

CHUNK = 5_000


def known_people(session: Session, keyring: Keyring) -> Iterator[Known]:
    """Everybody on the register, with the account in use."""
    after = 0
    query = (
        select(
            person.c.id,
            person.c.bound_key,
            person.c.citizen_cipher,
            person.c.name,
            person.c.birth,
            destination.c.bank_bin,
            destination.c.account_cipher,
            destination.c.holder,
        )
        .outerjoin(destination, destination.c.id == person.c.destination_id)
        .where(person.c.erased_at.is_(None))
        .order_by(person.c.id)
        .limit(CHUNK)
    )
    while rows := session.execute(query.where(person.c.id > after)).all():
        for row in rows:
            number = keyring.decrypt("person.citizen_id", row.bound_key, row.citizen_cipher)
            if row.account_cipher is None:
                yield Known(number, row.name, row.birth)
                continue
            account = keyring.decrypt("destination.account", row.bound_key, row.account_cipher)
            yield Known(number, row.name, row.birth, row.bank_bin, account, row.holder)
        after = rows[-1].id
