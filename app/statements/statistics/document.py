"""The forms of a half-year as PDF or workbook: a commune's, or the sums of the province."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

from sqlalchemy.orm import Session

from app.clock import local_date
from app.months import require_month
from app.printing.documents.statistics_form import (
    Figures,
    StatisticsBlock,
    StatisticsForm,
    StatisticsRow,
    render_statistics,
    write_statistics_workbook,
)
from app.printing.values import Letterhead, short_month
from app.reference.areas import commune, provinces
from app.statements.insurance.document import PDF, XLSX, commune_head
from app.statements.letterheads import commune_body
from app.statements.statistics.counting import TOTAL, Cells, Count, count_block, summed
from app.statements.statistics.forms import Block, Form, Half, all_forms, form_named
from app.units.lookup import province_of

_UNCONFIRMED = (
    "Chỉ tiêu và cột của biểu này cần đối chiếu với mẫu ban hành kèm theo Nghị định"
    " 20/2021/NĐ-CP trước khi gửi: văn bản gốc của mẫu chưa có trong hệ thống."
)
_MERGED = (
    "Các khoản 1, 2, 3, 4, 7, 8 Điều 5 gộp một dòng để không lộ thông tin sức khỏe (khoản 1 Điều 8"
    " Nghị định 20/2021/NĐ-CP)."
)
_MONEY = (
    "Kinh phí là số tiền trên danh sách chi trả hằng tháng, gồm truy lĩnh; người hưởng hai mức"
    " trong một chương trình được ghi ở mức danh sách chi trả nêu."
)
_BY_HAND = "Hệ thống không quản lý trợ giúp đột xuất: các ô để trống do đơn vị ghi."


@dataclass(frozen=True, slots=True)
class Asked:
    """Which statistics: a commune's code, '' for the province; a month; one form or all."""

    period: str
    area: str = ""
    form: str = ""


def write_statistics(
    session: Session, out: BinaryIO, asked: Asked, now: datetime, form: str, *, synthetic: bool
) -> int:
    """Write forms as 'pdf' or 'xlsx'; gives how many. Queries do not grow with the people.

    Raises InputError for an unknown form or month.
    """
    require_month(asked.period)
    chosen = (form_named(asked.form),) if asked.form else tuple(all_forms().values())
    forms = (_told(session, one, asked, now, synthetic) for one in chosen)
    if form == XLSX:
        return write_statistics_workbook(forms, out, now)
    return render_statistics(forms, out)


def _told(
    session: Session, form: Form, asked: Asked, now: datetime, synthetic: bool
) -> StatisticsForm:
    half = Half.of(asked.period)
    counted = [(one, count_block(session, one, half, asked.area)) for one in form.blocks]
    head, place = _head(session, asked.area, now)
    return StatisticsForm(
        letterhead=head,
        code=form.code,
        title=form.title,
        place=place,
        half=half.name,
        due=half.commune_due if asked.area else half.province_due,
        told=f"số liệu theo danh sách {short_month(asked.period)}",
        notes=_notes(form),
        blocks=tuple(_block(block, summed(cells)) for block, cells in counted),
        signer="Chủ tịch" if asked.area else "Thủ trưởng đơn vị",
        synthetic=synthetic,
        by_commune=() if asked.area else tuple(_by_commune(counted)),
    )


def _notes(form: Form) -> tuple[str, ...]:
    notes = [] if form.confirmed else [_UNCONFIRMED]
    if any(one.open for one in form.blocks):
        return (*notes, _BY_HAND)
    merged = [_MERGED] if form.code == "10a" else []
    return (*notes, *merged, _MONEY)


def _block(block: Block, sums: dict[int, Count]) -> StatisticsBlock:
    rows = tuple(
        StatisticsRow(row.label, None if block.open else _figures(block, sums.get(at, Count())))
        for at, row in enumerate(block.rows)
    )
    total = None if block.open else _figures(block, sums.get(TOTAL, Count()))
    return StatisticsBlock(block.title, rows, StatisticsRow("Tổng số", total))


def _figures(block: Block, one: Count) -> Figures:
    return one.people, one.women, one.minority, one.amount if block.money else None


def _by_commune(
    counted: list[tuple[Block, Cells]],
) -> Iterator[tuple[str, str, str, str, Figures]]:
    """Every row of every commune, in the order of codes."""
    for block, cells in counted:
        for area in sorted({code for code, _ in cells}):
            known = commune(area)
            for at, label in (*enumerate(one.label for one in block.rows), (TOTAL, "Tổng số")):
                figures = _figures(block, cells.get((area, at), Count()))
                yield area, known.name if known else area, block.title, label, figures


def _head(session: Session, area: str, now: datetime) -> tuple[Letterhead, str]:
    if area:
        return commune_head(session, area, now), commune_body(area)
    return _province_head(session, local_date(now))


def _province_head(session: Session, on: date) -> tuple[Letterhead, str]:
    code = province_of(session)
    name = next((one.name for one in provinces() if one.code == code), "")
    place = name.removeprefix("Tỉnh ").removeprefix("Thành phố ")
    body = f"Ủy ban nhân dân {name[:1].lower()}{name[1:]}"
    head = Letterhead(parent_body=body, body="Sở Y tế", place=place, issued_on=on)
    return head, f"Toàn {name[:1].lower()}{name[1:]}"


__all__ = ["PDF", "XLSX", "Asked", "write_statistics"]
