"""The sheet on which the people of a payroll sign for cash, hamlet by hamlet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from itertools import groupby
from typing import Any, BinaryIO

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.beneficiaries.about_tables import payee
from app.beneficiaries.tables import person
from app.clock import local_date
from app.errors import InputError
from app.payroll.tables import payroll_line
from app.printing.documents.sign_for import TITLE, SignHeader, SignRow, render_sign_for
from app.printing.documents.sign_for_sheet import write_sign_for_sheet
from app.printing.values import day
from app.statements.by_hamlet import from_lines, lines_by_hamlet, place_name
from app.statements.papers import Source, approved_source
from app.units.tables import contract, provider
from ledger.schema import whole_sum


def write_sign_for_pdf(
    session: Session, payroll_id: int, now: datetime, out: BinaryIO, synthetic: bool
) -> int:
    """Write the sheet of an approved payroll's cash lines; gives how many people sign.

    A payee's paper is looked at as of today. Raises NotFound, Refused for a payroll that is not
    approved, InputError when nobody takes cash.
    """
    source = approved_source(session, payroll_id)
    header = _header(session, source, synthetic)
    return render_sign_for(header, _rows(session, payroll_id, local_date(now)), out)


def write_sign_for_xlsx(
    session: Session, payroll_id: int, now: datetime, out: BinaryIO, synthetic: bool
) -> int:
    """The same as XLSX."""
    source = approved_source(session, payroll_id)
    header = _header(session, source, synthetic)
    rows = _rows(session, payroll_id, local_date(now))
    return write_sign_for_sheet(header, rows, out, source.issued_at)


def _cash(payroll_id: int) -> Any:
    return and_(payroll_line.c.payroll_id == payroll_id, payroll_line.c.method == "cash")


def _header(session: Session, source: Source, synthetic: bool) -> SignHeader:
    line = payroll_line.c
    persons, total = session.execute(
        select(func.count(line.person_id.distinct()), func.coalesce(whole_sum(line.amount), 0))
        .where(_cash(source.row.id))
    ).one()  # fmt: skip
    if not persons:
        raise InputError(
            f"Bảng chi trả số {source.row.id} không có ai nhận tiền mặt.",
            "Không cần danh sách ký nhận.",
        )
    keepers = session.scalars(
        select(provider.c.name)
        .join(contract, contract.c.provider == provider.c.code)
        .where(contract.c.id.in_(select(line.contract_id).where(_cash(source.row.id))))
        .distinct()
        .order_by(provider.c.name)
    )
    return SignHeader(source.head(TITLE, synthetic), persons, int(total), ", ".join(keepers))


def _rows(session: Session, payroll_id: int, today: date) -> Iterator[SignRow]:
    """One row a person, who signs once for this month and for what was carried on."""
    found = lines_by_hamlet(session, _query(), _cash(payroll_id))
    for _, group in groupby(found, key=lambda row: row.id):
        lines = list(group)
        carried = sum(one.amount for one in lines if one.cause == "carried")
        first = lines[0]
        yield SignRow(
            place=place_name(first.hamlet, first.area_code),
            name=first.name,
            born=first.birth[:4],
            payee=_payee(first, today),
            regular=sum(one.amount for one in lines) - carried,
            other=carried,
        )


def _query() -> Any:
    later = payee.alias("later")
    newest = select(func.max(later.c.version)).where(later.c.person_id == person.c.id)
    in_force = and_(
        payee.c.person_id == person.c.id,
        payee.c.version == newest.scalar_subquery(),
        payee.c.kind != "self",
    )
    told = ("name", "relation", "document", "valid_until")
    of_person = (person.c.id, person.c.name, person.c.birth, person.c.hamlet, person.c.area_code)
    of_payee = (payee.c[one].label(f"payee_{one}") for one in told)
    query = select(*of_person, payroll_line.c.amount, payroll_line.c.cause, *of_payee)
    return from_lines(query).outerjoin(payee, in_force)


def _payee(row: Any, today: date) -> str:
    """Who takes the money for the person, by which paper, and whether that has run out."""
    if not row.payee_name:
        return ""
    who = f"{row.payee_name} ({row.payee_relation})" if row.payee_relation else row.payee_name
    until = row.payee_valid_until
    if until is None:
        return f"{who}\n{row.payee_document}"
    ran_out = until < today
    said = f"giấy tờ hết hạn {day(until)}" if ran_out else f"{row.payee_document} đến {day(until)}"
    return f"{who}\n({said})" if ran_out else f"{who}\n{said}"
