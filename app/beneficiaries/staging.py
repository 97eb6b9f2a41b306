"""Checked rows of a list into the staging table: encrypted, indexed, ready for set-wise work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.beneficiaries.history_tables import citizen_change
from app.beneficiaries.import_tables import import_row
from app.beneficiaries.rows import RegisterRow, WorkbookResult
from app.beneficiaries.tables import person
from app.beneficiaries.terms import stop_month
from app.privacy import Keyring
from app.text import fold, given_key, sort_key
from ledger.bulk import insert_rows

_COLUMNS = [column.name for column in import_row.columns]


class Reissued(NamedTuple):
    """People whose ID was issued anew: old index to today's, and today's to the binding key."""

    current: Mapping[str, str]
    bound: Mapping[str, str]


def reissued(session: Session) -> Reissued:
    """The few people whose ID is not the one they came with."""
    rows = session.execute(
        select(citizen_change.c.old_key, person.c.citizen_key, person.c.bound_key).join(
            person, person.c.id == citizen_change.c.person_id
        )
    ).all()
    return Reissued(
        {row.old_key: row.citizen_key for row in rows},
        {row.citizen_key: row.bound_key for row in rows},
    )


def stage(session: Session, keyring: Keyring, result: WorkbookResult) -> None:
    """Put every row of the list into the staging table."""
    insert_rows(session, import_row, _COLUMNS, _staged(keyring, result, reissued(session)))


def _staged(keyring: Keyring, result: WorkbookResult, known: Reissued) -> Iterator[Sequence[Any]]:
    seen: set[str] = set()
    for row in result.rows:
        key = citizen_index(keyring, row.citizen_id)
        key = known.current.get(key, key)
        first = key not in seen
        seen.add(key)
        yield _row(keyring, result, row, key, known.bound.get(key, key), first)


def _row(
    keyring: Keyring, result: WorkbookResult, row: RegisterRow, key: str, bound: str, first: bool
) -> Sequence[Any]:
    stop, cause = stop_of(row)
    return (
        result.commune_code,
        row.row,
        int(first),
        key,
        keyring.encrypt("person.citizen_id", bound, row.citizen_id),
        row.citizen_id[-3:],
        row.name,
        sort_key(row.name),
        fold(row.name),
        birth_of(row),
        row.sex,
        row.ethnicity,
        row.hamlet,
        keyring.encrypt("person.phone", bound, row.phone) if row.phone else None,
        row.programme,
        row.group,
        row.table_key,
        row.decision_number,
        row.decision_date,
        row.start_period,
        stop,
        cause,
        row.event,
        row.method,
        row.bank_bin,
        *_account(keyring, row, bound),
        row.holder_name or row.name,
        bound,
        given_key(row.name),
        phone_index(keyring, row.phone) if row.phone else "",
        row.phone[-3:],
        row.kind,
        *_facts(row),
        *_payee(keyring, row, bound),
        row.still_cash,
        row.signer,
    )


def _facts(row: RegisterRow) -> tuple[Any, ...]:
    facts = (row.household, row.poverty, row.disability, row.degree, row.certificate)
    return (*facts, row.certified_on, row.phone_owner)


def _payee(keyring: Keyring, row: RegisterRow, bound: str) -> tuple[Any, ...]:
    """From the kind of the payee to the end of the paper; the ID is found like a person's."""
    key, cipher = "", None
    if row.payee in ("", "self"):
        return row.payee, "", "", None, "", "", "", None, None
    if row.payee_id:
        key = citizen_index(keyring, row.payee_id)
        cipher = keyring.encrypt("payee.citizen_id", bound, row.payee_id)
    who = (row.payee, row.payee_name, key, cipher, row.payee_id[-3:], row.relation)
    return (*who, row.paper, row.signed_on, row.valid_until)


def _account(keyring: Keyring, row: RegisterRow, bound: str) -> tuple[str, bytes | None, str]:
    """Blind index, cipher text and last digits of the account; empty for cash."""
    if row.method != "account":
        return "", None, ""
    cipher = keyring.encrypt("destination.account", bound, row.account)
    return account_index(keyring, row.bank_bin, row.account), cipher, row.account[-4:]


def citizen_index(keyring: Keyring, citizen_id: str) -> str:
    """The blind index of a personal ID."""
    return keyring.index("person.citizen_id", citizen_id)


def phone_index(keyring: Keyring, phone: str) -> str:
    """The blind index of a phone number as the register stores it."""
    return keyring.index("person.phone", phone)


def account_index(keyring: Keyring, bank_bin: str, account: str) -> str:
    """The blind index of an account at a bank."""
    return keyring.index("destination.account", f"{bank_bin}|{account}")


def birth_of(row: RegisterRow) -> str:
    """The birth date as the register has it: ISO, or the year alone."""
    return row.birth_date.isoformat() if row.birth_date else str(row.birth_year)


def stop_of(row: RegisterRow) -> tuple[str | None, str]:
    """The last payable month of a death or a move, and which of them it was."""
    if row.event in ("death", "move_out") and row.event_date is not None:
        return stop_month(row.event_date), row.event
    return None, ""
