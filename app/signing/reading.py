"""What anyone who holds a paper may know of it: no person's data, and one answer for every code
that is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.payroll.states import VOID
from app.privacy import Keyring
from app.signing.codes import read_code
from app.signing.kinds import KINDS, STATEMENT
from app.signing.register import payroll_of
from app.signing.tables import (
    issued_document,
    issued_file,
    signed_by,
    signed_document,
    superseded_document,
)
from app.signing.verdicts import ACCEPTED
from app.statements.person_statement import known_by_code
from app.units.tables import paying_unit

STANDS, SUPERSEDED, VOIDED, REOPENED = "stands", "superseded", "void", "reopened"
CHANGED = "changed"
"""Of a statement: what is owed or listed is another since it was printed."""
SIGNED = "signed"


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed: the role of the block, the name in the certificate, and when (`stamped`: by a
    time stamp; None and else what the signer's own clock said)."""

    role: str
    name: str
    signed_at: datetime | None
    stamped: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A document as it was issued: `persons` and `total` (đồng) are those of the paper, whatever
    became of the payroll since; `standing` says what did. A statement has neither number nor day,
    and its total is today's. `period` reads "2026-10"."""

    kind: str
    name: str
    unit: str
    period: str
    title: str
    dated_on: date | None
    persons: int
    total: int
    standing: str
    signers: tuple[Signer, ...]


def by_code(session: Session, keyring: Keyring, told: str) -> Told | None:
    """The document or statement with this code, as somebody typed it; None where there is none."""
    code = read_code(told)
    return _one(session, issued_document.c.code == code) or _statement(session, keyring, code)


def _statement(session: Session, keyring: Keyring, code: str) -> Told | None:
    found = known_by_code(session, keyring, code)
    if found is None:
        return None
    return Told(
        kind=STATEMENT,
        name="Phiếu thông báo chi trả trợ cấp",
        unit=found.unit,
        period=found.period,
        title="",
        dated_on=None,
        persons=1,
        total=found.total,
        standing=STANDS if found.is_same else CHANGED,
        signers=(),
    )


def by_file(session: Session, sha256: str) -> tuple[Told, str] | None:
    """The document that a file is, byte for byte, and as what: 'printed', 'prepared', 'signed'."""
    ours = select(issued_file.c.document_id, issued_file.c.purpose)
    found = session.execute(ours.where(issued_file.c.sha256 == sha256)).one_or_none()
    signed = session.scalar(
        select(signed_document.c.document_id).where(
            signed_document.c.sha256 == sha256, signed_document.c.verdict == ACCEPTED
        )
    )
    number = found.document_id if found else signed
    told = _one(session, issued_document.c.id == (number or 0))
    return (told, found.purpose if found else SIGNED) if told else None


def _one(session: Session, condition: Any) -> Told | None:
    query = (
        select(
            issued_document,
            paying_unit.c.name.label("unit_name"),
            superseded_document.c.by_id,
        )
        .join(paying_unit, paying_unit.c.code == issued_document.c.unit_code)
        .outerjoin(superseded_document, superseded_document.c.document_id == issued_document.c.id)
        .where(condition)
    )
    row = session.execute(query).one_or_none()
    signers = _signers(session, row.id if row else 0)
    about = payroll_of(session, row.subject if row else "")
    if row is None or about is None:
        return None
    return Told(
        kind=row.kind,
        name=KINDS[row.kind].name,
        unit=row.unit_name,
        period=about.period,
        title=f"{row.number}/{row.symbol}",
        dated_on=row.dated_on,
        persons=row.persons,
        total=row.total,
        standing=_standing(row, about),
        signers=_in_order(row.kind, signers),
    )


def _standing(row: Row[Any], about: Row[Any]) -> str:
    if about.state == VOID:
        return VOIDED
    if row.by_id is not None:
        return SUPERSEDED
    return STANDS if about.digest == row.digest else REOPENED


def _signers(session: Session, document_id: int) -> list[Row[Any]]:
    query = select(signed_by).join(signed_document, signed_document.c.id == signed_by.c.signed_id)
    return list(session.execute(query.where(signed_document.c.document_id == document_id)))


def _in_order(kind: str, signed: list[Row[Any]]) -> tuple[Signer, ...]:
    """Who signed, as the blocks stand on the paper."""
    known = {one.field: one for one in signed}
    return tuple(
        Signer(role, one.signer, one.signed_at, bool(one.is_stamped))
        for field, role in KINDS[kind].signers.items()
        if (one := known.get(field)) is not None
    )
