"""Seal a batch: make its file, and prove by an independent reader that it says what was approved.

The network is never called here, and never inside a transaction: the job seals the bytes, claims
and commits (`claims.py`), lets a courier carry them, and records what happened.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.orm import Session

from app.beneficiaries.staging import account_index
from app.beneficiaries.tables import destination, person
from app.disbursement import gate
from app.disbursement.approved import require_as_approved
from app.disbursement.bound import require_bound
from app.disbursement.digests import rebuilt
from app.disbursement.tables import batch, instruction
from app.errors import Held, Refused
from app.privacy import Keyring
from app.units.tables import contract, paying_unit, programme, provider
from bank_adapters.contract import (
    BankAdapter,
    Debtor,
    Method,
    OutboundBatch,
    PaymentInstruction,
)

FETCH_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class Sealed:
    """A batch's file: where it lies, its name at the provider, its digest."""

    batch_id: int
    path: Path
    name: str
    sha256: str


def details(session: Session, batch_id: int) -> Row[Any]:
    """The batch with its contract, unit, programme and provider."""
    return session.execute(_details(), {"batch_id": batch_id}).one()


@cache
def _details() -> Select[Any]:
    return (
        select(
            batch,
            contract.c.unit_code,
            contract.c.programme,
            contract.c.fund,
            contract.c.provider,
            contract.c.account,
            paying_unit.c.name.label("unit_name"),
            programme.c.purpose,
            provider.c.adapter,
            provider.c.holds_advance,
        )
        .join(contract, contract.c.id == batch.c.contract_id)
        .join(paying_unit, paying_unit.c.code == contract.c.unit_code)
        .join(programme, programme.c.code == contract.c.programme)
        .join(provider, provider.c.code == contract.c.provider)
        .where(batch.c.id == bindparam("batch_id"))
    )


def asked_day(row: Row[Any]) -> date:
    """The day the provider is asked to pay: the requested one, or the day a late batch waited
    for."""
    day: date = row.execute_on or row.requested_on
    return day


def outbound(
    session: Session, keyring: Keyring, row: Row[Any], commune_name: str = ""
) -> OutboundBatch:
    """The batch as the adapter takes it; its instructions are streamed and decrypted."""
    return OutboundBatch(
        message_id=row.message_id,
        created_at=row.built_at,
        requested_on=asked_day(row),
        debtor=Debtor(name=row.unit_name, account=row.account, customer_number=row.unit_code),
        purpose=row.purpose,
        count=row.lines,
        total=row.total,
        instructions=_payments(session, keyring, row, commune_name),
    )


def _payments(
    session: Session, keyring: Keyring, row: Row[Any], commune_name: str
) -> Iterator[PaymentInstruction]:
    rows = session.execute(_to_pay(), {"batch_id": row.id})
    with rows:  # a refusal in the middle of the file lets go of the database's cursor
        for one in rows:
            yield _payment(keyring, row, one)


@cache
def _to_pay() -> Select[Any]:
    return (
        select(
            instruction.c.reference,
            instruction.c.amount,
            instruction.c.method,
            destination.c.holder,
            destination.c.bank_bin,
            destination.c.account_key,
            destination.c.account_cipher,
            person.c.bound_key,
            person.c.hamlet,
        )
        .join(destination, destination.c.id == instruction.c.destination_id)
        .join(person, person.c.id == destination.c.person_id)
        .where(instruction.c.batch_id == bindparam("batch_id"))
        .order_by(instruction.c.payroll_line_id)
        .execution_options(yield_per=FETCH_ROWS)
    )


def _payment(keyring: Keyring, row: Row[Any], one: Any) -> PaymentInstruction:
    is_cash = one.method == "cash"
    return PaymentInstruction(
        reference=one.reference,
        amount=one.amount,
        payee_name=one.holder,
        method=Method(one.method),
        account="" if is_cash else _account(keyring, one),
        bank_bin=one.bank_bin,
        place=f"{one.hamlet}, {row.unit_name}" if is_cash else "",
        remark=f"{one.reference} {row.purpose}",
    )


def _account(keyring: Keyring, row: Any) -> str:
    """The account in clear. Raises Refused where it is not the one that was confirmed."""
    try:
        account = keyring.decrypt("destination.account", row.bound_key, row.account_cipher)
    except InvalidTag:
        account = ""
    if account_index(keyring, row.bank_bin, account) != row.account_key:
        raise Refused(
            f"Số tài khoản của khoản {row.reference} không phải số đã duyệt.",
            "Dừng lô, giữ nguyên dữ liệu và báo kiểm toán.",
        )
    return account


def seal(
    session: Session, keyring: Keyring, adapter: BankAdapter, batch_id: int, folder: Path
) -> Sealed:
    """Write the batch's file and prove it against the approved batch by an independent reader.

    Raises Refused when the instructions are not those that were built, or the file does not
    say what they say.
    """
    row = details(session, batch_id)
    if rebuilt(session, {batch_id: row.lines_digest}):
        raise Refused(f"Lô {batch_id} đã bị sửa sau khi lập.", "Dừng lô và báo kiểm toán.")
    require_as_approved(session, row)
    require_bound(session, keyring, row)
    what = outbound(session, keyring, row)
    # Account numbers stand in these files in clear: nobody else on the machine reads them.
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / adapter.file_name(what)
    approved = gate.Approved()
    with path.open("wb") as file:
        adapter.write(replace(what, instructions=approved.passing(what.instructions)), file)
    # The digest comes first: what is swapped after it, be it during the proof, is not carried.
    sealed = Sealed(batch_id, path, path.name, file_digest(path))
    with path.open("rb") as file:
        gate.require_same(path.name, file, adapter, gate.head_of(row, asked_day(row)), approved)
    return sealed


def seal_again(
    session: Session, keyring: Keyring, adapter: BankAdapter, row: Row[Any], folder: Path
) -> bool:
    """Make the lost file of a sealed batch anew; False when it does not come out the same.

    A file of other bytes is thrown away: under an old name only the old bytes may leave.
    """
    sealed = seal(session, keyring, adapter, row.id, folder / "again")
    if sealed.sha256 != row.sha256:
        sealed.path.unlink()
        return False
    sealed.path.replace(folder / row.file_name)
    return True


def file_digest(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def require_carried(name: str, carried: str, sealed: str) -> None:
    """Refuse what a courier carried when it was not what was sealed. Raises Held."""
    if carried != sealed:
        raise Held(
            f"Tệp {name} bị thay đổi trong lúc gửi.", "Báo ngay cho ngân hàng dừng lô và kiểm toán."
        )


def require_sealed(path: Path, sha256: str) -> None:
    """Refuse a file whose bytes are not those that were sealed. Raises Held."""
    if file_digest(path) != sha256:
        raise Held(
            f"Tệp {path.name} đã bị thay đổi sau khi niêm phong; không gửi.",
            "Giữ nguyên tệp làm chứng cứ và báo kiểm toán.",
        )
