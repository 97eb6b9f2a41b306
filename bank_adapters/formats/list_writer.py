"""Lists out by a profile, CSV and Excel, row by row: memory holds one row, or the packed sheet."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from io import BytesIO, TextIOWrapper
from typing import Any, BinaryIO

import xlsxwriter

from bank_adapters.contract import Method, OutboundBatch, PaymentInstruction
from bank_adapters.errors import Refused
from bank_adapters.formats.amounts import exponent
from bank_adapters.formats.list_profile import Cell, ListProfile
from bank_adapters.formats.list_text import as_listed, for_code_page
from bank_adapters.formats.xlsx_sheet import nfc

Value = str | int
_FORMULA = ("=", "+", "-", "@", "\t")


def file_name(batch: OutboundBatch, profile: ListProfile) -> str:
    """The name of the batch's list by the profile's pattern."""
    return profile.name.format(message_id=batch.message_id, day=batch.requested_on)


def write(
    batch: OutboundBatch, out: BinaryIO, methods: frozenset[Method], profile: ListProfile
) -> None:
    """Write the batch as a list; raises Refused and leaves `out` worthless when it cannot."""
    if exponent(batch.currency) or not 0 < batch.count <= profile.max_lines:
        raise Refused(f"Danh sách chỉ nhận tiền không có số lẻ và 1-{profile.max_lines} dòng")
    if batch.total > profile.max_total:
        raise Refused(f"Danh sách vượt tổng tiền {profile.max_total} mà đơn vị chi nhận một lần")
    act = _write_xlsx if profile.format == "xlsx" else _write_csv
    act(batch, out, methods, profile)


def _batch_values(batch: OutboundBatch, profile: ListProfile) -> dict[str, Value]:
    """What head, trailer and lines say of the batch itself."""
    name = nfc(batch.debtor.name)
    return {
        "message_id": batch.message_id,
        "debtor_account": batch.debtor.account,
        "requested_on": batch.requested_on.strftime(profile.day),
        "debtor_name": name,
        "count": batch.count,
        "total": batch.total,
    }


def _value(cell: Cell, values: Mapping[str, Value]) -> Value:
    return values[cell.field] if cell.field else cell.constant


def _head_rows(values: Mapping[str, Value], profile: ListProfile) -> list[list[Value]]:
    """The rows above the lines, empty ones between head and headings included."""
    pairs: list[list[Value]] = [[label, _value(cell, values)] for label, cell in profile.head]
    if profile.head_in_one_row:
        pairs = [[value for pair in pairs for value in pair]]
    empty: list[list[Value]] = [[] for _ in range(profile.heading_row - 1 - len(pairs))]
    return [*pairs, *empty, [column.heading for column in profile.columns]]


def _trailer(values: Mapping[str, Value], profile: ListProfile) -> list[Value]:
    """The last row, [] where the profile has none."""
    places = range(len(profile.columns))
    cells = [profile.trailer.get(place, Cell()) for place in places] if profile.trailer else []
    return [_value(cell, values) for cell in cells]


def _check(
    item: PaymentInstruction, methods: frozenset[Method], profile: ListProfile, number: int
) -> None:
    """Refuse a payment that the list cannot carry, naming its place in the batch."""
    where = f"lệnh thứ {number} ({item.reference})"
    if item.method not in methods or profile.method not in (None, item.method):
        method = "Tiền mặt" if item.method is Method.CASH else "Tài khoản"
        raise Refused(f"{where}: đơn vị này không chi bằng “{method}”")
    if not re.fullmatch(r"[A-Z0-9]{16}", item.reference):
        raise Refused(f"{where}: mã tham chiếu không đúng dạng")
    if not (type(item.amount) is int and 0 < item.amount <= profile.max_amount):
        raise Refused(f"{where}: số tiền {item.amount!r} phải là số nguyên dương, nhiều nhất "
                      f"{profile.max_amount}")  # fmt: skip
    if not item.payee_name.strip() or len(item.payee_name) > 200:
        raise Refused(f"{where}: thiếu họ tên hoặc họ tên quá dài")
    if item.method is Method.ACCOUNT and not re.fullmatch(r"[A-Za-z0-9]{4,34}", item.account):
        raise Refused(f"{where}: số tài khoản không đúng dạng")
    if max(len(item.place), len(item.remark)) > 500:
        raise Refused(f"{where}: nơi chi hoặc nội dung dài quá 500 ký tự")


def _lines(
    batch: OutboundBatch,
    methods: frozenset[Method],
    profile: ListProfile,
    values: Mapping[str, Value],
) -> Iterator[list[Value]]:
    """One row a payment; raises Refused, at the end when count or sum are not as stated."""
    fields = [(column.cell.field, column.cell.constant) for column in profile.columns]
    count = total = 0
    for count, item in enumerate(batch.instructions, 1):
        _check(item, methods, profile, count)
        total += item.amount
        told = _told(as_listed(item, profile.letters), count, profile, values)
        yield [told[name] if name else constant for name, constant in fields]
    if (count, total) != (batch.count, batch.total):
        raise Refused(
            f"Lô {batch.message_id} ghi {batch.count} dòng, tổng {batch.total}; "
            f"các dòng thật ra có {count}, tổng {total}"
        )


def _told(
    item: PaymentInstruction, number: int, profile: ListProfile, values: Mapping[str, Value]
) -> dict[str, Value]:
    """Every field that a column may name."""
    return {
        **values,
        "number": number,
        "reference": item.reference,
        "payee_name": item.payee_name,
        "account": item.account,
        "bank_bin": item.bank_bin,
        "method": profile.words.get(item.method, ""),
        "place": item.place,
        "amount": item.amount,
        "remark": item.remark,
    }


def _write_csv(
    batch: OutboundBatch, out: BinaryIO, methods: frozenset[Method], profile: ListProfile
) -> None:
    values = _batch_values(batch, profile)
    text = TextIOWrapper(out, profile.encoding, newline="", write_through=True)
    try:
        rows = csv.writer(text, delimiter=profile.delimiter, quoting=csv.QUOTE_ALL)
        for row in _head_rows(values, profile):
            rows.writerow(_safe(row, profile))
        for row in _lines(batch, methods, profile, values):
            rows.writerow(_safe(row, profile))
        if trailer := _trailer(values, profile):
            rows.writerow(_safe(trailer, profile))
    except UnicodeEncodeError as error:
        raise Refused(f"có ký tự không ghi được bằng bảng mã {profile.encoding}") from error
    finally:
        text.detach()


def _safe(row: Iterable[Value], profile: ListProfile) -> list[Value]:
    """A row of which no text can be taken for a formula by a spreadsheet."""
    for value in row:
        if isinstance(value, str) and value.startswith(_FORMULA):
            raise Refused(f"“{value[:40]}” bắt đầu bằng ký tự của công thức bảng tính")
    return [for_code_page(value, profile.encoding) if isinstance(value, str) else value
            for value in row]  # fmt: skip


def _book(out: BinaryIO, created_at: datetime) -> xlsxwriter.Workbook:
    """A workbook that keeps one row in memory and never turns text into formulas or links."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(out, options)
    # The same batch must give the same bytes: the time of writing stays out of the file.
    book.set_properties({"created": created_at.replace(tzinfo=None)})
    return book


def _write_xlsx(
    batch: OutboundBatch, out: BinaryIO, methods: frozenset[Method], profile: ListProfile
) -> None:
    packed, values = BytesIO(), _batch_values(batch, profile)
    book = _book(packed, batch.created_at)
    try:
        sheet = book.add_worksheet(profile.sheet)
        bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0"})
        for place, column in enumerate(profile.columns):
            sheet.set_column(place, place, column.width)
        _write_head(sheet, _head_rows(values, profile), bold, profile)
        is_sum = {place for place, one in enumerate(profile.columns) if one.cell.field == "amount"}
        row = profile.heading_row
        for line in _lines(batch, methods, profile, values):
            _put(sheet, row, line, dict.fromkeys(is_sum, money))
            row += 1
        if trailer := _trailer(values, profile):
            _put(sheet, row, trailer, dict.fromkeys(range(len(trailer)), bold))
    finally:
        book.close()
    out.write(packed.getbuffer())


def _write_head(sheet: Any, rows: list[list[Value]], bold: Any, profile: ListProfile) -> None:
    """Labels and headings in bold, the values beside the labels as they are."""
    for row, cells in enumerate(rows):
        is_heading = row == profile.heading_row - 1
        _put(sheet, row, cells, dict.fromkeys(range(0, len(cells), 1 + (not is_heading)), bold))


def _put(sheet: Any, row: int, values: Iterable[Value], styles: Mapping[int, Any]) -> None:
    for place, value in enumerate(values):
        act = sheet.write_number if isinstance(value, int) else sheet.write_string
        act(row, place, value, styles.get(place))
