"""The visit sheet of communes: people on cash by hamlet, as PDF or as a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import BinaryIO

from sqlalchemy import and_
from sqlalchemy.orm import Session

from app.beneficiaries.still_cash import QUESTIONS, REASONS
from app.cashless.people import (
    born,
    by_hamlet,
    commune_name,
    communes,
    is_paid,
    takes_cash,
)
from app.clock import local_date
from app.printing.documents.visit_sheet import (
    TICKS,
    TITLE,
    VisitHeader,
    VisitRow,
    render_visit_sheet,
)
from app.printing.spreadsheet import SheetColumn, SheetWriter, open_workbook
from app.printing.values import SYNTHETIC_NOTICE, Letterhead
from app.statements.letterheads import letterhead
from app.text import mask_id

_COLUMNS = (
    SheetColumn("Xã, phường", 22),
    SheetColumn("Thôn, tổ", 16),
    SheetColumn("STT", 6),
    SheetColumn("Họ và tên", 28),
    SheetColumn("Năm sinh", 12),
    SheetColumn("Căn cước", 15),
    SheetColumn("Người nhận thay", 26),
    SheetColumn("Lý do đang ghi", 34),
    SheetColumn("Hỏi và ghi lại", 50),
    *(SheetColumn(tick, 12) for tick in TICKS),
)


def visits(session: Session, area: str, today: date) -> Iterator[VisitRow]:
    """Everybody who still takes cash, streamed in the order of the sheet."""
    which = and_(is_paid(today), takes_cash())
    for code in communes(session, area):
        for row in by_hamlet(session, code, which, today):
            yield VisitRow(
                commune=code,
                hamlet=row.hamlet,
                name=row.name,
                born=born(row.birth),
                citizen=mask_id(f"{'0' * 9}{row.citizen_tail}"),
                reason=REASONS.get(row.still_cash, "Chưa hỏi"),
                question=QUESTIONS.get(row.still_cash, QUESTIONS[""]),
                payee=_payee(row.payee_name, row.payee_expired),
            )


def _payee(name: str | None, expired: bool | None) -> str:
    if not name:
        return ""
    return f"{name}\n(giấy tờ hết hạn)" if expired else name


def letterheads(session: Session, area: str, today: date) -> dict[str, Letterhead]:
    """The head of every commune with people."""
    heads = {}
    for code in communes(session, area):
        heads[code] = letterhead(f"UBND {commune_name(code)}", code, today)
    return heads


def write_pdf(session: Session, out: BinaryIO, area: str, now: datetime, synthetic: bool) -> int:
    """Write the sheets; gives how many people stand in them. DocumentError when nobody does."""
    today = local_date(now)
    header = VisitHeader(letterheads(session, area, today), synthetic)
    return render_visit_sheet(header, visits(session, area, today), out)


def write_xlsx(session: Session, out: BinaryIO, area: str, now: datetime, synthetic: bool) -> int:
    """Write the same as a spreadsheet; gives how many people stand in it."""
    book = open_workbook(out, TITLE, now, streaming=True)
    note = SYNTHETIC_NOTICE if synthetic else ""
    writer = SheetWriter(book, "Thăm hộ", _COLUMNS, title=TITLE, note=note)
    people = number = 0
    place = ("", "")
    for row in visits(session, area, local_date(now)):
        number = number + 1 if place == (row.commune, row.hamlet) else 1
        place = (row.commune, row.hamlet)
        people += 1
        writer.row((commune_name(row.commune), row.hamlet, number, row.name, row.born,
                    row.citizen, row.payee, row.reason, row.question))  # fmt: skip
    book.close()
    return people
