"""The workbook of the books: figures that add up, cells that are inert, numbers of both charts."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import Any

import openpyxl
import pytest
from sqlalchemy.orm import Session

from app.errors import InputError
from app.printing.values import SYNTHETIC_NOTICE
from app.statements import books_workbook
from app.statements.books_workbook import CHART, DETAIL, JOURNAL, TRIAL, write_books_xlsx
from ledger.chart import KINDS
from ledger.export import Span
from ledger.export.books import read_sums
from tests.ledger.books import MERIT, PENSION, Books, awkward_months, create_books, engine_for

OCTOBER = Span.of("2026-10")


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    engine = engine_for(database_url)
    create_books(engine, PENSION, MERIT)
    with Session(engine) as opened:
        awkward_months(Books(opened, engine))
        yield opened
        opened.rollback()
    engine.dispose()


def written(session: Session, span: Span = OCTOBER, synthetic: bool = True) -> bytes:
    out = io.BytesIO()
    write_books_xlsx(session, out, span, synthetic)
    return out.getvalue()


def rows(data: bytes, sheet: str) -> list[tuple[Any, ...]]:
    """What stands beneath the headings."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    return list(book[sheet].iter_rows(min_row=5, values_only=True))


def test_the_workbook(session: Session) -> None:
    data = written(session)
    _headings(data)
    _journal(data)
    _detail(data)
    _trial(session, data)
    _chart(data)
    assert data == written(session)
    _inert(data)


def _headings(data: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(data))
    columns = {
        "Nhật ký": JOURNAL,
        "Sổ chi tiết": DETAIL,
        "Cân đối tài khoản": TRIAL,
        "Tài khoản": CHART,
    }
    assert book.sheetnames == list(columns)
    for name, wanted in columns.items():
        sheet = book[name]
        assert [cell.value for cell in sheet[4]] == [one.heading for one in wanted]
        assert sheet["A1"].value == f"{name} từ 01/10/2026 đến 31/10/2026"
        assert sheet["A2"].value == SYNTHETIC_NOTICE
        assert (sheet.freeze_panes, sheet.page_setup.orientation) == ("A5", "landscape")


def _journal(data: bytes) -> None:
    found = rows(data, "Nhật ký")
    assert found[0][3:] == (
        *("Kho bạc cấp tiền vào tài khoản", "1110", "112", "Tiền gửi tại ngân hàng"),
        *("local/pension/01273/banka", None, 3000, None, "test"),
    )
    assert found[0][0].date() == date(2026, 10, 5)
    assert found[0][1] == "1/2026"
    assert sum(row[9] or 0 for row in found) == sum(row[10] or 0 for row in found) > 10**15
    assert "1000000000000" in [row[8] for row in found]  # an item is a name, not an amount


def _detail(data: bytes) -> None:
    """An account's rows lead from its opening to its closing; items of a voucher are one row."""
    found = rows(data, "Sổ chi tiết")
    bank = [row for row in found if row[3] == "local/pension/01273/banka" and row[0] == "1110"]
    assert [row[6] for row in (bank[0], bank[-1])] == [
        "Số dư đầu kỳ",
        "Cộng phát sinh, số dư cuối kỳ",
    ]
    debits, credits = (sum(row[at] or 0 for row in bank[1:-1]) for at in (8, 9))
    assert (bank[-1][8], bank[-1][9], bank[-1][10]) == (debits, credits, debits - credits)
    accrued = next(row for row in found if row[0] == "3340" and row[6].startswith("Ghi nhận"))
    assert (accrued[7], accrued[9], accrued[11]) == (3, 1800, 1800)


def _trial(session: Session, data: bytes) -> None:
    *found, total = rows(data, "Cân đối tài khoản")
    assert total[2] == "Tổng cộng"
    kinds = [row for row in found if row[3] is None]
    accounts = [row for row in found if row[3] is not None]
    assert len(accounts) == len(read_sums(session, OCTOBER))
    for at in range(4, 10):
        assert sum(row[at] for row in kinds) == sum(row[at] for row in accounts) == total[at]
    assert total[4:6] == (0, 0)
    assert total[6] == total[7]
    assert total[8] == total[9]


def _chart(data: bytes) -> None:
    found = rows(data, "Tài khoản")
    assert [row[0] for row in found] == sorted(kind.number for kind in KINDS.values())
    assert found[0][:5] == (
        *("1110", "Tiền gửi tại ngân hàng", "Cash at bank", "112"),
        "Tiền gửi ngân hàng, kho bạc",
    )


def _inert(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [name for name in archive.namelist() if "worksheets" in name]
        assert not any(b"<f>" in archive.read(name) for name in sheets)
    assert "=1+1" in [row[3] for row in rows(data, "Nhật ký")]


def test_november_begins_where_october_ended(session: Session) -> None:
    october, november = (
        rows(written(session, Span.of(period)), "Cân đối tài khoản")[-1]
        for period in ("2026-10", "2026-11")
    )
    assert november[4:6] == october[8:10]


def test_real_books_carry_no_notice(session: Session) -> None:
    book = openpyxl.load_workbook(io.BytesIO(written(session, synthetic=False)))
    assert [sheet["A2"].value for sheet in book] == [None] * 4


def test_more_than_a_sheet_holds_is_refused(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(books_workbook, "ROWS_MAX", 20)
    with pytest.raises(InputError, match="--period"):
        written(session)
