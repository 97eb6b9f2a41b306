"""A signed file comes back: is it ours, untouched, and signed by those it should be?

Whatever the answer, it is a row. The file itself is kept only when it is accepted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.access.roles import require_one_of
from app.audit.trail import record
from app.errors import Conflict, NotFound, Refused
from app.signing.kinds import KINDS
from app.signing.making import fingerprint, keep, kept_at
from app.signing.register import (
    ROLES,
    Issued,
    is_superseded,
    payroll_of,
    prepared_files,
)
from app.signing.tables import signed_by, signed_document
from app.signing.verdicts import ACCEPTED, NotAccepted
from app.text import nfc

if TYPE_CHECKING:
    from app.signing.trust import Trust
    from app.signing.verifying import Found

BYTES_MAX = 50_000_000
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Received:
    """A file that was brought: its bytes, who brings it, and when."""

    content: bytes
    officer_id: int
    now: datetime


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of it: the signatures found, or why it is not accepted. `file_id` is the
    prepared file that it begins with, None where it begins with none."""

    found: tuple[Found, ...]
    fault: NotAccepted | None
    file_id: int | None


def read_file(path: Path) -> bytes:
    """The bytes of a file that was brought; one that is too big is refused before it is read."""
    size = path.stat().st_size
    if size > BYTES_MAX:
        raise NotAccepted("too_big", size=-(-size // _MEGABYTE), limit=BYTES_MAX // _MEGABYTE)
    return path.read_bytes()


def require_open(session: Session, made: Issued, officer_id: int, now: datetime) -> None:
    """Raise where no signed file of this document may come: Forbidden, Refused for a superseded
    one, NotFound where it was never prepared, Conflict where one was accepted."""
    about = payroll_of(session, made.subject)
    programme = about.programme if about else ""
    require_one_of(session, officer_id, ROLES, made.unit_code, now, programme)
    if is_superseded(session, made.id):
        raise Refused(
            f"Văn bản số {made.title} đã được thay bằng văn bản mới.",
            "Ký và nhận văn bản mới; danh sách đã đổi sau khi văn bản này được lập.",
        )
    if not prepared_files(session, made.id):
        raise NotFound(
            f"Văn bản số {made.title} chưa được chuẩn bị để ký.", "Chạy `ansinh papers prepare`."
        )
    query = select(signed_document.c.sha256).where(signed_document.c.document_id == made.id)
    if session.scalar(query.where(signed_document.c.verdict == ACCEPTED)) is not None:
        raise Conflict(
            f"Văn bản số {made.title} đã có bản ký được nhận.", "Không nhận thêm bản nào nữa."
        )


def judge(session: Session, made: Issued, trust: Trust, received: Received, home: Path) -> Judged:
    """Look at a file that was brought for a document; nothing is written."""
    from app.signing.difference import read_signed
    from app.signing.verifying import signatures_in

    fields = KINDS[made.kind].signers
    file_id = None
    try:
        sha256, file_id = _begins_with(session, made, received.content, home)
        prepared = kept_at(home, sha256).read_bytes()
        reader = read_signed(prepared, received.content, made.title)
        return Judged(signatures_in(reader, trust, fields, received.now), None, file_id)
    except NotAccepted as fault:
        return Judged((), fault, file_id)


def _begins_with(session: Session, made: Issued, content: bytes, home: Path) -> tuple[str, int]:
    """SHA-256 and id of the prepared file that these bytes begin with. Raises NotAccepted."""
    if not content.startswith(b"%PDF-"):
        raise NotAccepted("not_pdf")
    for sha256, file_id in prepared_files(session, made.id).items():
        path = kept_at(home, sha256)
        if not path.is_file() or fingerprint(path.read_bytes())[0] != sha256:
            raise NotFound(
                f"Không còn đúng tệp đã chuẩn bị {path}.", "Lấy lại tệp ấy từ bản sao lưu."
            )
        if content.startswith(path.read_bytes()):
            return sha256, file_id
    raise NotAccepted("not_ours", number=made.title)


def compare_names(
    made: Issued, found: Sequence[Found], told: Mapping[str, str]
) -> NotAccepted | None:
    """What is wrong with who signed, against the names an officer gave for the fields."""
    roles = KINDS[made.kind].signers
    for one in found:
        if _plain(told[one.field]) != _plain(one.signer):
            return NotAccepted("wrong_person", field=roles[one.field], signer=one.signer,
                               told=told[one.field])  # fmt: skip
    return None


def _plain(name: str) -> str:
    return " ".join(nfc(name).casefold().split())


def write_down(
    session: Session, made: Issued, received: Received, judged: Judged, home: Path
) -> int:
    """Record what became of a file that was brought, and keep it when it is accepted."""
    sha256, size = fingerprint(received.content)
    fault = judged.fault
    row = {
        "document_id": made.id,
        "file_id": judged.file_id,
        "sha256": sha256,
        "size_bytes": size,
        "verdict": fault.verdict if fault else ACCEPTED,
        "reason": fault.message if fault else "",
        "received_by": received.officer_id,
        "received_at": received.now,
    }
    added = insert(signed_document).values(row).returning(signed_document.c.id)
    number = int(session.scalar(added) or 0)
    if fault is None:
        keep(home, received.content)
        session.execute(insert(signed_by), [_signer(number, one) for one in judged.found])
    record(session, received.now, f"officer:{received.officer_id}", "cli:document:accept",
           f"document:{made.id}", f"{row['verdict']} {sha256}")  # fmt: skip
    return number


def _signer(number: int, one: Found) -> dict[str, object]:
    return {
        "signed_id": number,
        "verdict": ACCEPTED,
        "field": one.field,
        "signer": one.signer,
        "serial": one.serial,
        "issuer": one.issuer,
        "certificate": one.certificate,
        "signed_at": one.signed_at,
        "is_stamped": int(one.stamped),
    }
