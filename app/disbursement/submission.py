"""Claim, seal, send, record: the steps of handing one batch to its provider.

The network is never called here, and never inside a transaction: the job claims and commits,
seals the bytes, lets a courier carry them, and records what happened. A batch found
`sending` whose worker is gone is in doubt, never free again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import Row, func, or_, select, update
from sqlalchemy.orm import Session

from app.beneficiaries.staging import account_index
from app.beneficiaries.tables import destination, person
from app.clock import local_date
from app.disbursement import gate
from app.disbursement.approved import require_as_approved
from app.disbursement.batches import add_event
from app.disbursement.bound import require_bound
from app.disbursement.digests import rebuilt
from app.disbursement.funding import cell_of
from app.disbursement.holds import GLOBAL, is_set, refuse_held, set_hold
from app.disbursement.lapsing import people_of_release, refuse_lapsed
from app.disbursement.money import purse_of
from app.disbursement.states import IN_DOUBT, RELEASED, SENDING
from app.disbursement.tables import batch, batch_event, instruction
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
from ledger.bulk import written
from ledger.journal import EntryDraft, post

LEASE = timedelta(minutes=10)
FETCH_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class Sealed:
    """A batch's file: where it lies, its name at the provider, its digest."""

    batch_id: int
    path: Path
    name: str
    sha256: str


def sendable(session: Session, now: datetime, today: bool = True) -> list[int]:
    """Released batches whose day has come."""
    query = select(batch.c.id).where(batch.c.state == RELEASED)
    if today:
        query = query.where(batch.c.requested_on <= local_date(now))
    return list(session.scalars(query.order_by(batch.c.id)))


def details(session: Session, batch_id: int) -> Row[Any]:
    """The batch with its contract, unit, programme and provider."""
    return session.execute(
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
        .where(batch.c.id == batch_id)
    ).one()


def outbound(
    session: Session, keyring: Keyring, row: Row[Any], commune_name: str = ""
) -> OutboundBatch:
    """The batch as the adapter takes it; its instructions are streamed and decrypted."""
    return OutboundBatch(
        message_id=row.message_id,
        created_at=row.built_at,
        requested_on=row.requested_on,
        debtor=Debtor(name=row.unit_name, account=row.account, customer_number=row.unit_code),
        purpose=row.purpose,
        count=row.lines,
        total=row.total,
        instructions=_payments(session, keyring, row, commune_name),
    )


def _payments(
    session: Session, keyring: Keyring, row: Row[Any], commune_name: str
) -> Iterator[PaymentInstruction]:
    rows = session.execute(
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
        .where(instruction.c.batch_id == row.id)
        .order_by(instruction.c.payroll_line_id)
        .execution_options(yield_per=FETCH_ROWS)
    )
    with rows:  # a refusal in the middle of the file lets go of the database's cursor
        for one in rows:
            yield _payment(keyring, row, one)


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
        gate.require_same(path.name, file, adapter, gate.head_of(row), approved)
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


def claim(
    session: Session, sealed: Sealed, owner: str, now: datetime, began: datetime | None = None
) -> bool:
    """Take a released batch for sending and post T4; False when another worker has it.

    `began` is given for a file that left before (a restored database): the provider's window
    runs from there. Raises Refused when two persons have not released it or the money is not
    there, Held when a hold stands.
    """
    # The row first: whoever has it is alone, and every refusal below undoes the taking.
    if not take(session, sealed, owner, now):
        return False
    row = details(session, sealed.batch_id)
    refuse_held(session, row.provider, row.programme, row.unit_code)
    _released_by_two(session, row.id)
    refuse_lapsed(session, row.id, now)
    if row.total > purse_of(session, cell_of(row)).free:
        raise Refused(f"Lô {row.id} vượt số tiền đã nhận.", "Chờ Kho bạc chuyển tiền.")
    post_sent(session, row, local_date(now), now)
    add_event(session, row.id, SENDING, began or now, owner, f"sha256:{sealed.sha256}")
    return True


def take(session: Session, sealed: Sealed, owner: str, now: datetime) -> bool:
    """Move a released batch to `sending` with its file; False when it is not released."""
    taken = written(
        session,
        update(batch)
        .where(batch.c.id == sealed.batch_id, batch.c.state == RELEASED)
        .values(
            state=SENDING,
            owner=owner,
            lease_until=now + LEASE,
            file_name=sealed.name,
            sha256=sealed.sha256,
        ),
    )
    return taken == 1


def post_sent(session: Session, row: Row[Any], on: date, now: datetime) -> None:
    """T4: what was committed is on its way from a day on."""
    draft = EntryDraft(
        key=f"batch:{row.id}:send",
        recipe="send",
        cell=cell_of(row),
        effective_on=on,
        recorded_at=now,
        source=f"batch:{row.id}",
    )
    post(session, draft, row.total)


def _released_by_two(session: Session, batch_id: int) -> None:
    if session.scalar(select(people_of_release(batch_id))) != 2:
        raise Refused(f"Lô {batch_id} không có đủ hai người giải ngân.", "Dừng lô, báo kiểm toán.")


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


def stop_everything(session: Session, reason: str, now: datetime, name: str = "") -> None:
    """Set the global hold, once: something is wrong that people must look at."""
    if not is_set(session, GLOBAL, name, reason):
        set_hold(session, GLOBAL, name, reason, "system", now)


def record(session: Session, batch_id: int, state: str, evidence: str, now: datetime) -> bool:
    """What became of a sending batch: SENT, or IN_DOUBT when it cannot be known."""
    moved = written(
        session,
        update(batch)
        .where(batch.c.id == batch_id, batch.c.state.in_((SENDING, IN_DOUBT)))
        .where(batch.c.state != state)
        .values(state=state, owner=None, lease_until=None),
    )
    if moved == 1:
        add_event(session, batch_id, state, now, "system", evidence)
    return moved == 1


def give_up_lost(session: Session, owner: str, now: datetime) -> int:
    """Batches left `sending` by a worker that is gone are in doubt; gives how many.

    A worker's own leftovers are lost at once: it is here, so it is not sending them.
    """
    lost = select(batch.c.id).where(
        batch.c.state == SENDING, or_(batch.c.lease_until < now, batch.c.owner == owner)
    )
    numbers = list(session.scalars(lost))
    for number in numbers:
        record(session, number, IN_DOUBT, "worker lost", now)
    return len(numbers)


def in_doubt(session: Session) -> list[Row[Any]]:
    """Batches whose fate is not known: id, file, digest, provider, first moment of sending."""
    first_sent = (
        select(func.min(batch_event.c.at))
        .where(batch_event.c.batch_id == batch.c.id, batch_event.c.state == SENDING)
        .scalar_subquery()
    )
    return list(
        session.execute(
            select(
                batch.c.id,
                batch.c.file_name,
                batch.c.sha256,
                batch.c.message_id,
                batch.c.lines,
                batch.c.total,
                batch.c.requested_on,
                contract.c.provider,
                contract.c.programme,
                contract.c.unit_code,
                provider.c.adapter,
                first_sent.label("first_sent"),
            )
            .join(contract, contract.c.id == batch.c.contract_id)
            .join(provider, provider.c.code == contract.c.provider)
            .where(batch.c.state == IN_DOUBT)
            .order_by(batch.c.id)
        )
    )
