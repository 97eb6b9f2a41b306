"""What stands on paper about people: poverty of a household, disability, decisions, payees."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.audit.trail import record
from app.beneficiaries.about_tables import decision, disability, household_poverty, payee
from app.beneficiaries.changes import Actor, household_of, note, person_in
from app.beneficiaries.masks import masked_ground
from app.clock import local_date
from app.errors import Conflict, InputError
from app.months import month_of, require_month, shift
from app.privacy import Keyring
from app.reference.citizen_id import is_well_formed
from ledger.files import write_once

FOLDER = "documents"


@dataclass(frozen=True, slots=True)
class Decision:
    """A commune's decision; `kind` is grant, adjust, stop or other."""

    area_code: str
    number: str
    decided_on: date
    kind: str
    signer: str
    signer_title: str


@dataclass(frozen=True, slots=True)
class Payee:
    """Who takes the money for somebody; `kind` is guardian or authorised, or self again."""

    kind: str
    name: str = ""
    citizen_id: str = ""
    relation: str = ""
    document: str = ""
    signed_on: date | None = None
    valid_until: date | None = None


def set_poverty(
    session: Session, actor: Actor, area: str, number: str, from_period: str, level: str,
    decision_number: str, decided_on: date | None,
) -> None:  # fmt: skip
    """From a month on a household is poor, near-poor or neither, by decision.

    Raises Conflict when that is known already, InputError, NotFound outside the area.
    """
    require_month(from_period)
    actor.scope.require(area)
    home = household_of(session, area, number)
    values = {"household_id": home, "from_period": from_period, "level": level}
    try:
        session.execute(insert(household_poverty).values(
            decision_number=decision_number, decided_on=decided_on, recorded_at=actor.now, **values
        ))  # fmt: skip
        session.flush()
    except IntegrityError as error:
        raise Conflict("Mức nghèo này đã ghi từ trước.", "Không cần ghi lại.") from error
    _trail(session, actor, "household:poverty", f"household:{home}", f"{from_period} {level}")


def set_disability(
    session: Session, actor: Actor, person_id: int, kind: str, degree: str, certificate: str,
    certified_on: date | None,
) -> None:  # fmt: skip
    """A certificate of disability: kind in words, degree extreme, severe or light.

    Raises Conflict for one that is known, NotFound, Refused.
    """
    person_in(session, actor.scope, person_id)
    if not (kind.strip() and certificate.strip()):
        raise InputError("Thiếu dạng khuyết tật hoặc số giấy xác nhận.", "Ghi đủ cả hai.")
    values = {"person_id": person_id, "kind": kind, "degree": degree, "certificate": certificate}
    try:
        session.execute(insert(disability).values(
            certified_on=certified_on, recorded_at=actor.now, **values
        ))  # fmt: skip
        session.flush()
    except IntegrityError as error:
        raise Conflict("Giấy xác nhận này đã ghi từ trước.", "Không cần ghi lại.") from error
    _trail(session, actor, "person:disability", f"person:{person_id}", "")


def set_decision(
    session: Session, keyring: Keyring, home: Path, actor: Actor, about: Decision,
    document: Path | None,
) -> str:  # fmt: skip
    """Keep a decision's signer and its scanned document; gives the document's digest, '' for none.

    The document lies encrypted in the home folder under its digest. What was told of the decision
    before is replaced, a document only by another; its number and day are its name. Raises
    NotFound outside the area.
    """
    actor.scope.require(about.area_code)
    digest = "" if document is None else _keep(keyring, home, document.read_bytes())
    key = (
        decision.c.area_code == about.area_code,
        decision.c.number == about.number,
        decision.c.decided_on == about.decided_on,
    )
    told = {
        "kind": about.kind, "signer": about.signer, "signer_title": about.signer_title,
        "recorded_at": actor.now, "recorded_by": actor.scope.username,
    }  # fmt: skip
    if document is not None:
        told |= {"document_name": document.name, "document_sha256": digest}
    known = session.scalar(select(decision.c.id).where(*key))
    if known is None:
        session.execute(insert(decision).values(
            area_code=about.area_code, number=about.number, decided_on=about.decided_on, **told
        ))  # fmt: skip
    else:
        session.execute(update(decision).where(decision.c.id == known).values(told))
    _trail(session, actor, "decision:set", f"decision:{about.number}", digest)
    return digest


def _keep(keyring: Keyring, home: Path, content: bytes) -> str:
    """Write a document once, encrypted, under the digest of its content."""
    digest = hashlib.sha256(content).hexdigest()
    path = home / FOLDER / digest
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        text = base64.b64encode(content).decode()
        write_once(path, keyring.encrypt("decision.document", digest, text))
    return digest


def document(keyring: Keyring, home: Path, digest: str) -> bytes:
    """A kept document as it came. Raises FileNotFoundError, InvalidTag where it was changed."""
    kept = (home / FOLDER / digest).read_bytes()
    return base64.b64decode(keyring.decrypt("decision.document", digest, kept))


def set_payee(
    session: Session, keyring: Keyring, actor: Actor, person_id: int, who: Payee, months: int
) -> date | None:
    """Who takes the money from now on; gives the last day on which he may, None without end.

    An authorisation ends at most `months` after it was signed, and so it does when no end is
    given. Raises InputError for what is missing, NotFound, Refused.
    """
    person = person_in(session, actor.scope, person_id)
    until = _until(who, months) if who.kind == "authorised" else who.valid_until
    if who.kind != "self":
        _require_whole(who, local_date(actor.now))
    latest = select(func.max(payee.c.version)).where(payee.c.person_id == person_id)
    version = (session.scalar(latest) or 0) + 1
    key = keyring.index("person.citizen_id", who.citizen_id) if who.citizen_id else ""
    if key == person.citizen_key:
        raise InputError("Người nhận thay là chính người hưởng.", "Chọn --kind self.")
    cipher = (
        keyring.encrypt("payee.citizen_id", person.bound_key, who.citizen_id)
        if who.citizen_id
        else None
    )
    session.execute(
        insert(payee).values(
            person_id=person_id, version=version, kind=who.kind, name=who.name, citizen_key=key,
            citizen_cipher=cipher, citizen_tail=who.citizen_id[-3:], relation=who.relation,
            document=masked_ground(who.document), signed_on=who.signed_on, valid_until=until,
            source=actor.source, recorded_at=actor.now,
        )
    )  # fmt: skip
    note(session, actor, person_id, "payee", f"{version - 1}", f"{version} {who.kind}")
    return until


def _require_whole(who: Payee, today: date) -> None:
    if not (who.name.strip() and who.document.strip()):
        raise InputError("Thiếu họ tên hoặc giấy tờ của người nhận thay.", "Ghi đủ cả hai.")
    if not is_well_formed(who.citizen_id):
        raise InputError("Số định danh của người nhận thay phải có 12 chữ số.", "Kiểm tra lại.")
    if who.signed_on is not None and who.signed_on > today:
        raise InputError("Giấy ghi ngày ký ở sau hôm nay.", "Kiểm tra lại --signed-on.")


def _until(who: Payee, months: int) -> date:
    """The last day of an authorisation. Raises InputError beyond the longest time."""
    if who.signed_on is None:
        raise InputError("Giấy uỷ quyền cần ngày ký.", "Thêm --signed-on.")
    end = shift(month_of(who.signed_on), months)
    last = date(int(end[:4]), int(end[5:]), min(who.signed_on.day, 28))
    if who.valid_until is not None and who.valid_until > last:
        raise InputError(
            f"Uỷ quyền có giá trị nhiều nhất {months} tháng.", f"Hạn muộn nhất {last:%d/%m/%Y}."
        )
    return who.valid_until or last


def _trail(session: Session, actor: Actor, action: str, thing: str, detail: str) -> None:
    record(session, actor.now, actor.scope.username, f"register:{action}", thing, detail)
