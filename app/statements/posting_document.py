"""The list for public posting: who stands on it, and who must not.

A person is left out for every one of the grounds below, on every list of the programme alike:
were only one group left out, the gap itself would name it. What is printed depends on nothing but
the rows that are printed. The law behind it stands in docs/documents.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import Any, BinaryIO

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import enrolment, person
from app.benefits.groups import MASKED, public_name
from app.errors import InputError
from app.payroll.digest import short_code
from app.payroll.tables import payroll_line
from app.printing.documents.paper_head import PaperHead
from app.printing.documents.posting import (
    TITLE,
    PostingRow,
    posting_digest,
    render_posting,
)
from app.printing.documents.posting_sheet import write_posting_sheet
from app.printing.values import DocumentError, Seal, Signature
from app.statements.by_hamlet import from_lines, lines_by_hamlet, place_name
from app.statements.papers import Source, approved_source

CHILD_YEARS = 16
# Benefits whose ground is somebody's health or disability, beside those that are always masked.
HEALTH_GROUPS = frozenset({"C6a", "C6b", "C6c", "C6d", "K6", "K7"})
LEFT_OUT = MASKED | HEALTH_GROUPS
_SIGNERS = (
    Signature("Người lập", "Ký, họ tên"),
    Signature("Trưởng thôn", "Xác nhận thời gian niêm yết"),
    Signature("Thủ trưởng đơn vị", "Ký, họ tên, đóng dấu"),
)
_TOLD = "Mã của chính danh sách này. In lại từ cùng bảng chi trả thì được cùng một mã."


def write_posting_pdf(session: Session, payroll_id: int, out: BinaryIO, synthetic: bool) -> int:
    """Write the list of an approved payroll as PDF; gives how many people stand on it.

    Raises NotFound, Refused for a payroll that is not approved, InputError for nobody to put up.
    """
    source = approved_source(session, payroll_id)
    with_head = _head(session, source, synthetic)
    return _somebody(lambda: render_posting(with_head, _rows(session, source), out))


def write_posting_xlsx(session: Session, payroll_id: int, out: BinaryIO, synthetic: bool) -> int:
    """The same as XLSX."""
    source = approved_source(session, payroll_id)
    with_head = _head(session, source, synthetic)
    at = source.issued_at
    return _somebody(lambda: write_posting_sheet(with_head, _rows(session, source), out, at))


def _somebody(write: Any) -> int:
    try:
        return int(write())
    except DocumentError as fault:
        raise InputError(
            "Bảng này không có danh sách để niêm yết.", "Không niêm yết gì cho bảng này."
        ) from fault


def _head(session: Session, source: Source, synthetic: bool) -> PaperHead:
    """The head with the code of the posted rows: that of the payroll would tell two payrolls
    apart that differ only in who is left out."""
    head = source.head(TITLE, synthetic, _SIGNERS)
    row = source.row
    told = f"{row.unit_code}|{row.programme}|{row.period}|{row.kind}|{row.number}|{row.campaign}"
    digest = posting_digest(told, _rows(session, source))
    code = short_code(digest).replace("-", "")
    return replace(head, seal=Seal(f"ANSINH:POSTING:{digest.upper()}", code, _TOLD))


def _rows(session: Session, source: Source) -> Iterator[PostingRow]:
    """One row a person with all that is paid; what is of earlier months is not told apart."""
    columns = (person.c.id, person.c.name, person.c.birth, person.c.hamlet, person.c.area_code)
    query = from_lines(select(*columns, payroll_line.c.amount, enrolment.c.group_code))
    which = and_(payroll_line.c.payroll_id == source.row.id, not_(left_out(source.row)))
    for _, group in groupby(lines_by_hamlet(session, query, which), key=lambda row: row.id):
        lines = list(group)
        names = dict.fromkeys(public_name(one.group_code) for one in lines)
        yield PostingRow(
            place=place_name(lines[0].hamlet, lines[0].area_code),
            name=lines[0].name,
            born=lines[0].birth[:4],
            programme="; ".join(names),
            amount=sum(one.amount for one in lines),
        )


def left_out(row: Any) -> ColumnElement[bool]:
    """The condition on a `person` row that nobody may read of them on a list of this payroll (a
    row of its table): as a child, or for a ground told by any enrolment in its programme."""
    of_person = enrolment.alias("of_person")
    ground = exists().where(
        of_person.c.person_id == person.c.id,
        of_person.c.programme == row.programme,
        of_person.c.group_code.in_(sorted(LEFT_OUT)),
    )
    return or_(_is_child(row.period), ground)


def _is_child(period: str) -> ColumnElement[bool]:
    """Under 16 on some day of the month, or perhaps so where only the year is known."""
    limit = f"{int(period[:4]) - CHILD_YEARS}{period[4:]}-01"
    return or_(person.c.birth > limit, person.c.birth == limit[:4])
