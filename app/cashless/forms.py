"""Registration forms with everything held filled in; full numbers stand in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, BinaryIO

from sqlalchemy import ColumnElement, Row, and_
from sqlalchemy.orm import Session

from app.audit.trail import record
from app.beneficiaries.kinds import KINDS
from app.beneficiaries.tables import person
from app.cashless.people import born, by_hamlet, communes, is_paid, takes_cash
from app.cashless.visits import letterheads
from app.clock import local_date
from app.errors import Refused
from app.printing.documents.registration_form import Field, Form, render_forms
from app.printing.values import Letterhead, day
from app.privacy import Keyring
from app.reference.money_providers import keeper_name
from app.statements.letterheads import place_of

FORMS_MAX = 10_000
_SEXES = {"M": "Nam", "F": "Nữ"}
_RELATIONS = {"guardian": "Giấy tờ giám hộ", "authorised": "Giấy ủy quyền"}


def write_forms(
    session: Session,
    keyring: Keyring,
    out: BinaryIO,
    area: str,
    now: datetime,
    *,
    synthetic: bool,
    person_id: int | None = None,
) -> tuple[int, int]:
    """Write a form for everybody on cash, or for one person; gives (forms, fields saved).

    What is written may leave the house only after `record_forms`. Raises DocumentError for
    nobody, Refused for more than `FORMS_MAX`.
    """
    today = local_date(now)
    which: ColumnElement[bool] = and_(is_paid(today), takes_cash())
    if person_id is not None:
        which = and_(is_paid(today), person.c.id == person_id)
    forms = _forms(session, keyring, area, which, today)
    return render_forms(forms, out, synthetic=synthetic)


def record_forms(
    session: Session,
    forms: int,
    area: str,
    person_id: int | None,
    now: datetime,
    *,
    actor: str,
    reason: str,
) -> None:
    """Write to the audit trail that forms with full numbers were made, and why."""
    thing = f"person:{person_id}" if person_id is not None else f"area:{area or 'all'}"
    record(session, now, actor, "accounts:forms:print", thing, f"{forms} phiếu: {reason}")


def require_reason(reason: str) -> None:
    """Raise Refused when nobody says why full numbers are to be printed."""
    if not reason.strip():
        raise Refused("Phiếu có số căn cước đầy đủ: phải ghi lý do.", "Thêm --reason.")


def _forms(
    session: Session, keyring: Keyring, area: str, which: ColumnElement[bool], today: date
) -> Iterator[Form]:
    heads = letterheads(session, area, today)
    made = 0
    for code in communes(session, area):
        for row in by_hamlet(session, code, which, today):
            made += 1
            if made > FORMS_MAX:
                raise Refused(f"Một tệp có tối đa {FORMS_MAX} phiếu.", "Chọn từng xã bằng --area.")
            yield form_of(keyring, row, heads[code])


def form_of(keyring: Keyring, row: Row[Any], head: Letterhead) -> Form:
    """The form of a row of `people.by_hamlet`."""
    kind = row.payee_kind if row.payee_kind and not row.payee_expired else "self"
    return Form(
        letterhead=head,
        kind=kind,
        code=f"AS-{row.id:06}",
        person=_person(keyring, row),
        payee=_payee(keyring, row) if kind != "self" else (),
        now=_now(row),
        signer=row.name if kind == "self" else row.payee_name,
    )


def _person(keyring: Keyring, row: Row[Any]) -> tuple[Field, ...]:
    citizen = keyring.decrypt("person.citizen_id", row.bound_key, row.citizen_cipher)
    phone = ""
    if row.phone_cipher is not None:
        phone = keyring.decrypt("person.phone", row.bound_key, row.phone_cipher)
    return (
        ("Họ và tên", row.name),
        ("Ngày, năm sinh", born(row.birth)),
        ("Giới tính", _SEXES.get(row.sex, "")),
        ("Dân tộc", row.ethnicity),
        ("Số căn cước", citizen),
        ("Điện thoại", phone),
        ("Nơi ở", place_of(row.hamlet, row.area_code)),
    )


def _payee(keyring: Keyring, row: Row[Any]) -> tuple[Field, ...]:
    citizen = ""
    if row.payee_citizen_cipher is not None:
        citizen = keyring.decrypt("payee.citizen_id", row.bound_key, row.payee_citizen_cipher)
    until = day(row.payee_valid_until) if row.payee_valid_until else ""
    fields = (
        ("Họ và tên", row.payee_name),
        ("Số căn cước", citizen),
        ("Quan hệ", row.payee_relation),
        (_RELATIONS[row.payee_kind], row.payee_document),
    )
    return (*fields, ("Có giá trị đến", until)) if row.payee_kind == "authorised" else fields


def _now(row: Row[Any]) -> str:
    if row.kind in (None, "post"):
        return "nhận tiền mặt tại bưu điện"
    return f"{KINDS[row.kind]}, {keeper_name(row.bank_bin)}, số …{row.account_tail}"
