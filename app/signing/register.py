"""The register of documents: who issued which, under which number, and which printings there are.

Numbers run from 1 without a gap for a unit, kind and year. The same content is the same document;
other content about the same subject is a new one, and the old one is superseded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, union
from sqlalchemy.orm import Session

from app.access.roles import require_one_of
from app.audit.trail import record
from app.clock import local_date
from app.errors import NotFound, Refused
from app.payroll.states import DRAFT, VOID
from app.payroll.tables import payroll
from app.signing.codes import Dice, new_code, read_code
from app.signing.kinds import KINDS, PAYROLL_LIST
from app.signing.tables import (
    PREPARED,
    issued_document,
    issued_file,
    signed_document,
    superseded_document,
)
from app.signing.verdicts import ACCEPTED
from app.units.tables import paying_unit

ROLES = ("maker", "checker", "approver")


@dataclass(frozen=True, slots=True)
class Issued:
    """A document of the register. `title` is its number with its symbol, "15/DS-UBND"."""

    id: int
    kind: str
    subject: str
    unit_code: str
    title: str
    dated_on: date
    digest: str
    code: str
    is_new: bool = False


def issue_list(
    session: Session, payroll_id: int, officer_id: int, dice: Dice, now: datetime
) -> Issued:
    """The document that a payroll's list is, now. Raises NotFound, Forbidden, or Refused for a
    draft or a void payroll."""
    row = _payroll(session, payroll_id)
    require_one_of(session, officer_id, ROLES, row.unit_code, now, row.programme)
    subject, digest = f"payroll:{payroll_id}", str(row.digest)
    last = _last(session, PAYROLL_LIST, subject)
    if last is not None and last.digest == digest:
        return _issued(last)
    made = _add(session, row, subject, officer_id, new_code(dice), now)
    if last is not None:
        session.execute(
            insert(superseded_document).values(document_id=last.id, by_id=made.id, recorded_at=now)
        )
    record(session, now, f"officer:{officer_id}", "cli:document:issue", f"document:{made.id}",
           f"{made.title} {subject} {digest}")  # fmt: skip
    return made


def _payroll(session: Session, payroll_id: int) -> Row[Any]:
    query = select(payroll, paying_unit.c.name, paying_unit.c.kind.label("unit_kind")).join(
        paying_unit, paying_unit.c.code == payroll.c.unit_code
    )
    row = session.execute(query.where(payroll.c.id == payroll_id)).one_or_none()
    if row is None:
        raise NotFound(
            f"Không có bảng chi trả số {payroll_id}.", "Xem số bảng trong danh sách bảng của tháng."
        )
    if row.state in (DRAFT, VOID):
        told = "còn là bản nháp" if row.state == DRAFT else "đã hủy"
        raise Refused(f"Bảng chi trả số {payroll_id} {told} nên không được cấp số văn bản.",
                      "Cấp số cho bảng đã trình.")  # fmt: skip
    return row


def _last(session: Session, kind: str, subject: str) -> Row[Any] | None:
    of = issued_document.c
    query = select(issued_document).where(of.kind == kind, of.subject == subject)
    return session.execute(query.order_by(of.id.desc()).limit(1)).one_or_none()


def _add(
    session: Session, row: Row[Any], subject: str, officer_id: int, code: str, now: datetime
) -> Issued:
    of, day = issued_document.c, local_date(now)
    key = {"unit_code": row.unit_code, "kind": PAYROLL_LIST, "year": day.year}
    taken = select(func.max(of.number)).where(*(of[name] == value for name, value in key.items()))
    values = {
        **key,
        "subject": subject,
        "number": (session.scalar(taken) or 0) + 1,
        "symbol": _symbol(row),
        "dated_on": day,
        "digest": row.digest,
        "persons": row.lines,
        "total": row.total,
        "code": code,
        "made_by": officer_id,
        "made_at": now,
    }
    made = session.execute(insert(issued_document).values(values).returning(issued_document)).one()
    return _issued(made, is_new=True)


def _symbol(row: Row[Any]) -> str:
    """A commune's committee signs as UBND; how a department shortens its name is not known here."""
    symbol = KINDS[PAYROLL_LIST].symbol
    return f"{symbol}-UBND" if row.unit_kind == "commune" else symbol


def _issued(row: Row[Any], *, is_new: bool = False) -> Issued:
    title = f"{row.number}/{row.symbol}"
    return Issued(row.id, row.kind, row.subject, row.unit_code, title, row.dated_on, row.digest,
                  row.code, is_new)  # fmt: skip


def document_of(session: Session, told: str) -> Issued:
    """The document with this code, as people write it. Raises NotFound."""
    code = read_code(told)
    row = session.execute(
        select(issued_document).where(issued_document.c.code == code)
    ).one_or_none()
    if row is None:
        raise NotFound("Không có văn bản nào mang mã tra cứu này.", "Xem mã in ở cuối văn bản.")
    return _issued(row)


def payroll_of(session: Session, subject: str) -> Row[Any] | None:
    """The payroll that a document speaks of, as it is now; None for no subject."""
    number = int(subject.removeprefix("payroll:") or 0)
    return session.execute(select(payroll).where(payroll.c.id == number)).one_or_none()


def is_superseded(session: Session, document_id: int) -> bool:
    """Whether a later document about the same subject took this one's place."""
    query = select(superseded_document.c.by_id)
    return session.scalar(query.where(superseded_document.c.document_id == document_id)) is not None


def add_file(
    session: Session, made: Issued, purpose: str, file: tuple[str, int], officer_id: int,
    now: datetime,
) -> int:  # fmt: skip
    """Record a file (SHA-256, bytes) of a document; the same bytes are the same row."""
    sha256, size = file
    known = session.scalar(select(issued_file.c.id).where(issued_file.c.sha256 == sha256))
    if known is not None:
        return int(known)
    row = {"document_id": made.id, "purpose": purpose, "sha256": sha256, "size_bytes": size,
           "made_by": officer_id, "made_at": now}  # fmt: skip
    added = session.scalar(insert(issued_file).values(row).returning(issued_file.c.id))
    record(session, now, f"officer:{officer_id}", f"cli:document:{purpose}", f"document:{made.id}",
           f"{sha256} {size}")  # fmt: skip
    return int(added or 0)


def prepared_files(session: Session, document_id: int) -> dict[str, int]:
    """SHA-256 and id of every file that a document was prepared as, the newest first."""
    of = issued_file.c
    rows = session.execute(
        select(of.sha256, of.id)
        .where(of.document_id == document_id, of.purpose == PREPARED)
        .order_by(of.id.desc())
    )
    return {row.sha256: row.id for row in rows}


def kept_papers(session: Session) -> Iterator[tuple[str, str]]:
    """(place below the folder of papers, SHA-256) of every file that is kept: those prepared for
    signing, and those that came back and were accepted."""
    prepared = select(issued_file.c.sha256).where(issued_file.c.purpose == PREPARED)
    signed = select(signed_document.c.sha256).where(signed_document.c.verdict == ACCEPTED)
    for sha256 in session.scalars(union(prepared, signed).order_by("sha256")):
        yield f"{sha256[:2]}/{sha256}.pdf", sha256
