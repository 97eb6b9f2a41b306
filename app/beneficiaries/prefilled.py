"""Last month's people as rows of the official list, with their numbers in full."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.beneficiaries.known import is_running, known, last_listed
from app.beneficiaries.rows import RegisterRow
from app.months import day_in
from app.privacy import Keyring

_CHUNK = 500


def rows_of(session: Session, keyring: Keyring, area: str, period: str) -> Iterator[RegisterRow]:
    """One row for each enrolment that the list of `period` is expected to name.

    The numbers are decrypted: what is written of them is the caller's to put on the trail.
    """
    listed = last_listed(session, area, period)
    query = known(area).execution_options(yield_per=_CHUNK)
    with session.execute(query) as found:
        running = (one for one in found if is_running(one, listed, period))
        for number, row in enumerate(running, start=1):
            yield _row(keyring, number, row)


def _row(keyring: Keyring, number: int, row: Any) -> RegisterRow:
    def read(column: str, cipher: bytes | None) -> str:
        return keyring.decrypt(column, row.bound_key, cipher) if cipher else ""

    born = row.birth
    is_other = row.payee not in (None, "self")
    return RegisterRow(
        row=number,
        name=row.name,
        birth_date=date.fromisoformat(born) if len(born) > 4 else None,
        birth_year=int(born[:4]),
        sex=row.sex,
        ethnicity=row.ethnicity,
        citizen_id=read("person.citizen_id", row.citizen_cipher),
        hamlet=row.hamlet,
        phone=read("person.phone", row.phone_cipher),
        programme=row.programme,
        group=row.group_code,
        table_key=row.table_key,
        decision_number=row.decision_number,
        decision_date=row.decision_on,
        start_period=row.start_period,
        method=row.method or "cash",
        account=read("destination.account", row.account_cipher),
        bank_bin=row.bank_bin or "",
        holder_name=row.holder or "",
        event=row.stop_cause if row.stop_period else "",
        event_date=day_in(row.stop_period, 1) if row.stop_period else None,
        note="",
        household=row.household,
        poverty=row.poverty,
        disability=row.disability or "",
        degree=row.degree or "",
        certificate=row.certificate or "",
        certified_on=row.certified_on,
        phone_owner=row.phone_owner,
        payee=row.payee or "",
        payee_name=row.payee_name if is_other else "",
        payee_id=read("payee.citizen_id", row.payee_cipher) if is_other else "",
        relation=row.relation if is_other else "",
        paper=row.paper if is_other else "",
        signed_on=row.signed_on if is_other else None,
        valid_until=row.valid_until if is_other else None,
        kind=row.kind or "",
        still_cash=row.still_cash,
        signer=row.signer or "",
    )
