"""Excel and CSV lists: what goes out comes back, and answers that do not add up are told."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.beneficiaries.container import BadFile, kind_of
from bank_adapters.conformance import sample_batch
from bank_adapters.contract import BankLine, BankReport, LineKind, Method, OutboundBatch
from bank_adapters.errors import Refused, Unreadable
from bank_adapters.filelist.adapter import ADAPTER as BANK
from bank_adapters.postoffice.adapter import ADAPTER as POST

ANSWER = Path(__file__).parents[2] / "bank_adapters/postoffice/samples/ASMAU1-KQ.xlsx"


def written(batch: OutboundBatch) -> io.BytesIO:
    out = io.BytesIO()
    POST.write(batch, out)
    out.seek(0)
    return out


def test_the_sheet_is_laid_out_as_agreed() -> None:
    batch = sample_batch(POST)
    sheet = openpyxl.load_workbook(written(batch))["DS"]
    labels = [(sheet.cell(row, 1).value, sheet.cell(row, 2).value) for row in range(1, 7)]
    assert labels == [
        ("Mã lô", batch.message_id),
        ("Tài khoản nguồn", "0011001234567"),
        ("Ngày chi", "06/10/2026"),
        ("Số dòng", 5),
        ("Tổng số tiền", batch.total),
        ("Đơn vị", "UBND xã Mẫu - dữ liệu giả lập"),
    ]
    assert [cell.value for cell in sheet[8]] == [
        "STT", "Mã tham chiếu", "Họ và tên", "Số tài khoản", "Mã ngân hàng", "Hình thức",
        "Nơi chi", "Số tiền", "Nội dung",
    ]  # fmt: skip
    first = [cell.value for cell in sheet[9]]
    assert first[2:8] == ["Nguyễn Thị Đào", "0000000000000", "970405", "Tài khoản", "", 500000]
    assert [sheet.cell(10, 6).value, sheet.cell(10, 7).value] == ["Tiền mặt", "Nhà văn hóa xóm Mẫu"]


@pytest.mark.parametrize("adapter", [BANK, POST])
def test_round_trip(adapter: Any) -> None:
    batch = sample_batch(adapter, 300)
    out = io.BytesIO()
    adapter.write(batch, out)
    out.seek(0)
    assert list(adapter.read_back(out)) == [adapter.as_sent(item) for item in batch.instructions]


def test_text_that_looks_like_a_formula_stays_text() -> None:
    batch = sample_batch(POST, 1)
    (item,) = batch.instructions
    odd = replace(item, payee_name='=HYPERLINK("http://x")', remark="https://x.vn")
    sheet = openpyxl.load_workbook(written(replace(batch, instructions=[odd])))["DS"]
    assert sheet["C9"].value == '=HYPERLINK("http://x")'
    assert sheet["C9"].data_type != "f"
    assert sheet["I9"].hyperlink is None


def test_a_list_that_another_program_saved_is_not_read_back() -> None:
    book = openpyxl.load_workbook(written(sample_batch(POST)))
    book["DS"]["H9"] = 1
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    with pytest.raises(Unreadable, match="phần lạ"):
        list(POST.read_back(out))


def test_refusals() -> None:
    batch = sample_batch(POST)
    for bad in (replace(batch, currency="EUR"), replace(batch, count=0)):
        with pytest.raises(Refused):
            written(bad)
    cash = [replace(item, method=Method.CASH) for item in batch.instructions]
    with pytest.raises(Refused, match="Tiền mặt"):
        BANK.write(replace(batch, instructions=cash), io.BytesIO())


def changed(cells: dict[tuple[str, str], Any]) -> tuple[BankReport, list[BankLine]]:
    """The sample answer with some cells changed, as the adapter reads it."""
    book = openpyxl.load_workbook(ANSWER)
    for (sheet, cell), value in cells.items():
        book[sheet][cell] = value
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    (found,) = POST.read("a.xlsx", out)
    return found, list(found.lines)


def test_answer() -> None:
    found, lines = changed({})
    assert (found.report_id, found.opening, found.closing) == ("ASMAU1-KQ", 1220000, 360000)
    assert [line.kind for line in lines] == [LineKind.PAID, LineKind.PAID_CASH, LineKind.UNPAID]
    assert (lines[1].voucher, lines[1].value_date) == ("PCB2", date(2026, 10, 8))
    assert (lines[2].reason, found.faults) == ("UPAY", [])


@pytest.mark.parametrize(
    "cells",
    [
        {("Đã chi", "D9"): 499999},
        {("Chưa chi", "D9"): 1},
        {("Đã chi", "B10"): "Z7XADNSXSK2753TX"},
        {("Đã chi", "B7"): 0, ("Chưa chi", "B7"): 0},
        {("Đã chi", "B4"): 9, ("Chưa chi", "B4"): 9},
    ],
)
def test_an_answer_that_does_not_add_up_is_told(cells: dict[tuple[str, str], Any]) -> None:
    found, _ = changed(cells)
    assert any("không cân" in told for told in found.faults)


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({("Đã chi", "D9"): 499999.5}, "D9 phải là số nguyên"),
        ({("Đã chi", "D9"): "500000"}, "D9 phải là số nguyên"),
        ({("Đã chi", "D9"): -1}, "D9 phải là số nguyên"),
        ({("Đã chi", "B9"): 123}, "B9 đang là số"),
        ({("Đã chi", "E9"): "Séc"}, "hình thức chi “Séc” không có"),
        ({("Đã chi", "H9"): "2026-10-06"}, "không phải ngày"),
        ({("Đã chi", "A8"): "Số"}, "phải là “STT”"),
        ({("Chưa chi", "B1"): "KHAC"}, "khác nhau"),
    ],
)
def test_unreadable_cells_are_named(cells: dict[tuple[str, str], Any], why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        changed(cells)


def test_dates_may_be_dates() -> None:
    _, lines = changed({("Đã chi", "H9"): date(2026, 10, 7)})
    assert lines[0].value_date == date(2026, 10, 7)


@pytest.mark.parametrize("method", [b"\x63\x00", b"\x01\x00"], ids=["no such", "not supported"])
def test_a_way_of_packing_that_nobody_knows_is_refused_with_a_reason(
    method: bytes, tmp_path: Path
) -> None:
    data = written(sample_batch(BANK)).getvalue()
    # The method stands 8 bytes into a local head, 10 into an entry of the directory.
    for mark, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        head, *parts = data.split(mark)
        rest = [part[: place - 4] + method + part[place - 2 :] for part in parts]
        data = mark.join([head, *rest])
    with pytest.raises(Unreadable, match="Excel"):
        BANK.strict_reader().read(io.BytesIO(data))
    with pytest.raises(Unreadable, match="Excel"):
        list(BANK.read("KQ.xlsx", io.BytesIO(data)))
    path = tmp_path / "list.xlsx"
    path.write_bytes(data)
    with pytest.raises(BadFile, match="nén theo cách lạ"):
        kind_of(path)
