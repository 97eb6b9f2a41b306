"""Asking a bank to open accounts: who, the list with its digest, and the file.

The owner of an account is the person, or the guardian or authorised person whose paper is in
force. Full numbers stand in the file, so its making is written to the audit trail with a reason.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO

from sqlalchemy import ColumnElement, Row, and_, exists, func, select
from sqlalchemy.orm import Session

from app.audit.trail import record
from app.beneficiaries.tables import person
from app.cashless.list_writer import write_list
from app.cashless.people import born, by_hamlet, communes, is_paid, takes_cash
from app.cashless.profile import Profile
from app.cashless.tables import (
    STATES,
    account_answer_line,
    account_request,
    account_request_line,
)
from app.clock import local_date
from app.errors import Conflict, InputError, Refused
from app.privacy import Keyring
from app.reference.banks import bank
from app.statements.letterheads import place_of
from ledger.bulk import insert_one, insert_rows

LINES_MAX = 20_000
_FINAL = tuple(state for state, following in STATES.items() if not following)
_SEXES = {"M": "Nam", "F": "Nữ"}
_LINE = ("request_id", "line", "person_id", "reference", "owner_kind", "owner_name", "owner_key")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was made: its id, people, digest of its lines."""

    request_id: int
    lines: int
    digest: str


@dataclass(frozen=True, slots=True)
class _Owner:
    """Whose account it shall be, and what the bank needs to know."""

    kind: str
    name: str
    key: str
    citizen: str
    born: str
    sex: str
    phone: str


def ask(
    session: Session,
    keyring: Keyring,
    out: BinaryIO,
    profile: Profile,
    bank_bin: str,
    area: str,
    now: datetime,
    *,
    actor: str,
    reason: str,
    synthetic: bool,
    campaign_id: int | None = None,
) -> Asked:
    """Write the list of people on cash who have not been asked yet, and record it.

    Left out are people who chose cash, and those whose last request is still open. Raises
    Refused without a reason, InputError for an unknown bank, Conflict when nobody is left.
    """
    _check(bank_bin, reason)
    today = local_date(now)
    rows = list(_waiting(session, area, today))
    if not rows:
        raise Conflict("Không còn ai cần đề nghị mở tài khoản.", "Xem: ansinh accounts progress.")
    if len(rows) > LINES_MAX:
        raise Refused(f"Một danh sách có tối đa {LINES_MAX} người.", "Chọn từng xã bằng --area.")
    owners = [_owner(keyring, row) for row in rows]
    number = _next_number(session)
    digest = _digest(number, bank_bin, rows, owners)
    request_id = insert_one(
        session, account_request, id=number, digest=digest, campaign_id=campaign_id,
        bank_bin=bank_bin, area_code=area, profile=profile.code, lines=len(rows), reason=reason,
        asked_at=now, asked_by=actor,
    )  # fmt: skip
    insert_rows(session, account_request_line, _LINE, (
        (request_id, line, row.id, reference_of(request_id, line), one.kind, one.name, one.key)
        for line, (row, one) in enumerate(zip(rows, owners, strict=True), 1)
    ))  # fmt: skip
    write_list(out, profile, _cells(request_id, rows, owners), now, synthetic)
    detail = f"{len(rows)} người, ngân hàng {bank_bin}, mã {digest[:12]}: {reason}"
    record(session, now, actor, "accounts:request:export", f"account_request:{request_id}", detail)
    return Asked(request_id, len(rows), digest)


def _check(bank_bin: str, reason: str) -> None:
    if not reason.strip():
        raise Refused("Danh sách có số căn cước đầy đủ: phải ghi lý do.", "Thêm --reason.")
    found = bank(bank_bin)
    if found is None or found.is_deprecated or not found.receives_transfers:
        raise InputError(
            f"“{bank_bin}” không phải mã ngân hàng nhận được tiền.", "Tra lại mã 6 số."
        )


def _next_number(session: Session) -> int:
    return (session.scalar(select(func.max(account_request.c.id))) or 0) + 1


def _waiting(session: Session, area: str, today: date) -> Iterator[Row[Any]]:
    which = and_(is_paid(today), takes_cash(), person.c.still_cash != "chosen", ~is_asked())
    for code in communes(session, area):
        yield from by_hamlet(session, code, which, today)


def is_asked() -> ColumnElement[bool]:
    """Whether a `person` row stands on a list that a bank has not answered for good."""
    line, told = account_request_line.c, account_answer_line.alias("told")
    final = exists().where(
        told.c.request_id == line.request_id, told.c.line == line.line, told.c.state.in_(_FINAL)
    )
    return exists().where(line.person_id == person.c.id, ~final)


def reference_of(request_id: int, line: int) -> str:
    """What the bank calls a line by: 'TK00012-00034'."""
    return f"TK{request_id:05}-{line:05}"


def _owner(keyring: Keyring, row: Row[Any]) -> _Owner:
    by_other = row.payee_kind and not row.payee_expired and row.payee_citizen_cipher is not None
    if by_other:
        citizen = keyring.decrypt("payee.citizen_id", row.bound_key, row.payee_citizen_cipher)
        key = keyring.index("person.citizen_id", citizen)
        return _Owner(row.payee_kind, row.payee_name, key, citizen, "", "", "")
    citizen = keyring.decrypt("person.citizen_id", row.bound_key, row.citizen_cipher)
    phone = ""
    if row.phone_cipher is not None:
        phone = keyring.decrypt("person.phone", row.bound_key, row.phone_cipher)
    sex = _SEXES.get(row.sex, "")
    return _Owner("self", row.name, row.citizen_key, citizen, born(row.birth), sex, phone)


def _digest(number: int, bank_bin: str, rows: Sequence[Row[Any]], owners: Sequence[_Owner]) -> str:
    digest = hashlib.sha256(f"{number}|{bank_bin}\n".encode())
    for row, one in zip(rows, owners, strict=True):
        digest.update(f"{row.id}|{one.kind}|{one.name}|{one.key}\n".encode())
    return digest.hexdigest()


def _cells(
    request_id: int, rows: Sequence[Row[Any]], owners: Sequence[_Owner]
) -> Iterator[dict[str, str]]:
    for line, (row, one) in enumerate(zip(rows, owners, strict=True), 1):
        yield {
            "reference": reference_of(request_id, line),
            "owner": one.name,
            "citizen": one.citizen,
            "born": one.born,
            "sex": one.sex,
            "phone": one.phone,
            "place": place_of(row.hamlet, row.area_code),
            "beneficiary": "" if one.kind == "self" else row.name,
            "": "",
        }
