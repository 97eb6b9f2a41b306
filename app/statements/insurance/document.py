"""The list for the insurance agency as PDF or workbook; its making goes to the audit trail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.trail import record
from app.clock import local_date
from app.months import require_month
from app.printing.documents.insurance_list import (
    JOINED,
    LEFT,
    InsuranceHead,
    InsuranceLine,
    Part,
    render_insurance_list,
    write_insurance_workbook,
)
from app.printing.values import Letterhead
from app.privacy import Keyring
from app.statements.insurance.cards import all_cards
from app.statements.insurance.changes import Change, insured, joined, left
from app.statements.letterheads import commune_body, letterhead, place_of
from app.units.tables import paying_unit
from ledger.money import format_number

PDF, XLSX = "pdf", "xlsx"
_SEXES = {"M": "Nam", "F": "Nữ"}
_UNCONFIRMED = (
    "Mã đối tượng và hạn thẻ của các loại sau cần đối chiếu với cơ quan bảo hiểm xã hội trước khi"
    " gửi: {names}."
)


def write_insurance_list(
    session: Session,
    keyring: Keyring,
    out: BinaryIO,
    area: str,
    period: str,
    now: datetime,
    form: str,
    *,
    synthetic: bool,
) -> int:
    """Write a commune's list of a month as 'pdf' or 'xlsx'; gives how many people.

    What is written may leave the house only after `record_insurance_list`. Raises InputError.
    """
    require_month(period)
    head = _head(session, area, period, now, synthetic)
    parts: Sequence[Part] = (
        (JOINED, _lines(keyring, joined(session, area, period))),
        (LEFT, _lines(keyring, left(session, area, period))),
    )
    if form == XLSX:
        return write_insurance_workbook(head, parts, out, now)
    return render_insurance_list(head, parts, out)


def record_insurance_list(
    session: Session, actor: str, area: str, people: int, reason: str, now: datetime
) -> None:
    """Write to the audit trail that a list with full IDs was made, by whom and why."""
    told = f"{people} người: {reason}"
    record(session, now, actor, "papers:insurance:make", f"area:{area}", told)


def commune_head(session: Session, area: str, now: datetime) -> Letterhead:
    """The head of a commune's paper, whether or not the commune pays by itself."""
    query = select(paying_unit.c.name).where(paying_unit.c.area_code == area)
    name = session.scalar(query.where(paying_unit.c.kind == "commune"))
    return letterhead(name or commune_body(area), area, local_date(now))


def _head(
    session: Session, area: str, period: str, now: datetime, synthetic: bool
) -> InsuranceHead:
    names = [one.name for one in all_cards() if not one.confirmed]
    notes = [_UNCONFIRMED.format(names="; ".join(names))] if names else []
    if others := insured(session, area, period):
        notes.append(
            f"Không kê {format_number(others)} người đang có thẻ do cơ quan bảo hiểm xã hội cấp"
            " (hưởng lương hưu hoặc trợ cấp bảo hiểm xã hội hằng tháng)."
        )
    return InsuranceHead(commune_head(session, area, now), period, tuple(notes), synthetic)


def _lines(keyring: Keyring, changes: Iterator[Change]) -> Iterator[InsuranceLine]:
    for one in changes:
        row = one.row
        yield InsuranceLine(
            name=row.name,
            born="/".join(reversed(row.birth.split("-"))),
            sex=_SEXES.get(row.sex, ""),
            citizen=keyring.decrypt("person.citizen_id", row.bound_key, row.citizen_cipher),
            place=place_of(row.hamlet, row.area_code),
            code=one.card.code,
            who=one.card.name,
            reason=one.reason,
            first=one.first,
            last=one.last,
        )
