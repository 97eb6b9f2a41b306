"""The list of one payroll, on paper or as a spreadsheet: lines, bridge, totals, signatures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.beneficiaries.masks import masked_account
from app.beneficiaries.tables import destination, enrolment, person
from app.benefits.groups import public_name
from app.benefits.tables import obligation
from app.months import previous
from app.payroll.tables import bridge, payroll_line
from app.printing.documents.paper_head import with_number
from app.printing.documents.payroll_list import (
    Bridge,
    BridgeLine,
    PayrollHeader,
    PayrollRow,
    render_payroll_list,
)
from app.printing.documents.payroll_sheet import write_payroll_sheet
from app.printing.values import Numbered, Place, Signature, short_month
from app.reference.money_providers import keeper
from app.statements.papers import FETCH_ROWS, Source, source_of
from ledger.money import format_number

_TITLE = "Danh sách chi trả trợ cấp"
_NEWCOMERS = "Tăng: người mới hưởng hoặc mới chuyển đến"
# Cause: the label, and whether its people come (+1), leave (-1) or stay (0).
_CHANGES = {
    "joined": (_NEWCOMERS, 1),
    "switched_in": ("Tăng: từ bảng khác của đơn vị sang", 1),
    "switched_out": ("Giảm: sang bảng khác của đơn vị", -1),
    "left_death": ("Giảm: đã chết", -1),
    "left_move": ("Giảm: chuyển đi nơi khác", -1),
    "left_decided": ("Giảm: thôi hoặc tạm dừng theo quyết định", -1),
    "left_missing": ("Giảm: vắng không rõ lý do", -1),
    "left_waiting": ("Giảm: còn hưởng nhưng chưa đủ thông tin để chi hoặc đang tạm giữ", -1),
    "left_arrears": ("Giảm: tháng trước chỉ có truy lĩnh", -1),
    "ahead": ("Giảm: đã trả trước cùng kỳ trước", -1),
    "ended": ("Thôi hưởng, còn truy lĩnh", 0),
    "after_ahead": ("Tăng: hưởng lại sau kỳ đã trả trước", 1),
    "rate": ("Thay đổi mức hưởng", 0),
    "arrears": ("Truy lĩnh", 0),
    "difference": ("Truy lĩnh trả riêng, không chờ kỳ sau", 1),
    "carried_before": ("Khoản chuyển sang của tháng trước", -1),
    "carried": ("Chưa lĩnh từ tháng trước, chuyển sang", 1),
}


def write_payroll_list(session: Session, payroll_id: int, out: BinaryIO, synthetic: bool) -> int:
    """Write a payroll's list to `out` as PDF; lines are streamed. Gives how many. Raises NotFound.

    A draft is printed as one, without a code and with room for signatures.
    """
    source = source_of(session, payroll_id)
    render_payroll_list(_header(session, source, synthetic), _rows(session, source.row), out)
    return int(source.row.lines)


def write_numbered_list(
    session: Session,
    payroll_id: int,
    out: BinaryIO,
    synthetic: bool,
    numbered: Numbered,
    blocks: tuple[Signature, ...] | None = None,
) -> tuple[Place, ...]:
    """The same list as a document with a number of its own; with `blocks` those who sign stand in
    place of what was confirmed. Gives where each block leaves room for its signature."""
    source = source_of(session, payroll_id)
    header = _header(session, source, synthetic, blocks)
    header = replace(header, head=with_number(header.head, numbered))
    return render_payroll_list(header, _rows(session, source.row), out)


def write_payroll_workbook(
    session: Session, payroll_id: int, out: BinaryIO, synthetic: bool
) -> int:
    """The same list as XLSX."""
    source = source_of(session, payroll_id)
    header = _header(session, source, synthetic)
    write_payroll_sheet(header, _rows(session, source.row), out, source.issued_at)
    return int(source.row.lines)


def _header(
    session: Session,
    source: Source,
    synthetic: bool,
    blocks: tuple[Signature, ...] | None = None,
) -> PayrollHeader:
    row = source.row
    head = source.head(_TITLE, synthetic, blocks)
    return PayrollHeader(head, row.lines, row.total, bridge_of(session, row))


def _rows(session: Session, of: Row[Any]) -> Iterator[PayrollRow]:
    rows = session.execute(
        select(
            payroll_line.c.cause,
            payroll_line.c.method,
            payroll_line.c.amount,
            obligation.c.period,
            obligation.c.regular,
            obligation.c.arrears,
            enrolment.c.group_code,
            person.c.name,
            person.c.birth,
            person.c.hamlet,
            destination.c.bank_bin,
            destination.c.account_tail,
        )
        .join(obligation, obligation.c.id == payroll_line.c.obligation_id)
        .join(enrolment, enrolment.c.id == obligation.c.enrolment_id)
        .join(person, person.c.id == payroll_line.c.person_id)
        .join(destination, destination.c.id == payroll_line.c.destination_id)
        .where(payroll_line.c.payroll_id == of.id)
        .order_by(payroll_line.c.line)
        .execution_options(yield_per=FETCH_ROWS)
    )
    for row in rows:
        yield _row(row)


def _row(row: Any) -> PayrollRow:
    """One line. What was carried over is neither this month's level nor its arrears."""
    carried = row.cause == "carried"
    is_cash = row.method == "cash"
    holder = None if is_cash else keeper(row.bank_bin)
    return PayrollRow(
        name=row.name,
        born=row.birth[:4],
        place=row.hamlet,
        group=public_name(row.group_code),
        monthly=0 if carried else row.regular,
        arrears=0 if carried else row.arrears,
        other=row.amount if carried else 0,
        account="" if is_cash else masked_account(row.account_tail),
        bank=holder.short_name if holder else "",
        note=_note(row),
    )


def _note(row: Any) -> str:
    month = short_month(row.period)
    return {"carried": f"Chuyển từ {month}", "follow_up": f"Chi lại {month}", "joined": "Mới"}.get(
        row.cause, ""
    )


def bridge_of(session: Session, row: Row[Any]) -> Bridge | None:
    """The steps from last month's list to a payroll; None for one that continues none."""
    found = {
        one.cause: one
        for one in session.execute(select(bridge).where(bridge.c.payroll_id == row.id))
    }
    if not found:
        return None
    start = found.get("previous")
    before = short_month(previous(row.period))
    label = f"Khoản của {before} trong danh sách {before}"
    opening = BridgeLine(label, start.people if start else 0, int(start.amount) if start else 0)
    decrees = _decrees(session, row.id) if "arrears" in found else ""
    changes = [
        _change(cause, int(found[cause].people), int(found[cause].amount), decrees)
        for cause in _CHANGES
        if cause in found and (found[cause].people or found[cause].amount)
    ]
    return _complete(Bridge(opening, tuple(changes)), row)


def _change(cause: str, people: int, amount: int, decrees: str) -> BridgeLine:
    label, sign = _CHANGES[cause]
    if cause == "arrears":
        label = f"Truy lĩnh theo {decrees}" if decrees else "Không còn truy lĩnh như tháng trước"
    if sign == 0:
        label += f" ({format_number(people)} người)"
    return BridgeLine(label, sign * people, amount)


def _complete(told: Bridge, row: Row[Any]) -> Bridge:
    """A list that the causes do not explain says so itself."""
    persons, amount = told.result()
    if (persons, amount) == (row.lines, row.total):
        return told
    rest = BridgeLine("Chênh lệch chưa giải thích", row.lines - persons, row.total - amount)
    return Bridge(told.previous, (*told.changes, rest))


def _decrees(session: Session, payroll_id: int) -> str:
    found = session.scalars(
        select(obligation.c.arrears_basis)
        .join(payroll_line, payroll_line.c.obligation_id == obligation.c.id)
        .where(payroll_line.c.payroll_id == payroll_id, payroll_line.c.cause != "carried")
        .where(obligation.c.arrears > 0)
        .distinct()
    )
    return ", ".join(sorted(one for one in found if one))
