"""CSV answers of list providers by a declarative profile: the paid and unpaid lines back.

Row 1 is a head of label and value pairs, row 2 the headings, then the lines. A new bank
usually differs in headings, delimiter, encoding and words only: another `CsvProfile`.
What goes out is a `ListProfile`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from io import StringIO
from typing import BinaryIO

from bank_adapters.contract import (
    BankLine,
    BankReport,
    LineKind,
    Method,
    ReportKind,
)
from bank_adapters.errors import Unreadable
from bank_adapters.formats.xlsx_sheet import METHOD_WORDS, nfc

MAX_BYTES = 100_000_000
Row = list[str]


@dataclass(frozen=True, slots=True)
class CsvProfile:
    """One bank's answer. The order of the headings is the order of the columns.

    `paid_words` and `unpaid_words` are what the bank writes in the result column.
    """

    delimiter: str = ";"
    encoding: str = "utf-8-sig"
    day_format: str = "%d/%m/%Y"
    head: tuple[str, ...] = ("Mã lô", "Tài khoản nguồn", "Ngày chi", "Số dòng", "Tổng số tiền")
    unspent: str = "Số tiền chưa chi"
    answer_headings: tuple[str, ...] = (
        "STT",
        "Mã tham chiếu",
        "Họ và tên",
        "Số tiền",
        "Hình thức",
        "Kết quả",
        "Mã lỗi",
        "Ngày chi",
        "Chứng từ",
    )
    paid_words: frozenset[str] = field(default_factory=lambda: frozenset({"đã chi"}))
    unpaid_words: frozenset[str] = field(default_factory=lambda: frozenset({"chưa chi"}))


def _rows(source: BinaryIO, profile: CsvProfile) -> Iterator[Row]:
    data = source.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES or b"\0" in data:
        raise Unreadable("tệp CSV quá lớn hoặc không phải tệp văn bản")
    try:
        text = data.decode(profile.encoding)
        yield from csv.reader(StringIO(text, newline=""), delimiter=profile.delimiter, strict=True)
    except UnicodeDecodeError as error:
        raise Unreadable(f"tệp CSV không phải bảng mã {profile.encoding}") from error
    except csv.Error as error:
        raise Unreadable(f"tệp CSV sai quy cách: {error}") from error


def _head(row: Row, labels: Sequence[str]) -> dict[str, str]:
    found = {nfc(row[place]): row[place + 1].strip() for place in range(0, len(row) - 1, 2)}
    missing = [label for label in labels if label not in found]
    if missing:
        raise Unreadable(f"dòng 1 của tệp CSV thiếu: {', '.join(missing)}")
    return found


def _opened(
    source: BinaryIO, profile: CsvProfile, labels: Sequence[str], headings: Sequence[str]
) -> tuple[dict[str, str], Iterator[tuple[int, Row]]]:
    """The head, and the lines with their row numbers; raises Unreadable."""
    rows = _rows(source, profile)
    head = _head(next(rows, []), labels)
    if [nfc(cell) for cell in next(rows, [])] != list(headings):
        raise Unreadable(f"dòng 2 của tệp CSV phải là: {'; '.join(headings)}")
    return head, _numbered(rows, len(headings))


def _numbered(rows: Iterator[Row], width: int) -> Iterator[tuple[int, Row]]:
    for number, row in enumerate(rows, 3):
        if not any(row):
            continue
        if len(row) != width:
            raise Unreadable(f"dòng {number} của tệp CSV có {len(row)} cột, phải là {width}")
        yield number, [nfc(cell) for cell in row]


def _whole(text: str, where: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise Unreadable(f"{where}: “{text[:30]}” không phải số nguyên")
    return int(text)


def _method(word: str, number: int) -> Method:
    for method, known in METHOD_WORDS.items():
        if word.casefold() == known.casefold():
            return method
    raise Unreadable(f"dòng {number}: hình thức chi “{word}” không có")


def _kind(word: str, method: Method, profile: CsvProfile, number: int) -> LineKind:
    if word.casefold() in profile.unpaid_words:
        return LineKind.UNPAID
    if word.casefold() not in profile.paid_words:
        raise Unreadable(f"dòng {number}: kết quả “{word}” không có trong hồ sơ ngân hàng")
    return LineKind.PAID_CASH if method is Method.CASH else LineKind.PAID


def _day(text: str, profile: CsvProfile, number: int) -> date | None:
    if not text:
        return None
    try:
        moment = datetime.strptime(text, profile.day_format)  # noqa: DTZ007 - a day has no zone
    except ValueError as error:
        raise Unreadable(f"dòng {number}: ngày “{text}” không đúng dạng") from error
    return moment.date()


def _answer_line(number: int, row: Row, message_id: str, profile: CsvProfile) -> BankLine:
    reference = row[1].upper()
    return BankLine(
        kind=_kind(row[5], _method(row[4], number), profile, number),
        amount=_whole(row[3], f"dòng {number}"),
        reference=reference,
        value_date=_day(row[7], profile, number),
        bank_reference=f"{message_id}/{reference}",
        message_id=message_id,
        status=row[5],
        reason=row[6].upper(),
        voucher=row[8],
        counterparty=row[2],
    )


def read_answer(source: BinaryIO, profile: CsvProfile) -> BankReport:
    """One settlement report; a file that does not add up carries a fault “không cân”."""
    labels = (*profile.head, profile.unspent)
    head, rows = _opened(source, profile, labels, profile.answer_headings)
    message_id, account = head[profile.head[0]], head[profile.head[1]]
    lines = [_answer_line(number, row, message_id, profile) for number, row in rows]
    count, total, unspent = (_whole(head[label], label) for label in labels[3:])
    unpaid = sum(line.amount for line in lines if line.kind is LineKind.UNPAID)
    stated = (len(lines), sum(line.amount for line in lines), unpaid)
    faults = []
    if stated != (count, total, unspent):
        faults.append(f"{message_id}: không cân, dòng 1 ghi {(count, total, unspent)}, "
                        f"các dòng cộng lại {stated}")  # fmt: skip
    return BankReport(
        kind=ReportKind.SETTLEMENT,
        report_id=f"{message_id}-KQ",
        account=account,
        currency="VND",
        lines=iter(lines),
        opening=total,
        closing=unspent,
        message_id=message_id,
        faults=faults,
    )
