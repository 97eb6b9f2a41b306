"""Making a document's files: printed with its number, or prepared for those who sign it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.orm import Session

from app.printing.values import Numbered, Signature
from app.signing.codes import Dice, shown
from app.signing.kinds import KINDS
from app.signing.register import Issued, add_file, issue_list, prepared_files
from app.signing.tables import PREPARED, PRINTED
from app.statements.payroll_document import write_numbered_list
from ledger.files import write_once

FOLDER = "papers"


@dataclass(frozen=True, slots=True)
class Order:
    """Who asks for the list of which payroll, and what it shows: `public_url` is where anyone can
    verify it ('' where there is no such page), `synthetic` marks made-up people."""

    payroll_id: int
    officer_id: int
    public_url: str
    synthetic: bool
    now: datetime


def verify_address(public_url: str, code: str) -> str:
    """Where a code is verified, '' without a public page."""
    return f"{public_url.rstrip('/')}/verify/{code}" if public_url else ""


def write_numbered(session: Session, order: Order, dice: Dice, out: BinaryIO) -> Issued:
    """Issue a payroll's list and write it to `out` with its number, code and QR code.

    Raises what issuing raises.
    """
    made = issue_list(session, order.payroll_id, order.officer_id, dice, order.now)
    pages = BytesIO()
    write_numbered_list(session, order.payroll_id, pages, order.synthetic, _numbered(made, order))
    content = pages.getvalue()
    out.write(content)
    add_file(session, made, PRINTED, fingerprint(content), order.officer_id, order.now)
    return made


def prepare(session: Session, order: Order, dice: Dice, home: Path) -> tuple[Issued, Path]:
    """Issue a payroll's list and prepare it for signing: a field for each who is to sign, in the
    room of his block. The file is kept in `home`; gives the document and the file."""
    # Half a second to load, and only those who sign need it.
    from app.signing.fields import add_fields

    made = issue_list(session, order.payroll_id, order.officer_id, dice, order.now)
    signers = KINDS[made.kind].signers
    blocks = tuple(Signature(role, "Ký số") for role in signers.values())
    pages = BytesIO()
    places = write_numbered_list(
        session, order.payroll_id, pages, order.synthetic, _numbered(made, order), blocks
    )
    if (before := _prepared_before(session, made, home, pages.getvalue())) is not None:
        return made, before
    named = zip(signers.items(), places, strict=True)
    content = add_fields(pages.getvalue(), {name: (role, at) for (name, role), at in named})
    path = keep(home, content)
    add_file(session, made, PREPARED, fingerprint(content), order.officer_id, order.now)
    return made, path


def _prepared_before(session: Session, made: Issued, home: Path, pages: bytes) -> Path | None:
    """The file that these pages were prepared as already: a second one would only be confused
    with it."""
    for sha256 in prepared_files(session, made.id):
        path = kept_at(home, sha256)
        if path.is_file() and path.read_bytes().startswith(pages):
            return path
    return None


def fingerprint(content: bytes) -> tuple[str, int]:
    """SHA-256 in hex, and how many bytes."""
    return hashlib.sha256(content).hexdigest(), len(content)


def keep(home: Path, content: bytes) -> Path:
    """Put a file under its SHA-256 into the folder of papers, for its owner only, on the disk."""
    sha256, _ = fingerprint(content)
    path = kept_at(home, sha256)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_once(path, content)
    return path


def kept_at(home: Path, sha256: str) -> Path:
    """Where the file with this SHA-256 lies."""
    return home / FOLDER / sha256[:2] / f"{sha256}.pdf"


def _numbered(made: Issued, order: Order) -> Numbered:
    address = verify_address(order.public_url, made.code)
    return Numbered(made.title, made.dated_on, shown(made.code), address)
